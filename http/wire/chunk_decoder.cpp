// SPDX-License-Identifier: MIT
#include "http/wire/chunk_decoder.hpp"

#include "http/wire/characters.hpp"

#include <algorithm>
#include <utility>

namespace tributary::http::wire {

namespace {

constexpr std::size_t max_size_line = 256;
constexpr std::size_t max_size_digits = 15;  ///< cannot overflow; far above any limit of a body

}  // namespace

chunk_decoder::progress chunk_decoder::refuse(int status, std::string detail) {
  refusal_ = {status, std::move(detail)};
  return progress::refused;
}

chunk_decoder::progress chunk_decoder::decode(std::string_view& bytes, std::string& body) {
  while (!bytes.empty()) {
    if (state_ == state::data) {
      const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
      body.append(bytes.data(), length);
      bytes.remove_prefix(length);
      left_ -= length;
      if (left_ == 0) state_ = state::data_cr;
      continue;
    }
    const char c = bytes.front();
    bytes.remove_prefix(1);
    if (const auto result = on_byte(c); result != progress::need_more) return result;
  }
  return progress::need_more;
}

chunk_decoder::progress chunk_decoder::on_byte(char c) {
  switch (state_) {
    case state::size:
    case state::extension:
      return on_size(c);
    case state::size_end:
      if (c != '\n') {
        return refuse(400, "chunked body: a bare carriage return after a chunk's size");
      }
      return end_size_line();
    case state::data_cr:
    case state::data_lf:
      if (c != (state_ == state::data_cr ? '\r' : '\n')) {
        return refuse(400, "chunked body: a chunk is longer than its size or lacks its line end");
      }
      state_ = state_ == state::data_cr ? state::data_lf : state::size;
      return progress::need_more;
    default:
      return on_trailer(c);
  }
}

chunk_decoder::progress chunk_decoder::on_size(char c) {
  if (++line_length_ > max_size_line) {
    return refuse(400, "chunked body: the line of a chunk's size is too long");
  }
  const bool has_size = size_digits_ > 0;
  if (c == '\r' && has_size) {
    state_ = state::size_end;
  } else if (state_ == state::extension && !is_control(c)) {
    // nobody asked for extensions: skipped
  } else if (state_ == state::size && c == ';' && has_size) {
    state_ = state::extension;
  } else if (state_ == state::size && is_hex_digit(c)) {
    if (++size_digits_ > max_size_digits) return refuse(400, "chunked body: too large a size");
    left_ = left_ * 16 + hex_value(c);
  } else {
    return refuse(400, "chunked body: a chunk's size is not a hexadecimal number");
  }
  return progress::need_more;
}

chunk_decoder::progress chunk_decoder::end_size_line() {
  total_ += left_;
  if (total_ > max_body_) {
    return refuse(413, "chunked body: longer than " + std::to_string(max_body_) + " bytes");
  }
  state_ = left_ == 0 ? state::trailer : state::data;
  line_length_ = size_digits_ = 0;
  return progress::need_more;
}

chunk_decoder::progress chunk_decoder::on_trailer(char c) {
  if (++trailers_length_ > max_trailers_ + 2) {
    return refuse(431, "chunked body: trailer fields longer than " + std::to_string(max_trailers_) +
                           " bytes");
  }
  const bool after_cr = !trailer_.empty() && trailer_.back() == '\r';
  if (after_cr && c == '\n') return end_trailer();
  if (after_cr || (is_control(c) && c != '\r')) {
    return refuse(400, "chunked body: a control character or bare line end in a trailer field");
  }
  trailer_ += c;
  return progress::need_more;
}

chunk_decoder::progress chunk_decoder::end_trailer() {
  trailer_.pop_back();
  if (trailer_.empty()) {
    state_ = state::done;
    return progress::complete;
  }
  const std::string_view line = trailer_;
  const auto colon = line.find(':');
  if (colon == line.npos || !is_token(line.substr(0, colon))) {
    return refuse(400, "chunked body: a malformed trailer field");
  }
  trailer_.clear();
  return progress::need_more;
}

}  // namespace tributary::http::wire
