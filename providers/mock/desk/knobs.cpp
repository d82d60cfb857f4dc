// SPDX-License-Identifier: MIT
#include "providers/mock/desk/knobs.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace tributary::providers::mock {

namespace {

using nlohmann::json;

constexpr std::int64_t longest_ms = 600'000;
constexpr std::array common{whole_knob("latency_ms", 0, 0, longest_ms),
                            whole_knob("jitter_ms", 0, 0, longest_ms),
                            number_knob("error_rate", 0, 0, 1),
                            whole_knob("error_status", 503, 400, 599),
                            switch_knob("hang", false),
                            switch_knob("truncate", false),
                            switch_knob("malformed", false)};

bool is_within(const knob& what, double value) { return what.least <= value && value <= what.most; }

std::string text_of(double value) {
  const auto whole = static_cast<std::int64_t>(value);
  return static_cast<double>(whole) == value ? std::to_string(whole) : json(value).dump();
}

/// ` from 0 to 1`
std::string range_of(const knob& what) {
  return " from " + text_of(what.least) + " to " + text_of(what.most);
}

/// `one of none, before`
std::string words_of(const knob& what) {
  std::string result = "one of ";
  for (const auto word : what.words) {
    if (word != what.words.front()) result += ", ";
    result += word;
  }
  return result;
}

/// Reads a value of the type of a knob; nullopt for any other.
struct value_reader {
  const knob& what;
  const json& from;

  std::optional<knob_value> operator()(bool) const {
    if (!from.is_boolean()) return std::nullopt;
    return from.get<bool>();
  }
  std::optional<knob_value> operator()(std::int64_t) const {
    if (!from.is_number_integer() || !is_within(what, from.get<double>())) return std::nullopt;
    return from.get<std::int64_t>();
  }
  std::optional<knob_value> operator()(double) const {
    if (!from.is_number() || !is_within(what, from.get<double>())) return std::nullopt;
    return from.get<double>();
  }
  std::optional<knob_value> operator()(std::string_view) const {
    if (!from.is_string()) return std::nullopt;
    const auto& text = from.get_ref<const std::string&>();
    const auto found = std::find(what.words.begin(), what.words.end(), text);
    if (found == what.words.end()) return std::nullopt;
    return *found;
  }
};

/// What a knob takes, for people.
struct expectation {
  const knob& what;

  std::string operator()(bool) const { return "true or false"; }
  std::string operator()(std::int64_t) const { return "a whole number" + range_of(what); }
  std::string operator()(double) const { return "a number" + range_of(what); }
  std::string operator()(std::string_view) const { return words_of(what); }
};

}  // namespace

std::span<const knob> common_knobs() noexcept { return common; }

knobs::knobs(std::span<const knob> own) {
  for (const auto& each : common) entries_.push_back({&each, each.standard});
  for (const auto& each : own) entries_.push_back({&each, each.standard});
}

std::optional<std::string> knobs::set(std::string_view name, const json& value) {
  for (auto& each : entries_) {
    const auto& what = *each.what;
    if (what.name != name) continue;
    const auto read = std::visit(value_reader{what, value}, what.standard);
    if (!read) {
      return std::string{name} + " must be " + std::visit(expectation{what}, what.standard);
    }
    each.value = *read;
    return std::nullopt;
  }
  std::string known;
  for (const auto& each : entries_) {
    if (!known.empty()) known += ", ";
    known += each.what->name;
  }
  return "unknown knob " + std::string{name} + "; known are " + known;
}

std::optional<std::string> knobs::set_text(std::string_view name, std::string_view text) {
  // What is not JSON fits no knob either, and the same message says what would.
  return set(name, json::parse(text, nullptr, false));
}

std::optional<std::string> knobs::replace(std::string_view text) {
  const auto document = json::parse(text, nullptr, false);
  if (document.is_discarded()) return "the body is not JSON";
  if (!document.is_object()) return "the body must be a JSON object";
  auto changed = *this;
  for (auto& each : changed.entries_) each.value = each.what->standard;
  for (const auto& [name, value] : document.items()) {
    if (auto why = changed.set(name, value)) return why;
  }
  *this = std::move(changed);
  return std::nullopt;
}

bool knobs::has(std::string_view name) const noexcept { return find(name) != nullptr; }

const knobs::entry* knobs::find(std::string_view name) const noexcept {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const entry& each) { return each.what->name == name; });
  return found == entries_.end() ? nullptr : &*found;
}

template <class Type>
const Type& knobs::value_of(std::string_view name) const {
  const auto* found = find(name);
  const auto* value = found == nullptr ? nullptr : std::get_if<Type>(&found->value);
  if (value == nullptr) {
    throw std::logic_error{"no knob of this type is called " + std::string{name}};
  }
  return *value;
}

bool knobs::is_on(std::string_view name) const { return value_of<bool>(name); }
std::int64_t knobs::whole(std::string_view name) const { return value_of<std::int64_t>(name); }
double knobs::number(std::string_view name) const { return value_of<double>(name); }
std::string_view knobs::word(std::string_view name) const {
  return value_of<std::string_view>(name);
}

std::string knobs::to_json() const {
  nlohmann::ordered_json result;
  for (const auto& each : entries_) {
    std::visit([&](const auto& value) { result[std::string{each.what->name}] = value; },
               each.value);
  }
  return result.dump();
}

}  // namespace tributary::providers::mock
