// SPDX-License-Identifier: MIT
#include "actors/aggregation/normalise.hpp"

#include "http/wire/instant.hpp"
#include "http/wire/utf8.hpp"

#include <charconv>
#include <cmath>
#include <optional>

namespace tributary::actors::aggregation {

namespace {

using config::parameter_type;

text_span append(std::string& text, std::string_view value) {
  text_span result{static_cast<std::uint32_t>(text.size()),
                   static_cast<std::uint32_t>(value.size())};
  text += value;
  return result;
}

text_span append(std::string& text, const http::wire::instant& value) {
  text_span result{static_cast<std::uint32_t>(text.size()), 0};
  append_utc(value, text);
  result.size = static_cast<std::uint32_t>(text.size()) - result.offset;
  return result;
}

bool is_string(const parameter_plan& parameter, std::string_view value) {
  for (auto c : value) {
    // Controls never pass, not even where any character does: a value may end up in a header.
    auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f || !parameter.characters[byte]) return false;
  }
  auto count = http::wire::count_characters(value);
  return count && *count >= parameter.settings.min_length &&
         *count <= parameter.settings.max_length;
}

bool all_digits(std::string_view text) {
  for (auto c : text) {
    if (c < '0' || c > '9') return false;
  }
  return !text.empty();
}

bool in_range(const parameter_plan& parameter, long double value) {
  const auto& s = parameter.settings;
  return (!s.minimum || value >= *s.minimum) && (!s.maximum || value <= *s.maximum);
}

/// A whole number of 64 bits without leading zeros, `+` or `-0`.
bool is_integer(const parameter_plan& parameter, std::string_view value) {
  auto digits = value.substr(value.front() == '-' ? 1 : 0);
  if (!all_digits(digits) || (digits.front() == '0' && value.size() > 1)) return false;
  std::int64_t number = 0;
  auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  return error == std::errc{} && in_range(parameter, static_cast<long double>(number));
}

/// A number as JSON writes it, within the range of a double.
bool is_number(const parameter_plan& parameter, std::string_view value) {
  auto rest = value.substr(value.front() == '-' ? 1 : 0);
  auto exponent = rest.find_first_of("eE");
  if (exponent != std::string_view::npos) {
    auto digits = rest.substr(exponent + 1);
    if (!digits.empty() && (digits.front() == '+' || digits.front() == '-')) {
      digits.remove_prefix(1);
    }
    if (!all_digits(digits)) return false;
    rest = rest.substr(0, exponent);
  }
  if (auto point = rest.find('.'); point != std::string_view::npos) {
    if (!all_digits(rest.substr(point + 1))) return false;
    rest = rest.substr(0, point);
  }
  if (!all_digits(rest) || (rest.front() == '0' && rest.size() > 1)) return false;
  double number = 0;
  auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  return error == std::errc{} && std::isfinite(number) && in_range(parameter, number);
}

bool is_one_of(const parameter_plan& parameter, std::string_view value) {
  for (const auto& candidate : parameter.settings.values) {
    if (candidate == value) return true;
  }
  return false;
}

std::string_view normalise_instant(const parameter_plan& parameter, std::string_view value,
                                   std::string& text, normal_value& out) {
  auto parsed = http::wire::parse_instant(value);
  if (!parsed) return parameter.rule;
  out.whole = append(text, *parsed);
  out.from = out.whole;
  return {};
}

std::string_view normalise_interval(const parameter_plan& parameter, std::string_view value,
                                    std::string& text, normal_value& out) {
  auto slash = value.find('/');
  if (slash == std::string_view::npos) return normalise_instant(parameter, value, text, out);
  auto from = http::wire::parse_instant(value.substr(0, slash));
  auto to = http::wire::parse_instant(value.substr(slash + 1));
  if (!from || !to) return parameter.rule;
  if (*to < *from) return "must not begin after its end";
  out.from = append(text, *from);
  text += '/';
  out.to = append(text, *to);
  out.whole = {out.from.offset, out.from.size + 1 + out.to.size};
  return {};
}

std::optional<std::size_t> find_part(const endpoint_plan& plan, std::string_view name) {
  for (std::size_t i = 0; i < plan.parts.size(); ++i) {
    if (plan.parts[i].settings.name == name) return i;
  }
  return std::nullopt;
}

text_span append_parts(const endpoint_plan& plan, std::uint64_t parts, std::string& text) {
  if (parts == plan.all_parts) return append(text, std::string_view{"all"});
  auto offset = static_cast<std::uint32_t>(text.size());
  for (std::size_t i = 0; i < plan.parts.size(); ++i) {
    if ((parts >> i & 1) == 0) continue;
    if (text.size() != offset) text += ',';
    text += plan.parts[i].settings.name;
  }
  return {offset, static_cast<std::uint32_t>(text.size()) - offset};
}

std::string_view normalise_parts(const endpoint_plan& plan, const parameter_plan& parameter,
                                 std::string_view value, std::string& text, normal_value& out) {
  if (value == "all") {
    out.parts = plan.all_parts;
  } else {
    for (std::size_t begin = 0; begin <= value.size();) {
      auto comma = std::min(value.find(',', begin), value.size());
      auto part = find_part(plan, value.substr(begin, comma - begin));
      if (!part) return parameter.rule;
      auto bit = std::uint64_t{1} << *part;
      if ((out.parts & bit) != 0) return "must not name a part twice";
      out.parts |= bit;
      begin = comma + 1;
    }
  }
  out.whole = append_parts(plan, out.parts, text);
  return {};
}

bool is_plain(const parameter_plan& parameter, std::string_view value) {
  switch (parameter.settings.type) {
    case parameter_type::string:
      return is_string(parameter, value);
    case parameter_type::integer:
      return is_integer(parameter, value);
    case parameter_type::number:
      return is_number(parameter, value);
    case parameter_type::boolean:
      return value == "true" || value == "false";
    case parameter_type::one_of:
      return is_one_of(parameter, value);
    default:
      return false;
  }
}

std::string number_text(double value) {
  char buffer[32];
  auto result = std::to_chars(buffer, buffer + sizeof buffer, value);
  return {buffer, result.ptr};
}

std::string describe_range(const parameter_plan& parameter, std::string_view kind) {
  const auto& s = parameter.settings;
  auto text = "must be " + std::string{kind};
  if (s.minimum && s.maximum) {
    return text + " from " + number_text(*s.minimum) + " to " + number_text(*s.maximum);
  }
  if (s.minimum) return text + " of at least " + number_text(*s.minimum);
  if (s.maximum) return text + " of at most " + number_text(*s.maximum);
  return text;
}

std::string describe_string(const parameter_plan& parameter) {
  const auto& s = parameter.settings;
  auto text = "must be " + std::to_string(s.min_length);
  if (s.max_length != s.min_length) text += " to " + std::to_string(s.max_length);
  text += s.max_length == 1 ? " character" : " characters";
  if (!s.characters.empty()) text += " of " + s.characters;
  return text;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string describe_parts(const endpoint_plan& plan) {
  std::vector<std::string> names;
  for (const auto& part : plan.parts) names.push_back(part.settings.name);
  return "must be all or a comma-separated list of " + joined(names);
}

}  // namespace

std::string_view normalise(const endpoint_plan& plan, const parameter_plan& parameter,
                           std::string_view value, std::string& text, normal_value& out) {
  switch (parameter.settings.type) {
    case parameter_type::instant:
      return normalise_instant(parameter, value, text, out);
    case parameter_type::interval:
      return normalise_interval(parameter, value, text, out);
    case parameter_type::parts:
      return normalise_parts(plan, parameter, value, text, out);
    default:
      break;
  }
  if (value.empty() || !is_plain(parameter, value)) return parameter.rule;
  out.whole = append(text, value);
  return {};
}

std::string describe(const endpoint_plan& plan, const parameter_plan& parameter) {
  switch (parameter.settings.type) {
    case parameter_type::string:
      return describe_string(parameter);
    case parameter_type::integer:
      return describe_range(parameter, "a whole number");
    case parameter_type::number:
      return describe_range(parameter, "a number");
    case parameter_type::boolean:
      return "must be true or false";
    case parameter_type::one_of:
      return "must be one of " + joined(parameter.settings.values);
    case parameter_type::instant:
      return "must be an RFC 3339 instant such as 2024-05-01T12:00:00Z";
    case parameter_type::interval:
      return "must be an RFC 3339 instant such as 2024-05-01T12:00:00Z, or two as from/to";
    case parameter_type::parts:
      return describe_parts(plan);
  }
  return "is invalid";
}

}  // namespace tributary::actors::aggregation
