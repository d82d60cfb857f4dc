// SPDX-License-Identifier: MIT
#include "actors/store/gcra_script.hpp"

#include <openssl/evp.h>

#include <array>

namespace tributary::actors::store::gcra_script {

namespace {

using providers::redis::reply_kind;
using std::chrono::microseconds;

// The theoretical arrival time is kept as seconds and nanoseconds, for a Lua number holds an
// integer of 53 bits only. A value that is none counts as nothing owed. One further ahead than the
// limit allows (a clock set back, a configuration that was changed) becomes the most that can be
// owed, and is kept so, lest it refuse for as long as it is ahead.
constexpr std::string_view script = R"(local time = redis.call('TIME')
local now_s, now_ns = tonumber(time[1]), tonumber(time[2]) * 1000
local interval, capacity = tonumber(ARGV[1]), tonumber(ARGV[2])
local function keep(owed)
  local sum = now_ns + owed
  local arrival = string.format('%.0f.%09.0f', now_s + math.floor(sum / 1e9), sum % 1e9)
  redis.call('SET', KEYS[1], arrival, 'PX', string.format('%.0f', math.ceil(owed / 1e6) + 1000))
end
local owed = 0
local kept = redis.pcall('GET', KEYS[1])
if type(kept) == 'string' then
  local s, ns = string.match(kept, '^(%d+)%.(%d+)$')
  if s then owed = math.max(0, (tonumber(s) - now_s) * 1e9 + tonumber(ns) - now_ns) end
  if owed > capacity then
    owed = capacity
    keep(owed)
  end
end
local charged = owed + interval
if charged > capacity then
  return {0, math.ceil((charged - capacity) / 1000), 0, math.ceil(owed / 1000)}
end
keep(charged)
return {1, 0, math.floor((capacity - charged) / interval), math.ceil(charged / 1000)}
)";

std::string sha1_of(std::string_view content) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned int size = 0;
  EVP_Digest(content.data(), content.size(), bytes.data(), &size, EVP_sha1(), nullptr);
  constexpr auto* digits = "0123456789abcdef";
  std::string result;
  for (unsigned int i = 0; i < size; ++i) {
    result += digits[bytes[i] >> 4U];
    result += digits[bytes[i] & 15U];
  }
  return result;
}

}  // namespace

std::string_view text() noexcept { return script; }

const std::string& digest() {
  static const auto result = sha1_of(script);
  return result;
}

std::string key_of(std::string_view name) {
  return std::string{"rate_limit:{"}.append(name).append("}");
}

std::vector<std::string> command(bool with_text, const std::string& key,
                                 const guards::gcra& limit) {
  return {with_text ? "EVAL" : "EVALSHA",
          with_text ? std::string{script} : digest(),
          "1",
          key,
          std::to_string(limit.interval().count()),
          std::to_string(limit.capacity().count())};
}

std::optional<guards::rate_decision> read(const providers::redis::reply& answer) {
  if (answer.kind != reply_kind::array || answer.items.size() != 4) return std::nullopt;
  for (const auto& each : answer.items) {
    if (each.kind != reply_kind::integer || each.integer < 0) return std::nullopt;
  }
  const auto& items = answer.items;
  guards::rate_decision result;
  result.allowed = items[0].integer != 0;
  result.retry_after = microseconds{items[1].integer};
  result.remaining = static_cast<std::uint64_t>(items[2].integer);
  result.reset = microseconds{items[3].integer};
  return result;
}

}  // namespace tributary::actors::store::gcra_script
