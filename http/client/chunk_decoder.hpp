// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tributary::http::client {

/// Takes the chunked coding (RFC 9112, section 7.1) off a body that arrives in pieces. Extensions and
/// trailers are read over; lines must end in CRLF.
class chunk_decoder {
 public:
  enum class outcome : std::uint8_t { need_more, complete, malformed, too_large };

  /// @param limit of the decoded body, bytes
  /// @param line_limit of all extensions and trailers together, bytes
  void reset(std::size_t limit, std::size_t line_limit) noexcept;

  /// Appends decoded bytes of `input` to `body`; `consumed` is what was read of it. Bytes after the
  /// end are left alone.
  outcome decode(std::string_view input, std::string& body, std::size_t& consumed);

 private:
  enum class state : std::uint8_t {
    size_first, size, extension_space, extension, size_lf,
    data, data_cr, data_lf,
    trailer_first, trailer, trailer_lf, end_lf, done,
  };

  outcome structure(char c);
  outcome on_size_digit(char c);
  outcome to(state next) noexcept;
  bool spend_line_byte() noexcept { return line_budget_ > 0 && line_budget_-- > 0; }

  state state_ = state::size_first;
  std::uint64_t remaining_ = 0;  ///< of the chunk
  unsigned digits_ = 0;
  std::size_t body_budget_ = 0;
  std::size_t line_budget_ = 0;
};

}  // namespace tributary::http::client
