// SPDX-License-Identifier: MIT
#include "http/server/handlers/market/assets_cursor.hpp"

#include "actors/market/asset_table.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstdint>

namespace tributary::http::server {

namespace {

constexpr std::string_view base64url_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The key; changed when cursors change their meaning.
constexpr std::uint64_t cursor_key = 0x7472'6962'6173'7401;

/// Symbols have 32 characters at most.
constexpr std::size_t longest_after = 32;
constexpr std::size_t hash_size = 8;

std::string hash_of_position(const assets_position& of) {
  std::string text;
  // A zero byte, which none of them holds, keeps them apart. Searches do not tell cases apart, so
  // cursors need not.
  text.append(of.list).append(1, '\0');
  text.append(actors::market::fold_case(of.query)).append(1, '\0').append(of.after);
  XXH64_canonical_t bytes;
  XXH64_canonicalFromHash(&bytes, XXH3_64bits_withSeed(text.data(), text.size(), cursor_key));
  return {reinterpret_cast<const char*>(bytes.digest), hash_size};
}

std::string encode_base64url(std::string_view bytes) {
  std::string result;
  result.reserve((bytes.size() * 4 + 2) / 3);
  std::uint32_t bits = 0;
  auto held = 0;
  for (const char c : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    for (held += 8; held >= 6;) {
      held -= 6;
      result += base64url_digits[bits >> held & 63];
    }
  }
  if (held != 0) result += base64url_digits[bits << (6 - held) & 63];
  return result;
}

/// Nothing but the one spelling that `encode_base64url` gives.
std::optional<std::string> decode_base64url(std::string_view text) {
  std::string result;
  std::uint32_t bits = 0;
  auto held = 0;
  for (const char c : text) {
    const auto digit = base64url_digits.find(c);
    if (digit == base64url_digits.npos) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    result += static_cast<char>(bits >> held & 255);
  }
  if (held >= 6 || (bits & ((1U << held) - 1)) != 0) return std::nullopt;
  return result;
}

}  // namespace

std::string write_assets_cursor(const assets_position& position) {
  return encode_base64url(hash_of_position(position).append(position.after));
}

std::optional<std::string> read_assets_cursor(std::string_view cursor, std::string_view list,
                                              std::string_view query) {
  if (cursor.size() > (hash_size + longest_after) * 4 / 3 + 1) return std::nullopt;
  auto bytes = decode_base64url(cursor);
  if (!bytes || bytes->size() <= hash_size) return std::nullopt;
  auto after = bytes->substr(hash_size);
  if (hash_of_position({list, query, after}) != bytes->substr(0, hash_size)) return std::nullopt;
  return after;
}

}  // namespace tributary::http::server
