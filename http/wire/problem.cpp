// SPDX-License-Identifier: MIT
#include "http/wire/problem.hpp"

#include "http/wire/characters.hpp"
#include "http/wire/json_string.hpp"

#include <charconv>
#include <cstddef>

namespace tributary::http::wire {

namespace {

void append_type(std::string& out, std::string_view code) {
  out += "\"urn:tributary:problem:";
  for (const char c : code) out += c == '_' ? '-' : to_lower(c);
  out += '"';
}

std::string_view title_of(const problem& p) noexcept {
  if (!p.title.empty()) return p.title;
  return p.code.type() != nullptr ? p.code.type()->title : reason_phrase(p.status);
}

void append_member(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  append_json_string(out, value);
}

}  // namespace

problem make_problem(problem_code code) noexcept {
  problem result;
  result.code = code;
  if (code.type() != nullptr && code.type()->status != 0) result.status = code.type()->status;
  return result;
}

std::string problem_body(const problem& p) {
  const auto title = title_of(p);
  std::string result;
  result.reserve(256 + 2 * p.detail.size() + title.size() + p.extra.size() + p.extra_error.size());
  result += "{\"type\":";
  append_type(result, p.code.text());
  append_member(result, ",\"title\":", title);
  result += ",\"status\":";
  char digits[12];
  result.append(digits, std::to_chars(digits, digits + sizeof digits, p.status).ptr);
  if (!p.detail.empty()) append_member(result, ",\"detail\":", p.detail);
  if (!p.instance.empty()) append_member(result, ",\"instance\":", p.instance);
  append_member(result, ",\"error\":{\"code\":", p.code.text());
  append_member(result, ",\"message\":", p.detail.empty() ? title : std::string_view{p.detail});
  if (!p.extra_error.empty()) {
    result += ',';
    result += p.extra_error;
  }
  result += '}';
  if (!p.extra.empty()) {
    result += ',';
    result += p.extra;
  }
  result += '}';
  return result;
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
