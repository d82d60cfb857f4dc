// SPDX-License-Identifier: MIT
#include "http/client/response_head.hpp"

#include "http/wire/characters.hpp"

#include <algorithm>

namespace tributary::http::client {

namespace {

constexpr std::string_view protocol = "HTTP/1.";
constexpr std::size_t shortest_status_line = 12;  // "HTTP/1.1 200"
constexpr std::size_t most_length_digits = 18;    // below 2^63 whatever the digits are

bool is_field_value(std::string_view text) noexcept {
  return std::none_of(text.begin(), text.end(), wire::is_control);
}

}  // namespace

void head_parser::reset(bool head_request) noexcept {
  *this = head_parser{limit_};
  head_request_ = head_request;
}

bool head_parser::complain(std::string_view what) noexcept {
  complaint_ = what;
  return false;
}

head_parser::progress head_parser::parse(std::string_view bytes) {
  // Judged at once, so that a peer that speaks something else is not waited for.
  const auto prefix = std::min(bytes.size(), protocol.size());
  if (bytes.substr(0, prefix) != protocol.substr(0, prefix)) {
    complain("no HTTP/1 status line");
    return progress::malformed;
  }
  const auto visible = bytes.substr(0, limit_);
  if (!find_end(visible)) {
    if (!complaint_.empty()) return progress::malformed;
    return visible.size() == limit_ ? progress::too_large : progress::need_more;
  }
  auto rest = bytes.substr(0, scanned_ - 2);
  const auto first = rest.find("\r\n");
  if (!parse_status_line(rest.substr(0, first))) return progress::malformed;
  rest.remove_prefix(first + 2);
  head_.block = rest;
  while (!rest.empty()) {
    const auto end = rest.find("\r\n");
    if (!parse_field(rest.substr(0, end))) return progress::malformed;
    rest.remove_prefix(end + 2);
  }
  return decide_framing() ? progress::complete : progress::malformed;
}

bool head_parser::find_end(std::string_view bytes) {
  for (;;) {
    const auto end = bytes.find('\n', scanned_);
    if (end == std::string_view::npos) {
      scanned_ = bytes.size();
      return false;
    }
    if (end == line_start_ || bytes[end - 1] != '\r') return complain("line ends without CR");
    const auto empty_line = end == line_start_ + 1;
    scanned_ = end + 1;
    line_start_ = end + 1;
    if (empty_line) return true;
  }
}

bool head_parser::parse_status_line(std::string_view line) {
  if (line.size() < shortest_status_line || !wire::is_digit(line[7]) || line[8] != ' ') {
    return complain("malformed status line");
  }
  http_1_0_ = line[7] == '0';
  const auto code = line.substr(9, 3);
  if (!std::all_of(code.begin(), code.end(), wire::is_digit) || code[0] < '1' || code[0] > '5') {
    return complain("malformed status code");
  }
  // The space before an empty reason is required by the grammar and left out by many servers.
  const auto reason = line.substr(shortest_status_line);
  if (!reason.empty() && (reason[0] != ' ' || !is_field_value(reason))) {
    return complain("malformed reason phrase");
  }
  head_.status = (code[0] - '0') * 100 + (code[1] - '0') * 10 + (code[2] - '0');
  return true;
}

bool head_parser::parse_field(std::string_view line) {
  std::size_t colon = 0;
  while (colon < line.size() && wire::is_token_character(line[colon])) ++colon;
  if (colon == 0 || colon == line.size() || line[colon] != ':') {
    return complain("malformed header field name");
  }
  const auto name = line.substr(0, colon);
  const auto value = line.substr(colon + 1);
  if (!is_field_value(value)) return complain("control character in a header field");
  switch (name.size()) {
    case std::string_view{"connection"}.size():
      if (wire::same_without_case(name, "connection")) parse_connection(value);
      return true;
    case std::string_view{"content-type"}.size():
      if (value.find(';') != value.npos && wire::same_without_case(name, "content-type")) {
        head_.declares_coding = true;
      }
      return true;
    case std::string_view{"content-encoding"}.size():
      if (wire::same_without_case(name, "content-encoding")) head_.declares_coding = true;
      return true;
    case std::string_view{"content-length"}.size():
      return !wire::same_without_case(name, "content-length") ||
             parse_content_length(wire::trim(value));
    case std::string_view{"transfer-encoding"}.size():
      return !wire::same_without_case(name, "transfer-encoding") ||
             parse_transfer_encoding(wire::trim(value));
    default:
      return true;
  }
}

bool head_parser::parse_content_length(std::string_view value) {
  if (has_length_) return complain("repeated Content-Length");
  if (value.empty() || value.size() > most_length_digits ||
      !std::all_of(value.begin(), value.end(), wire::is_digit)) {
    return complain("malformed Content-Length");
  }
  has_length_ = true;
  for (auto c : value) {
    head_.content_length = head_.content_length * 10 + static_cast<unsigned>(c - '0');
  }
  return true;
}

bool head_parser::parse_transfer_encoding(std::string_view value) {
  if (chunked_) return complain("repeated Transfer-Encoding");
  if (!wire::same_without_case(value, "chunked")) return complain("unknown transfer coding");
  chunked_ = true;
  return true;
}

void head_parser::parse_connection(std::string_view value) {
  while (!value.empty()) {
    const auto comma = value.find(',');
    const auto option = wire::trim(value.substr(0, comma));
    if (wire::same_without_case(option, "close")) says_close_ = true;
    if (wire::same_without_case(option, "keep-alive")) says_keep_alive_ = true;
    if (comma == std::string_view::npos) break;
    value.remove_prefix(comma + 1);
  }
}

bool head_parser::decide_framing() {
  if (chunked_ && has_length_) return complain("Content-Length beside Transfer-Encoding");
  // RFC 9112, section 6.1: a 1.0 peer cannot mean it.
  if (chunked_ && http_1_0_) return complain("Transfer-Encoding in HTTP/1.0");
  const auto status = head_.status;
  const auto bodiless = head_request_ || status < 200 || status == 204 || status == 304;
  head_.framing = bodiless      ? body_framing::none
                  : chunked_    ? body_framing::chunked
                  : has_length_ ? body_framing::length
                                : body_framing::until_close;
  head_.keep_alive = !says_close_ && (!http_1_0_ || says_keep_alive_) &&
                     head_.framing != body_framing::until_close;
  // A 204 that announces a body may be followed by one: never read that as the next answer.
  if (status == 204 && (chunked_ || head_.content_length > 0)) head_.keep_alive = false;
  return true;
}

}  // namespace tributary::http::client
