// SPDX-License-Identifier: MIT
#include "http/wire/problem.hpp"

#include "http/wire/characters.hpp"

#include <charconv>
#include <cstddef>

namespace tributary::http::wire {

namespace {

/// Length of the valid UTF-8 sequence at the start of `text` (RFC 3629, 4); 0 when there is none.
std::size_t utf8_length(std::string_view text) noexcept {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = at(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((at(i) & 0xc0U) != 0x80U) return 0;
  }
  const unsigned second = at(1);
  const bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
  const bool surrogate = first == 0xed && second > 0x9f;
  const bool too_high = first == 0xf4 && second > 0x8f;
  return overlong || surrogate || too_high ? 0 : length;
}

void append_escaped(std::string& out, char c) {
  constexpr std::string_view digits = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  const auto value = static_cast<unsigned char>(c);
  if (value >= 0x20) {
    out += c;
  } else {
    out += "\\u00";
    out += digits[value >> 4U];
    out += digits[value & 15U];
  }
}

void append_type(std::string& out, std::string_view code) {
  out += "\"urn:tributary:problem:";
  for (const char c : code) out += c == '_' ? '-' : to_lower(c);
  out += '"';
}

void append_member(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  append_json_string(out, value);
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const auto length = utf8_length(text);
    if (length == 0) {
      out += "\xef\xbf\xbd";
    } else if (length == 1) {
      append_escaped(out, text.front());
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  out += '"';
}

std::string problem_body(const problem& p) {
  const auto title = p.title.empty() ? reason_phrase(p.status) : p.title;
  std::string out;
  out.reserve(256 + 2 * p.detail.size() + title.size() + p.extra.size() + p.extra_error.size());
  out += "{\"type\":";
  append_type(out, p.code);
  append_member(out, ",\"title\":", title);
  out += ",\"status\":";
  char digits[12];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, p.status).ptr);
  if (!p.detail.empty()) append_member(out, ",\"detail\":", p.detail);
  if (!p.instance.empty()) append_member(out, ",\"instance\":", p.instance);
  append_member(out, ",\"error\":{\"code\":", p.code);
  append_member(out, ",\"message\":", p.detail.empty() ? title : std::string_view{p.detail});
  if (!p.extra_error.empty()) {
    out += ',';
    out += p.extra_error;
  }
  out += '}';
  if (!p.extra.empty()) {
    out += ',';
    out += p.extra;
  }
  out += '}';
  return out;
}

std::string_view reason_phrase(int status) noexcept {
  switch (status) {
    case 100:
      return "Continue";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 411:
      return "Length Required";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 417:
      return "Expectation Failed";
    case 421:
      return "Misdirected Request";
    case 422:
      return "Unprocessable Content";
    case 425:
      return "Too Early";
    case 426:
      return "Upgrade Required";
    case 428:
      return "Precondition Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 451:
      return "Unavailable For Legal Reasons";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    case 508:
      return "Loop Detected";
    default:
      return {};
  }
}

}  // namespace tributary::http::wire
