// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tributary::http::client {

/// How the end of a body is known (RFC 9112, section 6.3).
enum class body_framing : std::uint8_t { none, length, chunked, until_close };

/// Status line and header of one answer.
struct response_head {
  int status = 0;
  body_framing framing = body_framing::until_close;
  bool keep_alive = false;
  std::uint64_t content_length = 0;  ///< with framing `length`
  bool declares_coding = false;      ///< Content-Encoding, or a parameter of Content-Type, is there
  std::string_view block;            ///< field lines, each with its CRLF; points into the input
};

/// Finds the end of a header that arrives in pieces, and what cannot become one.
///
/// Strict where Beast's parser is lenient, because two readings of one answer are how responses get
/// smuggled: obsolete folding, white space before the colon, bare CR or LF, repeated or signed
/// Content-Length, Content-Length beside Transfer-Encoding, and any coding but `chunked` are
/// refused. As that needs a walk over the raw header anyway, the same walk does all the parsing.
class head_parser {
 public:
  enum class progress : std::uint8_t { need_more, complete, malformed, too_large };

  /// @param limit bytes of status line and header together
  explicit head_parser(std::size_t limit) noexcept : limit_(limit) {}

  /// Starts a new header; `head_request`: the answer to HEAD, which has no body.
  void reset(bool head_request) noexcept;

  /// `bytes` is all that came since `reset`, not only what is new. On `complete`, `head()` is set
  /// and `size()` is the header's length in bytes.
  progress parse(std::string_view bytes);

  const response_head& head() const noexcept { return head_; }
  std::size_t size() const noexcept { return scanned_; }

  /// What is wrong, after `malformed`.
  std::string_view complaint() const noexcept { return complaint_; }

 private:
  bool find_end(std::string_view bytes);
  bool parse_status_line(std::string_view line);
  bool parse_field(std::string_view line);
  bool parse_content_length(std::string_view value);
  bool parse_transfer_encoding(std::string_view value);
  void parse_connection(std::string_view value);
  bool decide_framing();
  bool complain(std::string_view what) noexcept;

  std::size_t limit_;
  std::size_t scanned_ = 0;     ///< bytes in which no end was found
  std::size_t line_start_ = 0;  ///< of the line that is still open
  bool head_request_ = false;
  bool http_1_0_ = false;
  bool has_length_ = false;
  bool chunked_ = false;
  bool says_close_ = false;
  bool says_keep_alive_ = false;
  response_head head_;
  std::string_view complaint_;
};

}  // namespace tributary::http::client
