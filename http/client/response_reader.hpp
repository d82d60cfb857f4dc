// SPDX-License-Identifier: MIT
#pragma once

#include "http/client/response_head.hpp"
#include "http/wire/chunk_decoder.hpp"
#include "http/wire/error_token.hpp"
#include "http/wire/shared_bytes.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace tributary::http::client {

struct fetch_result;

/// Makes an answer out of bytes, without any input or output of its own: read into `prepare()`, say
/// how much with `commit()`, until it is done. One per connection, reused for each answer.
///
/// A small answer takes one read: the buffer has room for 16 KiB. The rest of a longer body with
/// Content-Length is read straight into the block that is handed out.
class response_reader {
 public:
  enum class progress : std::uint8_t { need_more, complete, failed };

  /// Bytes; the header counts with its status line.
  response_reader(std::size_t max_header, std::size_t max_body);

  /// Before each request. `head_request`: the answer has no body whatever its header says.
  void begin(bool head_request);

  /// Room for the next read, never empty between `begin` and the end.
  std::span<char> prepare();

  /// `size` bytes were read into `prepare()`.
  progress commit(std::size_t size);

  /// The peer closed in order: the end of some bodies, an error for all others.
  progress commit_eof();

  /// True when not a byte has come since `begin`.
  bool untouched() const noexcept { return untouched_; }

  /// After `complete`: the connection may carry another exchange.
  bool reusable() const noexcept { return reusable_; }

  /// After `failed`.
  wire::error_token error() const noexcept { return error_; }
  std::string_view detail() const noexcept { return detail_; }

  /// After `complete`: status, header block and body, whose codings are undone. What cannot be
  /// read becomes the error of `result`; the connection is none the worse for it.
  void take(fetch_result& result);

 private:
  enum class phase : std::uint8_t { head, sized_body, chunked_body, open_body, done };

  progress on_head();
  progress start_body(std::string_view rest);
  progress start_sized_body(std::string_view rest);
  progress on_chunks(std::string_view bytes);
  progress on_open_body(std::string_view bytes);
  progress finish(std::size_t left_over);
  progress fail(wire::error_token error, std::string_view detail);

  std::size_t max_header_;
  std::size_t max_body_;
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_;
  std::size_t filled_ = 0;
  phase phase_ = phase::done;
  bool untouched_ = true;
  bool head_request_ = false;
  bool reusable_ = false;
  unsigned interim_answers_ = 0;
  head_parser head_;
  wire::chunk_decoder chunks_;
  int status_ = 0;
  bool keep_alive_ = false;
  std::string header_block_;
  wire::shared_bytes body_;
  char* body_data_ = nullptr;  ///< of `body_`, which nobody else sees before it is whole
  std::size_t body_missing_ = 0;
  std::string collected_;  ///< a body of unknown length
  wire::error_token error_ = wire::error_token::none;
  std::string_view detail_;
};

}  // namespace tributary::http::client
