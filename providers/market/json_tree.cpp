// SPDX-License-Identifier: MIT
#include "providers/market/json_tree.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <ranges>

namespace tributary::providers::market {

namespace {

constexpr std::size_t deepest_nesting = 64;

/// As nlohmann's own, but with wider numbers: its parser refuses the document for a number that it
/// cannot hold.
using wide_json = nlohmann::basic_json<std::map, std::vector, std::string, bool, std::int64_t,
                                       std::uint64_t, long double>;

/// Builds a tree from the parser's events. A false answer to any of them ends the parse.
class market_tree_builder : public nlohmann::json_sax<wide_json> {
 public:
  json_value root;

  bool null() override { return add({}) != nullptr; }

  bool boolean(bool value) override {
    json_value leaf;
    leaf.kind = json_value::kind_type::boolean;
    leaf.truth = value;
    return add(std::move(leaf)) != nullptr;
  }

  bool number_integer(number_integer_t value) override {
    // Only what begins with a minus comes here, so zero was written `-0`.
    return add_number(value == 0 ? "-0" : std::to_string(value));
  }

  bool number_unsigned(number_unsigned_t value) override {
    return add_number(std::to_string(value));
  }

  /// Integers too long for 64 bits come here too.
  bool number_float(number_float_t, const string_t& spelling) override {
    return add_number(spelling);
  }

  bool string(string_t& value) override {
    json_value leaf;
    leaf.kind = json_value::kind_type::string;
    leaf.text = std::move(value);
    return add(std::move(leaf)) != nullptr;
  }

  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(json_value::kind_type::object); }
  bool start_array(std::size_t) override { return open(json_value::kind_type::array); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    open_.back()->members.emplace_back(std::move(name), json_value{});
    return true;
  }

  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }

 private:
  json_value* add(json_value value) {
    if (open_.empty()) {
      root = std::move(value);
      return &root;
    }
    auto& parent = *open_.back();
    if (parent.is_array()) return &parent.items.emplace_back(std::move(value));
    auto& target = parent.members.back().second;
    target = std::move(value);
    return &target;
  }

  bool add_number(std::string spelling) {
    json_value leaf;
    leaf.kind = json_value::kind_type::number;
    leaf.text = std::move(spelling);
    return add(std::move(leaf)) != nullptr;
  }

  bool open(json_value::kind_type kind) {
    if (open_.size() >= deepest_nesting) return false;
    json_value branch;
    branch.kind = kind;
    // Stays where it is while it is open: its parent gets no further child before that.
    open_.push_back(add(std::move(branch)));
    return true;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  std::vector<json_value*> open_;
};

bool is_decimal_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// RFC 8259, 6, for text that from_chars has taken as a whole: what JSON does not allow of it is a
/// leading zero and a point without digits on both sides.
bool is_json_spelling(std::string_view text) noexcept {
  if (text.starts_with('-')) text.remove_prefix(1);
  if (text.empty() || !is_decimal_digit(text[0])) return false;
  if (text[0] == '0' && text.size() > 1 && is_decimal_digit(text[1])) return false;
  const auto point = text.find('.');
  return point == text.npos || (point + 1 < text.size() && is_decimal_digit(text[point + 1]));
}

std::string_view without_white_space(std::string_view text) noexcept {
  constexpr std::string_view white = " \t\r\n";
  const auto first = text.find_first_not_of(white);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(white) - first + 1);
}

/// Subtracting close numbers must not cost digits that their spelling has.
long double precise(const number& from) {
  long double value = from.value;
  std::from_chars(from.text.data(), from.text.data() + from.text.size(), value);
  return value;
}

std::optional<number> derived_if_finite(long double value) {
  const auto narrow = static_cast<double>(value);
  if (!std::isfinite(narrow)) return {};
  return derived(narrow);
}

}  // namespace

json_value::json_value() = default;
json_value::json_value(const json_value&) = default;
json_value::json_value(json_value&&) noexcept = default;
json_value& json_value::operator=(const json_value&) = default;
json_value& json_value::operator=(json_value&&) noexcept = default;
json_value::~json_value() = default;

const json_value& json_value::operator[](std::string_view name) const noexcept {
  static const json_value none;
  for (auto& [key, value] : std::ranges::reverse_view(members)) {
    if (key == name) return value;
  }
  return none;
}

std::optional<number> json_value::as_number() const {
  if (kind != kind_type::number && kind != kind_type::string) return {};
  return parse_number(text);
}

std::string_view json_value::as_text() const noexcept {
  return kind == kind_type::string ? std::string_view{text} : std::string_view{};
}

std::optional<json_value> parse_json(std::string_view text) {
  market_tree_builder builder;
  if (!wide_json::sax_parse(text, &builder)) return {};
  return std::move(builder.root);
}

std::optional<number> parse_number(std::string_view text) {
  text = without_white_space(text);
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  double value = 0;
  const auto* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  // The names of infinity and of what is no number are numbers to from_chars.
  if (error != std::errc{} || stop != end || !std::isfinite(value)) return {};
  return is_json_spelling(text) ? number{std::string{text}, value} : derived(value);
}

number derived(double value) {
  std::array<char, 32> spelling;
  const auto end = std::to_chars(spelling.data(), spelling.data() + spelling.size(), value).ptr;
  return {std::string(spelling.data(), end), value};
}

changes changes_from_close(const number& price, const std::optional<number>& previous_close) {
  if (!previous_close || previous_close->value == 0) return {};
  const auto close = precise(*previous_close);
  const auto change = precise(price) - close;
  if (close < 0) return {derived_if_finite(change), {}};
  changes result{derived_if_finite(change), derived_if_finite(change / close * 100)};
  return result.change && result.percent ? result : changes{};
}

changes changes_from_percent(const number& price, const std::optional<number>& percent) {
  if (!percent || percent->value <= -100 || price.value <= 0) return {{}, percent};
  const auto share = precise(*percent);
  return {derived_if_finite(precise(price) * share / (100 + share)), percent};
}

}  // namespace tributary::providers::market
