// SPDX-License-Identifier: MIT
#include "config/sections/key_language.hpp"

#include "config/character_set.hpp"
#include "config/secret_name.hpp"

#include <algorithm>
#include <optional>

namespace tributary::config {

namespace {

using byte_set = std::bitset<256>;

byte_set set_of(std::string_view bytes) {
  byte_set result;
  for (const unsigned char c : bytes) result.set(c);
  return result;
}

constexpr std::string_view digits = "0123456789";
constexpr std::string_view hex_digits = "0123456789ABCDEF";

/// Whether a byte of a value stands in a key as it is, not percent-encoded.
bool is_plain(std::size_t byte) {
  return byte > 0x20 && byte != 0x7f && byte != ':' && byte != '%';
}

/// The bytes that a value has in a key, encoded as keys have it.
byte_set bytes_of(const parameter_settings& parameter) {
  byte_set values;
  switch (parameter.type) {
    case parameter_type::integer:
      return set_of("-0123456789");
    case parameter_type::number:
      return set_of("+-.0123456789Ee");
    case parameter_type::boolean:
      return set_of("aeflrstu");
    case parameter_type::instant:
    case parameter_type::interval:
      return set_of("-./0123456789:TZ");
    case parameter_type::one_of:
      for (const auto& value : parameter.values) values |= set_of(value);
      break;
    case parameter_type::string:
      values = parse_character_set(parameter.characters).value_or(byte_set{}.set());
      break;
    case parameter_type::parts:
      values.set();
      break;
  }
  byte_set result;
  for (std::size_t byte = 0; byte < values.size(); ++byte) {
    if (!values[byte]) continue;
    is_plain(byte) ? result.set(byte) : result |= set_of("%0123456789ABCDEF");
  }
  return result;
}

/// A value whose end can be told by itself.
bool ends_by_itself(const parameter_settings& parameter) {
  return parameter.type == parameter_type::instant || parameter.type == parameter_type::interval;
}

bool always_there(const parameter_settings& parameter, piece_kind kind) {
  return kind != piece_kind::to && (parameter.required || parameter.default_value);
}

const parameter_settings* find(const endpoint_settings& endpoint, std::string_view name) {
  for (const auto& parameter : endpoint.parameters) {
    if (parameter.name == name) return &parameter;
  }
  return nullptr;
}

std::string encoded(std::string_view value) {
  std::string result;
  for (const unsigned char c : value) {
    if (is_plain(c)) {
      result += static_cast<char>(c);
    } else {
      result += {'%', hex_digits[c >> 4], hex_digits[c & 15]};
    }
  }
  return result;
}

bool goes_into_secret(const std::vector<templated_field>& fields, const std::string& name) {
  return std::any_of(fields.begin(), fields.end(), [&](const auto& field) {
    if (!is_secret_name(field.name)) return false;
    const auto parsed = parse_template(field.value);
    return parsed.value && std::any_of(parsed.value->pieces.begin(), parsed.value->pieces.end(),
                                       [&](const auto& piece) {
                                         return piece.kind != piece_kind::literal &&
                                                piece.text == name;
                                       });
  });
}

}  // namespace

bool is_credential(const endpoint_settings& endpoint, const parameter_settings& parameter) {
  return is_secret_name(parameter.name) ||
         std::any_of(endpoint.parts.begin(), endpoint.parts.end(), [&](const auto& part) {
           return goes_into_secret(part.headers, parameter.name);
         });
}

key_language::key_language(const endpoint_settings& endpoint) {
  add_state();
  const auto parsed = parse_template(endpoint.cache->key);
  if (!parsed.value) return;
  std::vector<const parameter_settings*> named;
  for (const auto& piece : parsed.value->pieces) {
    if (piece.kind == piece_kind::literal) {
      append(piece.text);
      ending_ = piece.text;
      if (named.empty()) beginning_ = piece.text;
    } else if (const auto* parameter = find(endpoint, piece.text)) {
      append_value(*parameter, piece.kind, is_credential(endpoint, *parameter));
      ending_.clear();
      named.push_back(piece.kind == piece_kind::value ? parameter : nullptr);
    }
  }
  states_.back().last = true;
  for (const auto& parameter : endpoint.parameters) {
    if (std::find(named.begin(), named.end(), &parameter) != named.end()) continue;
    append(":");
    auto optional = parameter;
    optional.required = false;
    optional.default_value.reset();
    append_value(optional, piece_kind::value, is_credential(endpoint, parameter));
    ending_.clear();
  }
  states_.back().last = true;
  look_for_confusion(endpoint, *parsed.value);
}

std::size_t key_language::add_state() {
  states_.emplace_back();
  return states_.size() - 1;
}

void key_language::append(const byte_set& bytes) {
  const auto from = states_.size() - 1;
  const auto to = add_state();
  states_[from].steps.emplace_back(bytes, to);
}

void key_language::append(std::string_view text) {
  for (const auto c : text) append(set_of({&c, 1}));
}

/// Any number of these bytes.
void key_language::append_any(const byte_set& bytes) {
  const auto at = states_.size() - 1;
  states_[at].steps.emplace_back(bytes, at);
  const auto to = add_state();
  states_[at].skips.push_back(to);
}

/// One of the values, from state `begin`, beside what is there already.
void key_language::append_choice(std::size_t begin, const std::vector<std::string>& values) {
  std::vector<std::size_t> ends;
  for (const auto& value : values) {
    const auto entry = add_state();
    states_[begin].skips.push_back(entry);
    append(encoded(value));
    ends.push_back(states_.size() - 1);
  }
  const auto to = add_state();
  for (const auto end : ends) states_[end].skips.push_back(to);
}

/// `2024-05-01T12:00:00.5Z`
void key_language::append_instant() {
  for (const auto c : std::string_view{"dddd-dd-ddTdd:dd:dd"}) {
    append(c == 'd' ? set_of(digits) : set_of({&c, 1}));
  }
  append_any(set_of(".0123456789"));
  append("Z");
}

void key_language::append_value(const parameter_settings& parameter, piece_kind kind, bool hashed) {
  const auto begin = states_.size() - 1;
  std::vector<std::size_t> ends;
  const auto branch = [&] {
    const auto entry = add_state();
    states_[begin].skips.push_back(entry);
  };
  branch();
  if (hashed) {
    append("~");
    append_any(set_of("0123456789abcdef"));
  } else if (parameter.type == parameter_type::one_of) {
    append_choice(states_.size() - 1, parameter.values);
  } else if (parameter.type == parameter_type::boolean) {
    append_choice(states_.size() - 1, {"true", "false"});
  } else if (ends_by_itself(parameter)) {
    append_instant();
    if (parameter.type == parameter_type::interval && kind == piece_kind::value) {
      ends.push_back(states_.size() - 1);
      branch();
      append_instant();
      append("/");
      append_instant();
    }
  } else {
    append(bytes_of(parameter));
    append_any(bytes_of(parameter));
  }
  ends.push_back(states_.size() - 1);
  if (!always_there(parameter, kind)) ends.push_back(begin);
  const auto to = add_state();
  for (const auto end : ends) states_[end].skips.push_back(to);
}

bool key_language::meets(const key_language& other) const {
  // Most pairs differ in their first or last bytes.
  const auto begin = std::min(beginning_.size(), other.beginning_.size());
  if (beginning_.compare(0, begin, other.beginning_, 0, begin) != 0) return false;
  const auto end = std::min(ending_.size(), other.ending_.size());
  if (ending_.compare(ending_.size() - end, end, other.ending_, other.ending_.size() - end, end) !=
      0) {
    return false;
  }
  const auto width = other.states_.size();
  std::vector<bool> seen(states_.size() * width);
  std::vector<std::size_t> open;
  const auto reach = [&](std::size_t here, std::size_t there) {
    const auto both = here * width + there;
    if (seen[both]) return;
    seen[both] = true;
    open.push_back(both);
  };
  reach(0, 0);
  while (!open.empty()) {
    const auto here = open.back() / width;
    const auto there = open.back() % width;
    open.pop_back();
    const auto& mine = states_[here];
    const auto& its = other.states_[there];
    if (mine.last && its.last) return true;
    for (const auto next : mine.skips) reach(next, there);
    for (const auto next : its.skips) reach(here, next);
    for (const auto& [bytes, next] : mine.steps) {
      for (const auto& [its_bytes, its_next] : its.steps) {
        if ((bytes & its_bytes).any()) reach(next, its_next);
      }
    }
  }
  return false;
}

/// A value's end is known when what follows it has a byte that the value cannot have, its
/// beginning when what precedes it has one. It takes one of the two for each gap, in such an order
/// that the key can be read from both its ends towards one place.
void key_language::look_for_confusion(const endpoint_settings& endpoint, const text_template& key) {
  struct value {
    const parameter_settings* parameter = nullptr;
    byte_set bytes;
    bool closed = false;  ///< ends by itself
    std::string behind;   ///< the literal that follows
  };
  std::vector<value> values;
  for (const auto& piece : key.pieces) {
    if (piece.kind == piece_kind::literal) {
      if (!values.empty()) values.back().behind = piece.text;
    } else if (const auto* parameter = find(endpoint, piece.text)) {
      const auto hashed = is_credential(endpoint, *parameter);
      values.push_back({parameter,
                        hashed ? set_of("~0123456789abcdef") : bytes_of(*parameter),
                        ends_by_itself(*parameter) && always_there(*parameter, piece.kind),
                        {}});
      if (ends_by_itself(*parameter)) values.back().bytes.reset();  // its shape tells it apart
    }
  }
  const auto has_other = [](const std::string& literal, const byte_set& bytes) {
    return std::any_of(literal.begin(), literal.end(), [&](unsigned char c) { return !bytes[c]; });
  };
  bool from_right = false;
  for (std::size_t i = 0; i + 1 < values.size(); ++i) {
    const auto& one = values[i];
    const bool ends = one.closed || has_other(one.behind, one.bytes);
    const bool begins = has_other(one.behind, values[i + 1].bytes);
    if (!from_right && ends) continue;
    from_right = true;
    if (begins) continue;
    confused_ = {one.parameter->name, values[i + 1].parameter->name};
    return;
  }
}

}  // namespace tributary::config
