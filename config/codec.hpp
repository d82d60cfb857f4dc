// SPDX-License-Identifier: MIT
#pragma once

#include "config/document.hpp"
#include "config/milliseconds.hpp"
#include "config/template.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// The vocabulary in which keys are declared: a codec knows how one type is read from the file,
/// printed, and described; a table lists the keys of one struct with their codecs.
namespace tributary::config {

using nlohmann::ordered_json;

struct key_doc;

/// What the reference page and the schema say about a type.
struct type_doc {
  std::string label;       ///< `duration`
  std::string constraint;  ///< `1ms to 60s`; empty: none
  ordered_json schema;
  bool named = false;         ///< an object from names to objects with `keys`
  std::vector<key_doc> keys;  ///< of an object
  bool listed = false;        ///< a list of objects with `keys`
};

/// What they say about a key.
struct key_doc {
  std::string name;
  std::string description;
  std::string default_text;  ///< as JSON; empty: none
  bool required = false;
  type_doc type;
};

/// Where reading stands, and what was wrong so far.
class reader {
 public:
  explicit reader(error_list& errors) : errors_{errors} {}

  void fail(const node& at, std::string message, std::string suggestion = {});

  /// As `fail`, for the name of a member rather than its value.
  void fail_name(const node& member, std::string message, std::string suggestion = {});

  /// Says that `at` is not of the type wanted.
  void fail_type(const node& at, const std::string& wanted);

  /// Runs `step` with `segment` at the end of the path.
  template <class F>
  void below(const std::string& segment, F&& step) {
    path_.push_back(segment);
    step();
    path_.pop_back();
  }

 private:
  error_list& errors_;
  key_path path_;
};

/// How a value of type T comes from and goes to JSON. `read` leaves the target alone on an error.
template <class T>
struct codec {
  type_doc doc;
  std::function<void(reader&, const node&, T&)> read;
  std::function<ordered_json(const T&)> print;
};

enum class key_rule { optional, required, secret };

/// One key of struct S.
template <class S>
struct field {
  key_doc doc;
  std::function<void(reader&, const node&, S&)> read;
  std::function<ordered_json(const S&)> print;
};

template <class S>
using table = std::vector<field<S>>;

/// Stands for a secret in what is printed.
inline constexpr const char* redacted = "***";

/// Declares a key: its name, where its value lives, its type, and what it means. Its default is the
/// one of the struct.
template <class S, class T>
field<S> key(std::string name, T S::*member, codec<T> type, std::string description,
             key_rule rule = key_rule::optional) {
  const auto initial = type.print(S{}.*member);
  bool unset = rule == key_rule::required || initial.is_null() || initial.empty();
  bool secret = rule == key_rule::secret;
  key_doc doc{std::move(name), std::move(description),
              unset || type.doc.named || !type.doc.keys.empty() ? "" : initial.dump(),
              rule == key_rule::required, type.doc};
  auto read = [=, read_value = type.read](reader& in, const node& at, S& target) {
    if (secret && at.kind == node_kind::string && !at.substituted && !at.text.empty()) {
      in.fail(at, "a secret does not belong into the file", "${NAME} or ${file:PATH}");
    }
    read_value(in, at, target.*member);
  };
  auto print = [=, print_value = type.print](const S& source) {
    auto value = print_value(source.*member);
    return secret && !value.empty() && value != "" ? ordered_json(redacted) : value;
  };
  return {std::move(doc), std::move(read), std::move(print)};
}

/// Whole milliseconds, written with a unit: `500ms`, `1.5s`, `1m`, `2h`.
codec<milliseconds> duration(milliseconds least, milliseconds most);
/// Whole milliseconds, written with a unit or as plain seconds, also as text: `0.5`, `5`, `500ms`.
codec<milliseconds> seconds(milliseconds least, milliseconds most);

inline constexpr std::size_t kib = 1024;
inline constexpr std::size_t mib = 1024 * kib;
inline constexpr std::size_t gib = 1024 * mib;

/// A size in bytes: `64MiB`, `8KiB`, `1MB`, or a plain number.
codec<std::size_t> bytes(std::size_t least, std::size_t most);
codec<std::size_t> count(std::size_t least, std::size_t most);
codec<std::uint16_t> port_number(std::uint16_t least = 0);
codec<int> status_number(int least, int most);
codec<double> real(double least, double most);
/// A number without a unit or bounds, as a limit of a parameter is.
codec<double> any_number();
codec<bool> flag();
codec<std::string> text(std::string label = "string", std::size_t longest = 4096);
codec<std::vector<std::string>> text_list(std::string label = "list of strings");
/// `default` of a parameter: text, or a number or boolean taken by its spelling.
codec<std::string> spelled_value();
/// Any JSON value, kept as JSON text.
codec<std::string> any_json();
/// Object from names to templates; of a name that `is_secret_name`, the template is not printed.
codec<std::vector<templated_field>> templated_fields();

/// Prints 60'000 ms as `1m`: the largest unit without a fraction, but a single day as `24h`.
std::string print_duration(milliseconds value);
/// Prints 65'536 as `64KiB`.
std::string print_bytes(std::size_t value);

/// Members of an object that the file names: bounded, so that checks that compare them all stay
/// cheap, but where there may be any number.
inline constexpr std::size_t most_members = 512;
inline constexpr std::size_t unbounded = static_cast<std::size_t>(-1);

namespace detail {

ordered_json choice_schema(const std::vector<std::string>& names);
/// Reads a name out of `names`; returns its index, or fails and returns nothing.
std::optional<std::size_t> read_choice(reader& in, const node& at,
                                       const std::vector<std::string>& names, bool any_case);
ordered_json object_schema(const std::vector<key_doc>& keys);
/// Reports the members of `at` that are not in `keys`, and the required ones that are missing.
/// False when `at` is no object at all.
bool check_members(reader& in, const node& at, const std::vector<key_doc>& keys);
bool check_count(reader& in, const node& at, std::size_t most);
/// `at most 512`; empty for `unbounded`.
std::string at_most(std::size_t most);
/// A name that goes into metrics, headers and paths: `[A-Za-z][A-Za-z0-9_-]*`, at most 64.
bool check_name(reader& in, const node& member);

}  // namespace detail

/// One of a few words.
template <class E>
codec<E> choice(std::vector<std::pair<std::string, E>> words, bool any_case = false) {
  std::vector<std::string> names;
  for (auto& [name, value] : words) names.push_back(name);
  type_doc doc{"word", "", detail::choice_schema(names), false, {}};
  for (auto& name : names) doc.constraint += (doc.constraint.empty() ? "" : ", ") + cited(name);
  return {doc,
          [=](reader& in, const node& at, E& target) {
            if (const auto index = detail::read_choice(in, at, names, any_case)) {
              target = words[*index].second;
            }
          },
          [=](const E& value) -> ordered_json {
            for (auto& [name, candidate] : words) {
              if (candidate == value) return name;
            }
            return nullptr;
          }};
}

/// A value that may be absent.
template <class T>
codec<std::optional<T>> maybe(codec<T> inner) {
  return {inner.doc,
          [read = inner.read](reader& in, const node& at, std::optional<T>& target) {
            T value{};
            read(in, at, value);
            target = std::move(value);
          },
          [print = inner.print](const std::optional<T>& value) {
            return value ? print(*value) : ordered_json(nullptr);
          }};
}

template <class S>
std::vector<key_doc> docs_of(const table<S>& keys) {
  std::vector<key_doc> result;
  for (auto& key : keys) result.push_back(key.doc);
  return result;
}

template <class S>
void read_members(reader& in, const node& at, const table<S>& keys, S& target) {
  for (auto& key : keys) {
    if (auto* member = find_member(at, key.doc.name)) {
      in.below(key.doc.name, [&] { key.read(in, *member, target); });
    }
  }
}

template <class S>
ordered_json print_members(const table<S>& keys, const S& source) {
  auto result = ordered_json::object();
  for (auto& key : keys) {
    if (auto value = key.print(source); !value.is_null()) result[key.doc.name] = std::move(value);
  }
  return result;
}

/// An object with the keys of a table.
template <class S>
codec<S> object(table<S> keys) {
  auto docs = docs_of(keys);
  type_doc doc{"object", "", detail::object_schema(docs), false, docs};
  // Shared, since codecs are copied into those around them: with a table of its own in each copy,
  // what a start costs would grow with a power of the depth.
  const auto known = std::make_shared<const std::pair<table<S>, std::vector<key_doc>>>(
      std::move(keys), std::move(docs));
  return {std::move(doc),
          [known](reader& in, const node& at, S& target) {
            if (detail::check_members(in, at, known->second)) {
              read_members(in, at, known->first, target);
            }
          },
          [known](const S& source) { return print_members(known->first, source); }};
}

/// An object, or `false` for one whose member `enabled` is to be that.
template <class S>
codec<S> object_or_false(table<S> keys) {
  auto result = object(std::move(keys));
  result.doc.schema = {{"anyOf", {{{"const", false}}, result.doc.schema}}};
  result.read = [read = result.read](reader& in, const node& at, S& target) {
    if (at.kind == node_kind::boolean && at.text == "false") {
      target.enabled = false;
    } else {
      read(in, at, target);
    }
  };
  return result;
}

/// Declares a key whose object has keys of S itself: nested in the file, flat in the struct.
template <class S>
field<S> group(std::string name, table<S> keys, std::string description) {
  const auto inner = object(std::move(keys));
  return {{std::move(name), std::move(description), "", false, inner.doc}, inner.read, inner.print};
}

/// The keys of a struct in a place where its defaults are those of `initial`.
template <class S>
table<S> with_defaults(table<S> keys, const S& initial) {
  for (auto& key : keys) {
    if (!key.doc.default_text.empty()) key.doc.default_text = key.print(initial).dump();
  }
  return keys;
}

/// An object from names to objects with the keys of a table, kept in the order of the file.
template <class S>
codec<std::vector<S>> named_objects(table<S> keys, std::size_t most = most_members) {
  const auto inner = object(keys);
  ordered_json schema{{"type", "object"},
                      {"propertyNames", {{"pattern", "^[A-Za-z][A-Za-z0-9_-]{0,63}$"}}},
                      {"additionalProperties", inner.doc.schema}};
  return {{"object of objects", detail::at_most(most), schema, true, inner.doc.keys},
          [read = inner.read, most](reader& in, const node& at, std::vector<S>& target) {
            if (at.kind != node_kind::object) return in.fail_type(at, "an object");
            if (!detail::check_count(in, at, most)) return;
            for (auto& member : at.children) {
              in.below(member.name, [&] {
                S item;
                item.name = member.name;
                detail::check_name(in, member);
                read(in, member, item);
                target.push_back(std::move(item));
              });
            }
          },
          [print = inner.print](const std::vector<S>& source) {
            auto result = ordered_json::object();
            for (auto& item : source) result[item.name] = print(item);
            return result;
          }};
}

}  // namespace tributary::config
