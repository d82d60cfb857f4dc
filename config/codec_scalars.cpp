// SPDX-License-Identifier: MIT
#include "config/codec.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace tributary::config {

namespace {

struct unit {
  const char* name;
  double factor;
};

constexpr unit duration_units[] = {
    {"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};
constexpr unit size_units[] = {{"B", 1},    {"kB", 1e3},   {"KB", 1e3},       {"MB", 1e6},
                               {"GB", 1e9}, {"KiB", 1024}, {"MiB", 1048576.}, {"GiB", 1073741824.}};

/// How people also write the units, each with the one meant.
constexpr std::pair<const char*, const char*> other_spellings[] = {
    {"sec", "s"},  {"secs", "s"},   {"second", "s"},  {"seconds", "s"}, {"min", "m"},
    {"mins", "m"}, {"minute", "m"}, {"minutes", "m"}, {"hour", "h"},    {"hours", "h"},
    {"day", "d"},  {"days", "d"},   {"msec", "ms"},   {"millis", "ms"}, {"milliseconds", "ms"},
    {"k", "KiB"},  {"kib", "KiB"},  {"m", "MiB"},     {"mib", "MiB"},   {"mb", "MB"},
    {"g", "GiB"},  {"gib", "GiB"},  {"gb", "GB"},     {"kb", "KB"},     {"b", "B"}};

constexpr double too_large = 1e15;

/// `1.5s` as 1.5 and `s`; nothing when it does not begin with a plain decimal number.
struct quantity {
  double value = 0;
  std::string_view number;
  std::string_view unit_name;
};

std::optional<quantity> split_quantity(std::string_view text) {
  quantity result;
  const auto end = text.data() + text.size();
  const auto [stop, error] =
      std::from_chars(text.data(), end, result.value, std::chars_format::fixed);
  const bool plain = !text.empty() && text.front() >= '0' && text.front() <= '9';
  if (error != std::errc{} || !plain) return std::nullopt;
  result.number = text.substr(0, static_cast<std::size_t>(stop - text.data()));
  result.unit_name = text.substr(result.number.size());
  return result;
}

template <std::size_t N>
const unit* find_unit(const unit (&units)[N], std::string_view name) {
  auto found = std::find_if(std::begin(units), std::end(units),
                            [&](const unit& one) { return name == one.name; });
  return found == std::end(units) ? nullptr : found;
}

/// The unit that a wrong one may stand for, written behind the number.
template <std::size_t N>
std::string suggest_unit(const unit (&units)[N], const quantity& given) {
  std::string plain;
  for (const char c : given.unit_name) {
    if (c != ' ') plain += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  }
  for (const auto& one : units) {
    if (plain == one.name) return std::string{given.number} + one.name;
  }
  for (const auto& [spelling, meant] : other_spellings) {
    if (plain == spelling && find_unit(units, meant) != nullptr) {
      return std::string{given.number} + meant;
    }
  }
  return {};
}

/// The text of a scalar that is of `kind` or one whole `${…}`.
const std::string* scalar_text(reader& in, const node& at, node_kind kind, const char* wanted) {
  const bool from_outside = at.kind == node_kind::string && at.whole_substitution;
  if (at.kind == kind || from_outside) return &at.text;
  in.fail_type(at, wanted);
  return nullptr;
}

ordered_json or_substitution(ordered_json schema) {
  return {{"anyOf", {std::move(schema), {{"$ref", "#/$defs/substitution"}}}}};
}

template <class N>
std::string number_text(N value) {
  char buffer[64];
  auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  return {buffer, end};
}

template <class N>
std::string range_text(N least, N most) {
  return number_text(least) + " to " + number_text(most);
}

template <class N>
void read_number(reader& in, const node& at, N least, N most, const char* wanted, N& target) {
  auto* text = scalar_text(in, at, node_kind::number, wanted);
  if (text == nullptr) return;
  N value{};
  const auto end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, value);
  const bool bounded = std::is_integral_v<N> || least != std::numeric_limits<N>::lowest() ||
                       most != std::numeric_limits<N>::max();
  if (error != std::errc{} || stop != end || !(value >= least && value <= most)) {
    return in.fail(at, "expected " + std::string{wanted} +
                           (bounded ? " from " + range_text(least, most) : "") + ", found " +
                           cited(*text));
  }
  target = value;
}

template <class N>
codec<N> number(std::string label, const char* wanted, const char* schema_type, N least, N most) {
  const ordered_json schema{{"type", schema_type}, {"minimum", least}, {"maximum", most}};
  return {{std::move(label), range_text(least, most), or_substitution(schema), false, {}},
          [=](reader& in, const node& at, N& target) {
            read_number(in, at, least, most, wanted, target);
          },
          [](const N& value) -> ordered_json { return value; }};
}

/// What a duration without a unit is.
enum class bare_number { refused, seconds };

void read_duration(reader& in, const node& at, milliseconds least, milliseconds most,
                   bare_number bare, milliseconds& target) {
  const std::string wanted = bare == bare_number::seconds
                                 ? "a number of seconds, or a duration such as \"500ms\""
                                 : "a duration such as \"500ms\"";
  if (at.kind != node_kind::string && at.kind != node_kind::number) return in.fail_type(at, wanted);
  auto given = split_quantity(at.text);
  if (!given) return in.fail(at, "expected " + wanted + ", found " + cited(at.text));
  if (given->unit_name.empty() && bare == bare_number::seconds) given->unit_name = "s";
  if (given->unit_name.empty()) {
    return in.fail(at, "a duration needs a unit: ms, s, m, h or d",
                   "\"" + at.text.substr(0, 80) + (given->value < 100 ? "s\"" : "ms\""));
  }
  auto* found = find_unit(duration_units, given->unit_name);
  if (found == nullptr) {
    return in.fail(at, "the units of a duration are ms, s, m, h and d",
                   suggest_unit(duration_units, *given));
  }
  const double exact = given->value * found->factor;
  if (exact > too_large || milliseconds{std::llround(exact)} < least ||
      milliseconds{std::llround(exact)} > most) {
    return in.fail(at, "expected a duration from " + print_duration(least) + " to " +
                           print_duration(most) + ", found " + cited(at.text));
  }
  if (std::abs(exact - std::round(exact)) > 1e-6) return in.fail(at, "finer than a millisecond");
  target = milliseconds{std::llround(exact)};
}

void read_bytes(reader& in, const node& at, std::size_t least, std::size_t most,
                std::size_t& target) {
  if (at.kind != node_kind::string && at.kind != node_kind::number) {
    return in.fail_type(at, "a size such as \"64MiB\"");
  }
  const auto given = split_quantity(at.text);
  if (!given) return in.fail(at, "expected a size such as \"64MiB\", found " + cited(at.text));
  auto* found = find_unit(size_units, given->unit_name.empty() ? "B" : given->unit_name);
  if (found == nullptr) {
    return in.fail(at, "the units of a size are B, KB, MB, GB, KiB, MiB and GiB",
                   suggest_unit(size_units, *given));
  }
  const double exact = given->value * found->factor;
  if (exact > too_large || exact < static_cast<double>(least) ||
      exact > static_cast<double>(most)) {
    return in.fail(at, "expected a size from " + print_bytes(least) + " to " + print_bytes(most) +
                           ", found " + cited(at.text));
  }
  if (exact != std::floor(exact)) return in.fail(at, "not a whole number of bytes");
  target = static_cast<std::size_t>(exact);
}

}  // namespace

codec<milliseconds> duration(milliseconds least, milliseconds most) {
  const ordered_json schema{{"type", "string"}, {"pattern", R"(^[0-9]+(\.[0-9]+)?(ms|s|m|h|d)$)"}};
  return {{"duration",
           print_duration(least) + " to " + print_duration(most),
           or_substitution(schema),
           false,
           {}},
          [=](reader& in, const node& at, milliseconds& target) {
            read_duration(in, at, least, most, bare_number::refused, target);
          },
          [](const milliseconds& value) -> ordered_json { return print_duration(value); }};
}

codec<milliseconds> seconds(milliseconds least, milliseconds most) {
  auto result = duration(least, most);
  result.doc.label = "seconds or duration";
  ordered_json text{{"type", "string"}, {"pattern", R"(^[0-9]+(\.[0-9]+)?(ms|s|m|h|d)?$)"}};
  ordered_json plain{{"type", "number"},
                     {"minimum", static_cast<double>(least.count()) / 1000},
                     {"maximum", static_cast<double>(most.count()) / 1000}};
  result.doc.schema = {{"anyOf", {plain, text, {{"$ref", "#/$defs/substitution"}}}}};
  result.read = [=](reader& in, const node& at, milliseconds& target) {
    read_duration(in, at, least, most, bare_number::seconds, target);
  };
  return result;
}

codec<std::size_t> bytes(std::size_t least, std::size_t most) {
  ordered_json text{{"type", "string"},
                    {"pattern", R"(^[0-9]+(\.[0-9]+)?(B|kB|KB|MB|GB|KiB|MiB|GiB)?$)"}};
  ordered_json plain{{"type", "integer"}, {"minimum", least}, {"maximum", most}};
  ordered_json schema{{"anyOf", {plain, text, {{"$ref", "#/$defs/substitution"}}}}};
  return {{"size", print_bytes(least) + " to " + print_bytes(most), std::move(schema), false, {}},
          [=](reader& in, const node& at, std::size_t& target) {
            read_bytes(in, at, least, most, target);
          },
          [](const std::size_t& value) -> ordered_json { return print_bytes(value); }};
}

codec<std::size_t> count(std::size_t least, std::size_t most) {
  return number<std::size_t>("integer", "a whole number", "integer", least, most);
}

codec<std::uint16_t> port_number(std::uint16_t least) {
  return number<std::uint16_t>("port", "a port number", "integer", least, 65'535);
}

codec<int> status_number(int least, int most) {
  return number<int>("status", "a status", "integer", least, most);
}

codec<double> real(double least, double most) {
  return number<double>("number", "a number", "number", least, most);
}

codec<double> any_number() {
  constexpr auto most = std::numeric_limits<double>::max();
  return {{"number", "", or_substitution({{"type", "number"}}), false, {}},
          [](reader& in, const node& at, double& target) {
            read_number(in, at, std::numeric_limits<double>::lowest(), most, "a number", target);
          },
          [](const double& value) -> ordered_json { return value; }};
}

codec<bool> flag() {
  return {{"boolean", "", or_substitution({{"type", "boolean"}}), false, {}},
          [](reader& in, const node& at, bool& target) {
            auto* text = scalar_text(in, at, node_kind::boolean, "`true` or `false`");
            if (text == nullptr) return;
            if (*text != "true" && *text != "false") {
              return in.fail(at, "expected `true` or `false`, found " + cited(*text));
            }
            target = *text == "true";
          },
          [](const bool& value) -> ordered_json { return value; }};
}

std::string print_duration(milliseconds value) {
  constexpr std::int64_t day = 86'400'000;
  auto ms = value.count();
  if (ms > day && ms % day == 0) return std::to_string(ms / day) + "d";  // one stays `24h`
  if (ms != 0 && ms % 3'600'000 == 0) return std::to_string(ms / 3'600'000) + "h";
  if (ms != 0 && ms % 60'000 == 0) return std::to_string(ms / 60'000) + "m";
  if (ms != 0 && ms % 1000 == 0) return std::to_string(ms / 1000) + "s";
  return std::to_string(ms) + "ms";
}

std::string print_bytes(std::size_t value) {
  if (value != 0 && value % gib == 0) return std::to_string(value / gib) + "GiB";
  if (value != 0 && value % mib == 0) return std::to_string(value / mib) + "MiB";
  if (value != 0 && value % kib == 0) return std::to_string(value / kib) + "KiB";
  return std::to_string(value) + "B";
}

}  // namespace tributary::config
