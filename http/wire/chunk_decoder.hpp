// SPDX-License-Identifier: MIT
#pragma once

#include "http/wire/request_judge.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace tributary::http::wire {

/// Strict decoder of a chunked body (RFC 9112, 7.1) that may arrive in any pieces. A size is
/// hexadecimal digits and nothing else, lines end in CRLF, extensions are skipped and trailers
/// checked and dropped. Beast's own reader is more forgiving with white space around sizes.
class chunk_decoder {
 public:
  enum class progress { need_more, complete, refused };

  /// @param max_body decoded bytes; over: 413
  /// @param max_trailers bytes of the trailer section; over: 431
  chunk_decoder(std::size_t max_body, std::size_t max_trailers) noexcept
      : max_body_(max_body), max_trailers_(max_trailers) {}

  /// Decodes from the front of `bytes`, which is moved on behind what was used, and appends to
  /// `body`.
  progress decode(std::string_view& bytes, std::string& body);

  /// After `refused`.
  refusal take_refusal() { return std::move(refusal_); }

 private:
  enum class state { size, extension, size_end, data, data_cr, data_lf, trailer, done };

  progress refuse(int status, std::string detail);
  progress on_byte(char c);
  progress on_size(char c);
  progress on_trailer(char c);
  progress end_trailer();
  progress end_size_line();

  std::size_t max_body_;
  std::size_t max_trailers_;
  state state_ = state::size;
  std::uint64_t left_ = 0;  ///< of the chunk: its size while that is read, then bytes to come
  std::uint64_t total_ = 0;
  std::size_t line_length_ = 0;  ///< of the size line
  std::size_t size_digits_ = 0;
  std::size_t trailers_length_ = 0;
  std::string trailer_;  ///< the line under way
  refusal refusal_;
};

}  // namespace tributary::http::wire
