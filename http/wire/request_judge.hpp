// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

/// Strict reading of a request's header block, before any parser that means well sees it (RFC
/// 9112). Whatever two readers could understand differently is refused, because that is what
/// request smuggling lives on. Pure: no I/O, no clock.
namespace tributary::http::wire {

/// Why a request cannot be served. The connection is closed after it, since nobody knows where the
/// next request would begin.
struct refusal {
  int status = 400;
  std::string detail;  ///< what is wrong and where, in the terms of the request
};

struct head_limits {
  std::size_t request_line = 8 * 1024;  ///< without CRLF; over: 414
  std::size_t headers = 16 * 1024;      ///< all field lines with their line ends; over: 431
  std::size_t header_count = 100;       ///< over: 431
};

/// Finds the end of a header block while its bytes arrive, and refuses what is wrong with single
/// bytes and sizes as soon as it is seen: control characters, line ends other than CRLF, limits,
/// and a first line that is no request line. Looks at each byte once.
class head_scanner {
 public:
  enum class progress { need_more, complete, refused };

  explicit head_scanner(const head_limits& limits) noexcept : limits_(limits) {}

  /// @param bytes all bytes since the end of the previous request; what was passed before must be
  ///              its beginning
  progress scan(std::string_view bytes);

  /// After `complete`: the block, with the empty line at its end and without one before it.
  std::string_view head(std::string_view bytes) const noexcept {
    return bytes.substr(begin_, position_ - begin_);
  }
  /// After `complete`: bytes used up by the head, a tolerated empty line before it included.
  std::size_t consumed() const noexcept { return position_; }

  /// After `refused`.
  refusal take_refusal() { return std::move(refusal_); }

  /// Ready for the next request.
  void reset() noexcept {
    position_ = begin_ = line_begin_ = lines_ = 0;
    skipped_empty_line_ = request_line_judged_ = false;
  }

 private:
  progress refuse(int status, std::string detail);
  progress end_line();
  progress check_sizes();
  progress check_request_line(std::string_view bytes);

  head_limits limits_;
  std::size_t position_ = 0;  ///< everything before it was looked at
  std::size_t begin_ = 0;     ///< of the request line
  std::size_t line_begin_ = 0;
  std::size_t headers_begin_ = 0;
  std::size_t lines_ = 0;  ///< ended ones, the request line included
  bool skipped_empty_line_ = false;
  bool request_line_judged_ = false;
  refusal refusal_;
};

/// What the head says about the message around it. Views into the head.
struct request_head {
  std::string_view method;
  std::string_view target;  ///< origin-form, absolute-form, or `*` with OPTIONS
  int minor_version = 1;    ///< of HTTP/1
  std::optional<std::uint64_t> content_length;
  bool chunked = false;
  bool keep_alive = true;
  bool expects_continue = false;

  /// True when a body follows the head.
  bool has_body() const noexcept { return chunked || content_length.value_or(0) > 0; }
};

/// Judges a complete block that a `head_scanner` found: request line, each field line, Host,
/// framing.
/// @returns the first thing that is wrong, framing before anything that routing could say
std::variant<request_head, refusal> judge_head(std::string_view head);

}  // namespace tributary::http::wire
