// SPDX-License-Identifier: MIT
#include "http/client/response_reader.hpp"

#include "http/client/body_coding.hpp"
#include "http/client/fetch.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace tributary::http::client {

namespace {

constexpr std::size_t usual_capacity = 16 * 1024;
constexpr std::size_t kept_collection = 64 * 1024;
constexpr unsigned most_interim_answers = 8;

}  // namespace

response_reader::response_reader(std::size_t max_header, std::size_t max_body)
    : max_header_(max_header),
      max_body_(max_body),
      buffer_(new char[usual_capacity]),
      capacity_(usual_capacity),
      head_(max_header),
      chunks_(max_body, max_header) {}

void response_reader::begin(bool head_request) {
  filled_ = 0;
  phase_ = phase::head;
  untouched_ = true;
  reusable_ = false;
  head_request_ = head_request;
  interim_answers_ = 0;
  head_.reset(head_request);
  error_ = wire::error_token::none;
}

std::span<char> response_reader::prepare() {
  if (phase_ == phase::sized_body) return {body_data_, body_missing_};
  if (filled_ == capacity_) {
    // Only a header stays in the buffer, and it is bounded.
    const auto larger = capacity_ * 2;
    std::unique_ptr<char[]> grown{new char[larger]};
    std::memcpy(grown.get(), buffer_.get(), filled_);
    buffer_ = std::move(grown);
    capacity_ = larger;
  }
  return {buffer_.get() + filled_, capacity_ - filled_};
}

response_reader::progress response_reader::commit(std::size_t size) {
  untouched_ = false;
  switch (phase_) {
    case phase::head:
      filled_ += size;
      return on_head();
    case phase::sized_body:
      body_data_ += size;
      body_missing_ -= size;
      return body_missing_ == 0 ? finish(0) : progress::need_more;
    case phase::chunked_body:
      return on_chunks({buffer_.get(), size});
    case phase::open_body:
      return on_open_body({buffer_.get(), size});
    case phase::done:
      break;
  }
  return fail(wire::error_token::proxy_internal_error, "read past the end of an answer");
}

response_reader::progress response_reader::commit_eof() {
  if (phase_ == phase::open_body) return finish(0);
  if (untouched()) return fail(wire::error_token::connection_terminated, "closed before an answer");
  return fail(wire::error_token::http_response_incomplete,
              phase_ == phase::head ? "closed within the header" : "closed within the body");
}

response_reader::progress response_reader::on_head() {
  std::string_view bytes{buffer_.get(), filled_};
  for (;;) {
    switch (head_.parse(bytes)) {
      case head_parser::progress::need_more:
        // What is left of interim answers moves to the front of the buffer.
        if (bytes.size() < filled_) std::memmove(buffer_.get(), bytes.data(), bytes.size());
        filled_ = bytes.size();
        return progress::need_more;
      case head_parser::progress::malformed:
        return fail(wire::error_token::http_protocol_error, head_.complaint());
      case head_parser::progress::too_large:
        return fail(wire::error_token::http_response_header_section_size, "header too large");
      case head_parser::progress::complete:
        break;
    }
    bytes.remove_prefix(head_.size());
    if (head_.head().status >= 200) return start_body(bytes);
    if (head_.head().status == 101 || ++interim_answers_ > most_interim_answers) {
      return fail(wire::error_token::http_protocol_error, "unexpected interim answer");
    }
    head_.reset(head_request_);
    if (bytes.empty()) {
      filled_ = 0;
      return progress::need_more;
    }
  }
}

response_reader::progress response_reader::start_body(std::string_view rest) {
  const auto& head = head_.head();
  status_ = head.status;
  keep_alive_ = head.keep_alive;
  header_block_.assign(head.block);
  body_ = {};
  filled_ = 0;
  switch (head.framing) {
    case body_framing::none:
      return finish(rest.size());
    case body_framing::length:
      return start_sized_body(rest);
    case body_framing::chunked:
      phase_ = phase::chunked_body;
      collected_.clear();
      chunks_ = wire::chunk_decoder{max_body_, max_header_};
      return on_chunks(rest);
    case body_framing::until_close:
      break;
  }
  phase_ = phase::open_body;
  collected_.clear();
  return on_open_body(rest);
}

response_reader::progress response_reader::start_sized_body(std::string_view rest) {
  const auto length = head_.head().content_length;
  if (length > max_body_) {
    return fail(wire::error_token::http_response_body_size, "Content-Length over the limit");
  }
  if (length == 0) return finish(rest.size());
  const auto size = static_cast<std::size_t>(length);
  const auto here = std::min(size, rest.size());
  body_ = wire::shared_bytes::make(size, [&](char* data) {
    std::memcpy(data, rest.data(), here);
    body_data_ = data + here;
  });
  body_missing_ = size - here;
  if (body_missing_ == 0) return finish(rest.size() - here);
  phase_ = phase::sized_body;
  return progress::need_more;
}

response_reader::progress response_reader::on_chunks(std::string_view bytes) {
  using chunk_progress = wire::chunk_decoder::progress;
  const auto result = chunks_.decode(bytes, collected_);
  if (result == chunk_progress::need_more) return progress::need_more;
  if (result == chunk_progress::complete) return finish(bytes.size());
  if (chunks_.take_refusal().status == 413) {
    return fail(wire::error_token::http_response_body_size, "chunks over the limit");
  }
  return fail(wire::error_token::http_protocol_error, "malformed chunked body");
}

response_reader::progress response_reader::on_open_body(std::string_view bytes) {
  if (bytes.size() > max_body_ - collected_.size()) {
    return fail(wire::error_token::http_response_body_size, "body over the limit");
  }
  collected_.append(bytes);
  return progress::need_more;
}

response_reader::progress response_reader::finish(std::size_t left_over) {
  if (phase_ == phase::chunked_body || phase_ == phase::open_body) {
    if (!collected_.empty()) body_ = wire::shared_bytes{collected_};
    if (collected_.capacity() > kept_collection) std::string{}.swap(collected_);
  }
  phase_ = phase::done;
  // What follows an answer nobody asked for; it must not become the answer to the next request.
  reusable_ = keep_alive_ && left_over == 0;
  return progress::complete;
}

response_reader::progress response_reader::fail(wire::error_token error, std::string_view detail) {
  phase_ = phase::done;
  body_ = {};
  error_ = error;
  detail_ = detail;
  return progress::failed;
}

void response_reader::take(fetch_result& result) {
  result.status = status_;
  result.header_block = std::move(header_block_);
  result.body = std::move(body_);
  header_block_ = {};
  body_ = {};
  if (head_.head().declares_coding) decode_body(result, max_body_);
}

}  // namespace tributary::http::client
