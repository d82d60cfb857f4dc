// SPDX-License-Identifier: MIT
#include "http/client/chunk_decoder.hpp"

#include <algorithm>

namespace tributary::http::client {

namespace {

constexpr unsigned most_size_digits = 15;  // below 2^60, so that nothing overflows

constexpr int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

constexpr bool is_line_text(char c) noexcept {
  return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
}

}  // namespace

void chunk_decoder::reset(std::size_t limit, std::size_t line_limit) noexcept {
  *this = chunk_decoder{};
  body_budget_ = limit;
  line_budget_ = line_limit;
}

chunk_decoder::outcome chunk_decoder::to(state next) noexcept {
  state_ = next;
  return next == state::done ? outcome::complete : outcome::need_more;
}

chunk_decoder::outcome chunk_decoder::decode(std::string_view input, std::string& body,
                                             std::size_t& consumed) {
  consumed = 0;
  while (consumed < input.size()) {
    if (state_ == state::data) {
      const auto size = std::min<std::uint64_t>(remaining_, input.size() - consumed);
      body.append(input, consumed, static_cast<std::size_t>(size));
      consumed += static_cast<std::size_t>(size);
      remaining_ -= size;
      if (remaining_ == 0) state_ = state::data_cr;
      continue;
    }
    const auto result = structure(input[consumed]);
    ++consumed;
    if (result != outcome::need_more) return result;
  }
  return outcome::need_more;
}

chunk_decoder::outcome chunk_decoder::on_size_digit(char c) {
  const auto value = hex_value(c);
  if (value < 0 || ++digits_ > most_size_digits) return outcome::malformed;
  remaining_ = remaining_ * 16 + static_cast<unsigned>(value);
  return remaining_ > body_budget_ ? outcome::too_large : to(state::size);
}

chunk_decoder::outcome chunk_decoder::structure(char c) {
  switch (state_) {
    case state::size_first:
      digits_ = 0;
      remaining_ = 0;
      return on_size_digit(c);
    case state::size:
      if (c == '\r') return to(state::size_lf);
      if (c == ';') return to(state::extension);
      if (c == ' ' || c == '\t') return to(state::extension_space);
      return on_size_digit(c);
    case state::extension_space:
      if (!spend_line_byte()) return outcome::malformed;
      if (c == ';') return to(state::extension);
      return c == ' ' || c == '\t' ? outcome::need_more : outcome::malformed;
    case state::extension:
      if (c == '\r') return to(state::size_lf);
      return is_line_text(c) && spend_line_byte() ? outcome::need_more : outcome::malformed;
    case state::size_lf:
      if (c != '\n') return outcome::malformed;
      body_budget_ -= static_cast<std::size_t>(remaining_);
      return to(remaining_ == 0 ? state::trailer_first : state::data);
    case state::data_cr: return c == '\r' ? to(state::data_lf) : outcome::malformed;
    case state::data_lf: return c == '\n' ? to(state::size_first) : outcome::malformed;
    case state::trailer_first:
      if (c == '\r') return to(state::end_lf);
      if (c == ' ' || c == '\t') return outcome::malformed;
      [[fallthrough]];
    case state::trailer:
      if (c == '\r') return to(state::trailer_lf);
      return is_line_text(c) && spend_line_byte() ? to(state::trailer) : outcome::malformed;
    case state::trailer_lf: return c == '\n' ? to(state::trailer_first) : outcome::malformed;
    case state::end_lf: return c == '\n' ? to(state::done) : outcome::malformed;
    case state::data:
    case state::done: break;
  }
  return outcome::malformed;
}

}  // namespace tributary::http::client
