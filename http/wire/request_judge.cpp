// SPDX-License-Identifier: MIT
#include "http/wire/request_judge.hpp"

#include "http/wire/characters.hpp"
#include "http/wire/target.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace tributary::http::wire {

namespace {

/// What the fields said so far.
struct judgement {
  request_head head;
  std::size_t line = 0;  ///< of the field looked at, counted from 1
  bool has_host = false;
  bool has_transfer_encoding = false;
  bool close = false;
  bool keep_alive = false;
};

using trouble = std::optional<refusal>;

refusal bad_request(std::string detail) { return {400, std::move(detail)}; }

refusal bad_field(const judgement& so_far, std::string_view name, std::string_view what) {
  std::string detail = "header field " + std::to_string(so_far.line);
  if (!name.empty()) {
    detail += " (";
    detail += name.substr(0, 64);
    detail += ')';
  }
  detail += ": ";
  detail += what;
  return bad_request(std::move(detail));
}

/// `HTTP/` DIGIT `.` DIGIT
trouble judge_version(std::string_view version, request_head& head) {
  const bool well_formed = version.size() == 8 && version.substr(0, 5) == "HTTP/" &&
                           is_digit(version[5]) && version[6] == '.' && is_digit(version[7]);
  if (!well_formed) return bad_request("request line: it does not end in an HTTP version");
  if (version[5] != '1' || version[7] > '1') {
    return refusal{505,
                   "request line: HTTP/1.1 and HTTP/1.0 are served, not " + std::string(version)};
  }
  head.minor_version = version[7] - '0';
  return std::nullopt;
}

trouble judge_request_line(std::string_view line, request_head& head) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  head.method = line.substr(0, first);
  if (!is_token(head.method)) return bad_request("request line: it does not begin with a method");
  if (first == line.npos || first == last) {
    return bad_request(
        "request line: method, target and version are wanted, with one space between");
  }
  head.target = line.substr(first + 1, last - first - 1);
  return judge_version(line.substr(last + 1), head);
}

/// Apart from the request line, since the version and the framing are judged before it.
trouble judge_target(const request_head& head) {
  if (head.target == "*") {
    if (head.method == "OPTIONS") return std::nullopt;
    return bad_request("request target: `*` goes with OPTIONS only");
  }
  if (parse_request_target(head.target)) return std::nullopt;
  if (head.target.empty() || head.target.front() != '/') {
    return bad_request(
        "request target: it must be a path that begins with `/`, or an http URI with a host and "
        "without user information");
  }
  return bad_request(
      "request target: a character that RFC 3986 does not allow, or a `%` without two "
      "hexadecimal digits");
}

trouble judge_content_length(std::string_view value, judgement& so_far) {
  constexpr std::string_view name = "Content-Length";
  if (so_far.head.content_length) return bad_field(so_far, name, "given more than once");
  std::uint64_t length = 0;
  for (const char c : value) {
    if (!is_digit(c)) return bad_field(so_far, name, "not a whole number of bytes");
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (length > (std::numeric_limits<std::uint64_t>::max() - digit) / 10) {
      return bad_field(so_far, name, "too large a number");
    }
    length = length * 10 + digit;
  }
  if (value.empty()) return bad_field(so_far, name, "empty");
  so_far.head.content_length = length;
  return std::nullopt;
}

/// True for codings that end in the one `chunked`: where the body ends is known, but not what it
/// says (RFC 9112, 6.1 has 501 for that). Else nobody knows where it ends.
bool ends_chunked(std::string_view codings) {
  std::string_view last;
  std::size_t chunked = 0;
  while (!codings.empty()) {
    last = next_item(codings, ',');
    if (!is_token(last)) return false;
    if (same_without_case(last, "chunked")) ++chunked;
  }
  return chunked == 1 && same_without_case(last, "chunked");
}

trouble judge_transfer_encoding(std::string_view value, judgement& so_far) {
  constexpr std::string_view name = "Transfer-Encoding";
  if (std::exchange(so_far.has_transfer_encoding, true)) {
    return bad_field(so_far, name, "given more than once");
  }
  if (so_far.head.minor_version == 0) return bad_field(so_far, name, "not part of HTTP/1.0");
  if (!same_without_case(value, "chunked")) {
    auto wrong = bad_field(so_far, name, "only `chunked` is understood");
    if (ends_chunked(value)) wrong.status = 501;
    return wrong;
  }
  so_far.head.chunked = true;
  return std::nullopt;
}

trouble judge_host(std::string_view value, judgement& so_far) {
  if (std::exchange(so_far.has_host, true)) {
    return bad_field(so_far, "Host", "given more than once");
  }
  if (!is_valid_host(value)) return bad_field(so_far, "Host", "not a host with an optional port");
  return std::nullopt;
}

trouble judge_connection(std::string_view value, judgement& so_far) {
  while (!value.empty()) {
    const auto end = std::min(value.find(','), value.size());
    const auto option = trim(value.substr(0, end));
    value.remove_prefix(std::min(end + 1, value.size()));
    if (!option.empty() && !is_token(option)) {
      return bad_field(so_far, "Connection", "not a list of options");
    }
    if (same_without_case(option, "close")) so_far.close = true;
    if (same_without_case(option, "keep-alive")) so_far.keep_alive = true;
  }
  return std::nullopt;
}

trouble judge_meaning(std::string_view name, std::string_view value, judgement& so_far) {
  switch (name.size()) {  // spares nearly all comparisons
    case 4:
      if (same_without_case(name, "host")) return judge_host(value, so_far);
      break;
    case 6:
      if (same_without_case(name, "expect") && same_without_case(value, "100-continue")) {
        so_far.head.expects_continue = true;
      }
      break;
    case 10:
      if (same_without_case(name, "connection")) return judge_connection(value, so_far);
      break;
    case 14:
      if (same_without_case(name, "content-length")) return judge_content_length(value, so_far);
      break;
    case 17:
      if (same_without_case(name, "transfer-encoding")) {
        return judge_transfer_encoding(value, so_far);
      }
      break;
    default:
      break;
  }
  return std::nullopt;
}

trouble judge_field(std::string_view line, judgement& so_far) {
  ++so_far.line;
  if (is_blank(line.front())) {
    return bad_field(so_far, {}, "it begins with white space; folded lines are not accepted");
  }
  const auto colon = line.find(':');
  if (colon == line.npos) return bad_field(so_far, {}, "no colon");
  const auto name = line.substr(0, colon);
  if (name.empty()) return bad_field(so_far, {}, "empty name");
  if (is_blank(name.back())) return bad_field(so_far, {}, "white space before the colon");
  if (!is_token(name)) return bad_field(so_far, {}, "a character that no field name may have");
  const auto value = line.substr(colon + 1);
  if (std::any_of(value.begin(), value.end(), is_control)) {
    return bad_field(so_far, name, "a control character");
  }
  return judge_meaning(name, trim(value), so_far);
}

trouble judge_whole(judgement& so_far) {
  auto& head = so_far.head;
  if (so_far.has_transfer_encoding && head.content_length) {
    return bad_request("both Content-Length and Transfer-Encoding are given");
  }
  if (!so_far.has_host && head.minor_version == 1) {
    return bad_request("the header field Host is missing");
  }
  head.keep_alive = !so_far.close && (head.minor_version == 1 || so_far.keep_alive);
  if (head.minor_version == 0) head.expects_continue = false;
  return judge_target(head);
}

}  // namespace

std::variant<request_head, refusal> judge_head(std::string_view head) {
  judgement so_far;
  const auto next_line = [&head] {
    const auto end = head.find("\r\n");
    const auto line = head.substr(0, end);
    head.remove_prefix(end == head.npos ? head.size() : end + 2);
    return line;
  };
  if (auto wrong = judge_request_line(next_line(), so_far.head)) return std::move(*wrong);
  while (true) {
    const auto line = next_line();
    if (line.empty()) break;
    if (auto wrong = judge_field(line, so_far)) return std::move(*wrong);
  }
  if (auto wrong = judge_whole(so_far)) return std::move(*wrong);
  return so_far.head;
}

head_scanner::progress head_scanner::refuse(int status, std::string detail) {
  refusal_ = {status, std::move(detail)};
  return progress::refused;
}

head_scanner::progress head_scanner::scan(std::string_view bytes) {
  while (position_ < bytes.size()) {
    const char c = bytes[position_];
    if (!is_control(c)) {
      ++position_;
      continue;
    }
    if (c == '\n') return refuse(400, "line " + std::to_string(lines_ + 1) + ": a bare line feed");
    if (c != '\r') {
      return refuse(400, "line " + std::to_string(lines_ + 1) + ": a control character");
    }
    if (position_ + 1 == bytes.size()) break;
    if (bytes[position_ + 1] != '\n') {
      return refuse(400, "line " + std::to_string(lines_ + 1) + ": a bare carriage return");
    }
    const auto ended = end_line();
    if (ended != progress::need_more) return ended;
  }
  const auto sizes = check_sizes();
  return sizes == progress::need_more && lines_ > 0 ? check_request_line(bytes) : sizes;
}

/// Only for a head that comes in pieces: what is not HTTP may never send the end of one.
head_scanner::progress head_scanner::check_request_line(std::string_view bytes) {
  if (std::exchange(request_line_judged_, true)) return progress::need_more;
  request_head ignored;
  auto wrong = judge_request_line(bytes.substr(begin_, headers_begin_ - 2 - begin_), ignored);
  if (!wrong) return progress::need_more;
  refusal_ = std::move(*wrong);
  return progress::refused;
}

/// `position_` is at a CRLF.
head_scanner::progress head_scanner::end_line() {
  const bool empty = position_ == line_begin_;
  if (empty && lines_ == 0) {
    // One empty line before the request is forgiven (RFC 9112, 2.2).
    if (std::exchange(skipped_empty_line_, true)) {
      return refuse(400, "empty lines before the request");
    }
    position_ += 2;
    begin_ = line_begin_ = position_;
    return progress::need_more;
  }
  const auto sizes = check_sizes();
  if (sizes != progress::need_more) return sizes;
  position_ += 2;
  line_begin_ = position_;
  if (empty) return progress::complete;
  if (++lines_ == 1) headers_begin_ = position_;
  if (lines_ - 1 > limits_.header_count) {
    return refuse(431, "more than " + std::to_string(limits_.header_count) + " header fields");
  }
  return progress::need_more;
}

head_scanner::progress head_scanner::check_sizes() {
  if (lines_ == 0) {
    if (position_ - begin_ > limits_.request_line) {
      return refuse(414,
                    "request line: longer than " + std::to_string(limits_.request_line) + " bytes");
    }
  } else if (position_ - headers_begin_ > limits_.headers) {
    return refuse(
        431, "header fields: together longer than " + std::to_string(limits_.headers) + " bytes");
  }
  return progress::need_more;
}

}  // namespace tributary::http::wire
