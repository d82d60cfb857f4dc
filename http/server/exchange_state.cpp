// SPDX-License-Identifier: MIT
#include "http/server/exchange_state.hpp"

#include "http/wire/problem.hpp"

#include <charconv>
#include <cstdint>

namespace tributary::http::server {

namespace {

constexpr std::size_t kept_capacity = 16 * 1024;

void empty(std::string& text) {
  if (text.capacity() > kept_capacity) {
    std::string{}.swap(text);
  } else {
    text.clear();
  }
}

void append_number(std::string& out, std::uint64_t number) {
  char digits[24];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += value;
  out += "\r\n";
}

bool has_no_content(int status) noexcept { return status == 204 || status == 304 || status < 200; }

}  // namespace

void exchange::recycle() {
  served.reset();
  asked.headers.clear();
  asked.path_parameters.clear();
  empty(asked.body);
  asked.request_id.clear();
  asked.method = method::other;
  asked.is_head = false;
  asked.method_name = asked.target = asked.path = asked.query = {};
  asked.remote_address = asked.media_type = {};
  asked.received = {};
  asked.route = request::no_route;
  empty(head);
  answer = response{};
  empty(answer_head);
  on_disconnect.reset();
  on_stop.reset();
  stream.reset();
  next = nullptr;
  body_size = written = 0;
  keep_alive = true;
  http_1_0 = begun = large = counted = answered = gone_told = false;
}

void serialise_head(exchange& of, std::string_view date, bool close) {
  auto& out = of.answer_head;
  auto& answer = of.answer;
  const std::size_t content_length = answer.body_size();
  const bool no_content = has_no_content(answer.status);
  out.clear();
  out += "HTTP/1.1 ";
  append_number(out, static_cast<std::uint64_t>(answer.status));
  out += ' ';
  append_field(out, wire::reason_phrase(answer.status), "");
  append_field(out, "Date: ", date);
  if (!answer.content_type.empty() && (!no_content || answer.status == 304)) {
    append_field(out, "Content-Type: ", answer.content_type);
  }
  if (of.stream != nullptr) {
    if (!of.http_1_0) append_field(out, "Transfer-Encoding: ", "chunked");
  } else if (!no_content) {
    out += "Content-Length: ";
    append_number(out, content_length);
    out += "\r\n";
  }
  if (!of.asked.request_id.empty()) append_field(out, "X-Request-Id: ", of.asked.request_id);
  if (close) {
    out += "Connection: close\r\n";
  } else if (of.http_1_0) {
    out += "Connection: keep-alive\r\n";
  }
  out += answer.headers;
  out += "\r\n";
  if (of.stream == nullptr) of.body_size = no_content || of.asked.is_head ? 0 : content_length;
}

}  // namespace tributary::http::server
