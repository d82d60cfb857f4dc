// SPDX-License-Identifier: MIT
#include "http/wire/content_coding.hpp"

#include "http/wire/characters.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>

namespace tributary::http::wire {

namespace {

constexpr int any_window = 15;
constexpr int gzip_format = 16;  // added to the size of the window
constexpr std::size_t least_room = 1024;

/// The registered codings that are not undone here, as the outside is told of them.
constexpr std::string_view refused_codings[] = {
    "content_encoding_br",        "content_encoding_zstd",       "content_encoding_compress",
    "content_encoding_aes128gcm", "content_encoding_dcb",        "content_encoding_dcz",
    "content_encoding_exi",       "content_encoding_x-compress", "content_encoding_pack200-gzip",
};

/// Only the first two bytes tell zlib's format, which the RFC wants, from bare deflate.
bool has_zlib_header(std::string_view packed) noexcept {
  if (packed.size() < 2) return false;
  const auto first = static_cast<unsigned char>(packed[0]);
  const auto second = static_cast<unsigned char>(packed[1]);
  return (first & 0x0fU) == Z_DEFLATED && (first * 256U + second) % 31U == 0;
}

unpacked_body refused(error_token error, std::string_view reason) { return {error, reason, {}}; }

/// One run of zlib over a body that is there as a whole.
class inflation {
 public:
  inflation(std::string_view packed, int window) : packed_(packed), gzip_(window > any_window) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream_.avail_in = static_cast<uInt>(packed.size());
    if (inflateInit2(&stream_, window) != Z_OK) throw std::bad_alloc{};
  }
  ~inflation() { inflateEnd(&stream_); }
  inflation(const inflation&) = delete;
  inflation& operator=(const inflation&) = delete;

  unpacked_body run(std::size_t max_size) {
    const auto limit = std::min(max_size, packed_.size() * max_unpacking_ratio);
    unpacked_body result;
    auto& bytes = result.bytes;
    for (;;) {
      // One byte beyond the limit is room enough to see that there is more.
      const auto begin = bytes.size();
      const auto room = std::clamp(begin, least_room, limit + 1 - begin + least_room);
      bytes.resize(std::min(begin + room, limit + 1));
      stream_.next_out = reinterpret_cast<Bytef*>(bytes.data() + begin);
      stream_.avail_out = static_cast<uInt>(bytes.size() - begin);
      const auto state = inflate(&stream_, Z_NO_FLUSH);
      bytes.resize(bytes.size() - stream_.avail_out);
      if (bytes.size() > limit) {
        return refused(error_token::http_response_body_size,
                       limit == max_size ? "body_size" : "unpacking_ratio");
      }
      if (state == Z_STREAM_END) {
        if (stream_.avail_in == 0) return result;
        // Only gzip may go on with another member.
        if (gzip_ && inflateReset(&stream_) == Z_OK) continue;
      }
      const auto goes_on = state == Z_OK && stream_.avail_out == 0;
      if (!goes_on) return refused(error_token::http_protocol_error, "content_encoding_malformed");
    }
  }

 private:
  std::string_view packed_;
  bool gzip_;
  z_stream stream_{};
};

unpacked_body inflated(std::string_view packed, int window, std::size_t max_size) {
  if (packed.size() > std::numeric_limits<uInt>::max()) {
    return refused(error_token::http_response_body_size, "body_size");
  }
  return inflation{packed, window}.run(max_size);
}

}  // namespace

std::string_view refused_coding(std::string_view coding) noexcept {
  constexpr std::string_view prefix = "content_encoding_";
  for (const auto name : refused_codings) {
    if (same_without_case(name.substr(prefix.size()), coding)) return name;
  }
  return "content_encoding_unknown";
}

unpacked_body unpack(std::string_view codings, std::string_view packed, std::size_t max_size) {
  std::string_view coding;
  while (!codings.empty()) {
    const auto item = next_item(codings, ',');
    if (item.empty() || same_without_case(item, "identity")) continue;
    if (!coding.empty()) {
      return refused(error_token::http_protocol_error, "content_encoding_repeated");
    }
    coding = item;
  }
  if (coding.empty() || packed.empty()) return {error_token::none, {}, std::string{packed}};
  if (same_without_case(coding, "gzip") || same_without_case(coding, "x-gzip")) {
    return inflated(packed, any_window + gzip_format, max_size);
  }
  if (same_without_case(coding, "deflate")) {
    return inflated(packed, has_zlib_header(packed) ? any_window : -any_window, max_size);
  }
  return refused(error_token::http_protocol_error, refused_coding(coding));
}

std::string gzip(std::string_view bytes) {
  z_stream stream{};
  constexpr int memory_level = 8;
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, any_window + gzip_format, memory_level,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc{};
  }
  std::string result(deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(result.data());
  stream.avail_out = static_cast<uInt>(result.size());
  deflate(&stream, Z_FINISH);  // the bound is room enough for all of it
  result.resize(stream.total_out);
  deflateEnd(&stream);
  return result;
}

}  // namespace tributary::http::wire
