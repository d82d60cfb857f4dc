// SPDX-License-Identifier: MIT
#include "http/server/handlers/market/assets_cursor.hpp"

#include "actors/market/asset_table.hpp"
#include "http/wire/base64url.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstdint>

namespace tributary::http::server {

namespace {

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

}  // namespace

std::string write_assets_cursor(const assets_position& position) {
  return wire::encode_base64url(hash_of_position(position).append(position.after));
}

std::optional<std::string> read_assets_cursor(std::string_view cursor, std::string_view list,
                                              std::string_view query) {
  if (cursor.size() > (hash_size + longest_after) * 4 / 3 + 1) return std::nullopt;
  auto bytes = wire::decode_base64url(cursor);
  if (!bytes || bytes->size() <= hash_size) return std::nullopt;
  auto after = bytes->substr(hash_size);
  if (hash_of_position({list, query, after}) != bytes->substr(0, hash_size)) return std::nullopt;
  return after;
}

}  // namespace tributary::http::server
