// SPDX-License-Identifier: MIT
#include "http/server/handlers/jobs/job_cursor.hpp"

#include "http/wire/base64url.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace tributary::http::server {

namespace pj = providers::jobs;

namespace {

/// The key; changed when cursors change their meaning.
constexpr std::uint64_t job_cursor_key = 0x7472'6962'6a6f'6201;
constexpr std::size_t job_hash_size = 8;

std::string hash_of_filters(const pj::list_filter& filter, std::string_view last) {
  std::string text;
  // A zero byte, which none of them holds, keeps them apart. Statuses are a set.
  auto statuses = filter.statuses;
  std::ranges::sort(statuses);
  statuses.erase(std::unique(statuses.begin(), statuses.end()), statuses.end());
  for (const auto& each : statuses) text.append(each).append(1, ',');
  text.append(1, '\0').append(filter.vendor).append(1, '\0');
  for (const auto& time : {filter.created_after, filter.created_before}) {
    if (time) text += std::to_string(time->time_since_epoch().count());
    text.append(1, '\0');
  }
  text.append(last);
  XXH64_canonical_t bytes;
  XXH64_canonicalFromHash(&bytes, XXH3_64bits_withSeed(text.data(), text.size(), job_cursor_key));
  return {reinterpret_cast<const char*>(bytes.digest), job_hash_size};
}

std::string_view bytes_of(const pj::job_id& id) {
  return {reinterpret_cast<const char*>(id.bytes().data()), pj::job_id::size};
}

}  // namespace

std::string write_job_cursor(const pj::list_filter& filter, const pj::job_id& last) {
  const auto name = bytes_of(last);
  return wire::encode_base64url(hash_of_filters(filter, name).append(name));
}

std::optional<pj::job_id> read_job_cursor(std::string_view cursor, const pj::list_filter& filter) {
  if (cursor.size() > 64) return std::nullopt;
  const auto bytes = wire::decode_base64url(cursor);
  if (!bytes || bytes->size() != job_hash_size + pj::job_id::size) return std::nullopt;
  const auto name = std::string_view{*bytes}.substr(job_hash_size);
  if (hash_of_filters(filter, name) != bytes->substr(0, job_hash_size)) return std::nullopt;
  std::array<std::uint8_t, pj::job_id::size> id{};
  std::copy(name.begin(), name.end(), id.begin());
  return pj::job_id{id};
}

}  // namespace tributary::http::server
