// SPDX-License-Identifier: MIT
#include "config/keys.hpp"

#include <charconv>

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

table<status_rule> rule_keys() {
  using s = status_rule;
  return {
      key("status", &s::status, status_number(400, 599), "Status of the whole answer."),
      key("code", &s::code, text("code", 64), "`error.code` of the answer, in capitals.",
          key_rule::required),
      key("message", &s::message, text("string", 512), "`error.message` of the answer.",
          key_rule::required),
  };
}

/// Object from an upstream's status to what the whole answer becomes.
codec<std::vector<status_rule>> status_rules() {
  auto inner = object(rule_keys());
  ordered_json schema{{"type", "object"},
                      {"propertyNames", {{"pattern", "^[345][0-9][0-9]$"}}},
                      {"additionalProperties", inner.doc.schema}};
  return {{"object of objects", "", schema, true, inner.doc.keys},
          [=](reader& in, const node& at, std::vector<status_rule>& target) {
            if (at.kind != node_kind::object) return in.fail_type(at, "an object");
            if (!detail::check_count(in, at)) return;
            for (auto& member : at.children) {
              in.below(member.name, [&] {
                status_rule rule;
                auto* end = member.name.data() + member.name.size();
                auto [stop, error] = std::from_chars(member.name.data(), end, rule.upstream_status);
                if (error != std::errc{} || stop != end || rule.upstream_status < 300 ||
                    rule.upstream_status > 599)
                  in.fail_name(member, "expected a status from 300 to 599");
                inner.read(in, member, rule);
                target.push_back(std::move(rule));
              });
            }
          },
          [=](const std::vector<status_rule>& source) {
            auto out = ordered_json::object();
            for (auto& rule : source)
              out[std::to_string(rule.upstream_status)] = inner.print(rule);
            return out;
          }};
}

table<part_settings> part_keys() {
  using s = part_settings;
  using conflict = merge_conflict;
  return {
      key("upstream", &s::upstream, text("upstream"), "Name of the upstream that is asked.",
          key_rule::required),
      key("member", &s::member, text("string", 128),
          "Member of the answer that it becomes; unset: the name of the part."),
      key("path", &s::path, text("template"), "Appended to the upstream's path prefix.",
          key_rule::required),
      key("query", &s::query, templated_fields(),
          "Query parameters; one is left out when a parameter in it has no value."),
      key("headers", &s::headers, templated_fields(),
          "Header fields; one is left out when a parameter in it has no value."),
      key("required", &s::required, flag(),
          "Whether the whole answer fails when this part does."),
      key("timeout", &s::timeout, maybe(duration(1ms, 10min)),
          "Of the call; unset: the upstream's."),
      key("default", &s::default_json, maybe(any_json()),
          "Stands in for the part when it is missing; unset: `null`."),
      key("merge", &s::merge,
          choice<merge_mode>({{"member", merge_mode::member}, {"root", merge_mode::root}}),
          "`root` merges the part's own members into the answer."),
      key("on_conflict", &s::on_conflict,
          choice<conflict>({{"error", conflict::error},
                            {"first", conflict::first},
                            {"last", conflict::last},
                            {"concat", conflict::concat},
                            {"deep", conflict::deep}}),
          "Which value wins when `merge` is `root` and a member is there already."),
      key("on_4xx", &s::forward_4xx, choice<bool>({{"forward", true}, {"502", false}}),
          "What a required part's 400, 401, 403, 404, 409, 410 or 422 becomes."),
      key("on_status", &s::status_rules, status_rules(),
          "Statuses of the upstream that decide the whole answer."),
  };
}

table<endpoint_cache_settings> endpoint_cache_keys() {
  using s = endpoint_cache_settings;
  return {
      key("key", &s::key, text("template"),
          "Key of the plain request; what else changes the answer is appended.",
          key_rule::required),
      key("ttl", &s::ttl, duration(1ms, 720h), "How long an answer is fresh."),
      key("jitter", &s::jitter, real(0, 0.9), "Random share by which a TTL may be shortened."),
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
