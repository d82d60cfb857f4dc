// SPDX-License-Identifier: MIT
#include "actors/telemetry/json_text.hpp"

#include "http/wire/json_string.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace tributary::actors::telemetry::json_text {
namespace {

template <typename Number>
void append_with_to_chars(std::string& out, Number value) {
  std::array<char, 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  out.append(text.data(), end);
}

}  // namespace

void append_escaped(std::string& out, std::string_view text) {
  http::wire::append_json_escaped(out, text);
}

void append_string(std::string& out, std::string_view text) {
  http::wire::append_json_string(out, text);
}

void append_number(std::string& out, std::int64_t value) { append_with_to_chars(out, value); }
void append_number(std::string& out, std::uint64_t value) { append_with_to_chars(out, value); }

void append_number(std::string& out, double value) {
  if (std::isfinite(value)) {
    append_with_to_chars(out, value);
  } else {
    out += "null";
  }
}

void append_thousandths(std::string& out, std::int64_t thousandths) {
  if (thousandths < 0) thousandths = 0;
  append_with_to_chars(out, thousandths / 1000);
  const auto rest = static_cast<int>(thousandths % 1000);
  if (rest == 0) return;
  out += '.';
  out += static_cast<char>('0' + rest / 100);
  if (rest % 100 == 0) return;
  out += static_cast<char>('0' + rest / 10 % 10);
  if (rest % 10 != 0) out += static_cast<char>('0' + rest % 10);
}

}  // namespace tributary::actors::telemetry::json_text
