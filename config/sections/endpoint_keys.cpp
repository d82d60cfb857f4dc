// SPDX-License-Identifier: MIT
#include "config/keys.hpp"

namespace tributary::config {

using namespace std::chrono_literals;

namespace {

table<parameter_settings> parameter_keys() {
  using s = parameter_settings;
  using place = parameter_place;
  using type = parameter_type;
  return {
      key("in", &s::in,
          choice<place>(
              {{"query", place::query}, {"path", place::path}, {"header", place::header}}),
          "Where the client gives it."),
      key("type", &s::type,
          choice<type>({{"string", type::string},
                        {"integer", type::integer},
                        {"number", type::number},
                        {"boolean", type::boolean},
                        {"one_of", type::one_of},
                        {"instant", type::instant},
                        {"interval", type::interval},
                        {"parts", type::parts}}),
          "`instant` is RFC 3339; `interval` an instant or `from/to`; `parts` selects the parts to "
          "ask: `all`, or names with commas."),
      key("required", &s::required, flag(),
          "Whether a request without it is refused; always so for one in the path."),
      key("default", &s::default_value, maybe(spelled_value()), "Stands in when it is not given."),
      key("characters", &s::characters, text("character set", 256),
          "Of type `string`: what it may hold, such as `A-Za-z0-9._-`; empty: anything."),
      key("min_length", &s::min_length, count(0, 65'536), "Of type `string`: fewest characters."),
      key("max_length", &s::max_length, count(1, 65'536), "Of type `string`: most characters."),
      key("minimum", &s::minimum, maybe(any_number()), "Of types `integer` and `number`."),
      key("maximum", &s::maximum, maybe(any_number()), "Of types `integer` and `number`."),
      key("values", &s::values, text_list(), "Of type `one_of`: what it may be."),
  };
}

table<endpoint_cache_settings> endpoint_cache_keys() {
  using s = endpoint_cache_settings;
  return {
      key("key", &s::key, text("template"),
          "Key of the plain request; what else changes the answer is appended. A key that begins "
          "with `circuit_breaker:`, `rate_limit:`, `cache_tag:`, `quote:`, `assets:` or `market:` "
          "is refused unless `redis` is `false`; one that begins so by the value of a parameter is "
          "kept in memory alone.",
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
      key("parts", &s::parts, named_objects(part_keys()),
          "What the answer is made of, in this order, by name.", key_rule::required),
      key("cache", &s::cache, maybe(object(endpoint_cache_keys())),
          "Caching of complete answers; absent: none."),
  };
}

}  // namespace tributary::config
