// SPDX-License-Identifier: MIT
#include "config/codec.hpp"

#include "config/environment.hpp"
#include "config/secret_name.hpp"
#include "config/template.hpp"

#include <algorithm>

namespace tributary::config {

namespace {

std::string kind_name(node_kind kind) {
  switch (kind) {
    case node_kind::null:
      return "null";
    case node_kind::boolean:
      return "a boolean";
    case node_kind::number:
      return "a number";
    case node_kind::string:
      return "text";
    case node_kind::array:
      return "a list";
    case node_kind::object:
      return "an object";
  }
  return "";
}

bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && is_letter(name.front()) &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-';
         });
}

std::vector<std::string> names_of(const std::vector<key_doc>& keys) {
  std::vector<std::string> result;
  for (const auto& key : keys) result.push_back(key.name);
  return result;
}

}  // namespace

void reader::fail(const node& at, std::string message, std::string suggestion) {
  attribute(at, message, suggestion);
  errors_.add(path_, at.where, std::move(message), std::move(suggestion));
}

void reader::fail_name(const node& member, std::string message, std::string suggestion) {
  errors_.add(path_, member.name_where, std::move(message), std::move(suggestion));
}

void reader::fail_type(const node& at, const std::string& wanted) {
  fail(at, "expected " + wanted + ", found " + kind_name(at.kind));
}

namespace detail {

ordered_json choice_schema(const std::vector<std::string>& names) {
  return {{"anyOf", {{{"enum", names}}, {{"$ref", "#/$defs/substitution"}}}}};
}

std::optional<std::size_t> read_choice(reader& in, const node& at,
                                       const std::vector<std::string>& names, bool any_case) {
  if (at.kind != node_kind::string && at.kind != node_kind::number) {
    in.fail_type(at, "a word");
    return std::nullopt;
  }
  const auto same = [&](char a, char b) {
    return a == b || (any_case && is_letter(a) && (a ^ b) == 32);
  };
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (std::equal(names[i].begin(), names[i].end(), at.text.begin(), at.text.end(), same)) {
      return i;
    }
  }
  std::string all;
  for (const auto& name : names) all += (all.empty() ? "" : ", ") + cited(name);
  in.fail(at, cited(at.text) + " is none of " + all, closest(at.text, names));
  return std::nullopt;
}

ordered_json object_schema(const std::vector<key_doc>& keys) {
  auto properties = ordered_json::object();
  auto required = ordered_json::array();
  for (const auto& key : keys) {
    auto schema = key.type.schema;
    schema["description"] = key.description;
    if (!key.default_text.empty()) {
      schema["default"] = ordered_json::parse(key.default_text, nullptr, false);
    }
    properties[key.name] = std::move(schema);
    if (key.required) required.push_back(key.name);
  }
  ordered_json result{{"type", "object"}, {"additionalProperties", false}};
  if (!required.empty()) result["required"] = std::move(required);
  result["properties"] = std::move(properties);
  return result;
}

bool check_members(reader& in, const node& at, const std::vector<key_doc>& keys) {
  if (at.kind != node_kind::object) {
    in.fail_type(at, "an object");
    return false;
  }
  const auto names = names_of(keys);
  for (const auto& member : at.children) {
    if (std::find(names.begin(), names.end(), member.name) != names.end()) continue;
    in.below(member.name,
             [&] { in.fail_name(member, "unknown key", closest(member.name, names)); });
  }
  for (const auto& key : keys) {
    if (key.required && find_member(at, key.name) == nullptr) {
      in.below(key.name, [&] { in.fail(at, "required and not given"); });
    }
  }
  return true;
}

bool check_count(reader& in, const node& at, std::size_t most) {
  if (at.children.size() <= most) return true;
  in.fail(at, "more than " + std::to_string(most) + " members");
  return false;
}

std::string at_most(std::size_t most) {
  return most == unbounded ? std::string{} : "at most " + std::to_string(most);
}

bool check_name(reader& in, const node& member) {
  if (is_name(member.name)) return true;
  in.fail_name(member,
               "a name has a letter first, then letters, digits, `_` or `-`, at most 64 in all");
  return false;
}

}  // namespace detail

codec<std::string> text(std::string label, std::size_t longest) {
  ordered_json schema{{"type", "string"}};
  if (longest < 4096) schema["maxLength"] = longest;
  return {{std::move(label), "", std::move(schema), false, {}},
          [=](reader& in, const node& at, std::string& target) {
            if (at.kind != node_kind::string) return in.fail_type(at, "text");
            if (at.text.size() > longest) {
              return in.fail(at, "longer than " + std::to_string(longest) + " bytes");
            }
            target = at.text;
          },
          [](const std::string& value) -> ordered_json { return value; }};
}

codec<std::vector<std::string>> text_list(std::string label) {
  const auto item = text();
  return {{std::move(label), "", {{"type", "array"}, {"items", {{"type", "string"}}}}, false, {}},
          [=](reader& in, const node& at, std::vector<std::string>& target) {
            if (at.kind != node_kind::array) return in.fail_type(at, "a list");
            target.clear();
            for (std::size_t i = 0; i < at.children.size(); ++i) {
              in.below(index_segment(i),
                       [&] { item.read(in, at.children[i], target.emplace_back()); });
            }
          },
          [](const std::vector<std::string>& value) -> ordered_json {
            return value.empty() ? ordered_json() : ordered_json(value);
          }};
}

codec<std::string> spelled_value() {
  return {{"string, number or boolean",
           "as the type asks",
           {{"type", {"string", "number", "boolean"}}},
           false,
           {}},
          [](reader& in, const node& at, std::string& target) {
            if (at.kind != node_kind::string && at.kind != node_kind::number &&
                at.kind != node_kind::boolean) {
              return in.fail_type(at, "text, a number or a boolean");
            }
            target = at.text;
          },
          [](const std::string& value) -> ordered_json { return value; }};
}

codec<std::string> any_json() {
  return {{"any JSON", "", ordered_json::object(), false, {}},
          [](reader&, const node& at, std::string& target) { target = to_json(at); },
          [](const std::string& value) {
            return value.empty() ? ordered_json() : ordered_json::parse(value, nullptr, false);
          }};
}

codec<std::vector<templated_field>> templated_fields() {
  const auto item = text("template");
  return {{"object of templates",
           detail::at_most(most_members),
           {{"type", "object"}, {"additionalProperties", {{"type", "string"}}}},
           false,
           {}},
          [=](reader& in, const node& at, std::vector<templated_field>& target) {
            if (at.kind != node_kind::object) return in.fail_type(at, "an object of templates");
            if (!detail::check_count(in, at, most_members)) return;
            for (const auto& member : at.children) {
              in.below(member.name, [&] {
                templated_field result{member.name, ""};
                item.read(in, member, result.value);
                target.push_back(std::move(result));
              });
            }
          },
          [](const std::vector<templated_field>& value) -> ordered_json {
            auto result = ordered_json::object();
            for (const auto& one : value) {
              const bool secret = is_secret_name(one.name) && !one.value.empty();
              result[one.name] = secret ? redacted : one.value;
            }
            return result.empty() ? ordered_json() : result;
          }};
}

}  // namespace tributary::config
