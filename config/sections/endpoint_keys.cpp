// SPDX-License-Identifier: MIT
#include "config/sections/tables.hpp"

namespace tributary::config {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t most_parts = 64;  ///< a set of them is a number of so many bits

table<endpoint_cache_settings> endpoint_cache_keys() {
  using s = endpoint_cache_settings;
  return {
      key("key", &s::key, text("template"),
          "Key of the plain request; what else changes the answer is appended, and a credential is "
          "hashed. No values may make it the key of another endpoint: begin it with a text of its "
          "own, and put a `:` between two parameters. A key that begins "
          "as one of the program's own, such as `circuit_breaker:`, is refused unless `redis` is "
          "`false`; one that begins so by the value of a parameter is kept in memory alone.",
          key_rule::required),
      key("ttl", &s::ttl, duration(1ms, 720h), "How long an answer is fresh."),
      key("jitter", &s::jitter, real(0, 0.9), "Random share by which a TTL may be shortened."),
      key("redis", &s::redis, flag(), "Whether answers are kept in Redis too, where there is one."),
      key("tags", &s::tags, text_list("list of templates"),
          "Answers can be purged by them, all that have one together."),
  };
}

}  // namespace

table<endpoint_settings> endpoint_keys() {
  using s = endpoint_settings;
  return {
      key("path", &s::path, text("template"), "Path that clients ask for.", key_rule::required),
      key("timeout", &s::timeout, duration(1ms, 10min), "For the whole answer."),
      key("merge_reserve", &s::merge_reserve, duration(0ms, 10s),
          "Part of `timeout` kept for putting the answer together."),
      key("min_attempt", &s::min_attempt, duration(1ms, 10s),
          "With less time left, no call is started."),
      key("client_lenient", &s::client_lenient, flag(),
          "Whether `Prefer: handling=lenient` makes required parts optional."),
      key("retry_after", &s::retry_after, duration(1s, 1h),
          "Said to the client when no breaker and no upstream names a time."),
      key("parameters", &s::parameters, named_objects(parameter_keys()), "The inputs, by name."),
      key("parts", &s::parts, named_objects(part_keys(), most_parts),
          "What the answer is made of, in this order, by name.", key_rule::required),
      key("cache", &s::cache, maybe(object(endpoint_cache_keys())),
          "Caching of complete answers; absent: none."),
  };
}

}  // namespace tributary::config
