// SPDX-License-Identifier: MIT
#include "config/sections/tables.hpp"

#include <charconv>

namespace tributary::config {

using namespace std::chrono_literals;

namespace {

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
  const auto inner = object(rule_keys());
  ordered_json schema{{"type", "object"},
                      {"propertyNames", {{"pattern", "^[345][0-9][0-9]$"}}},
                      {"additionalProperties", inner.doc.schema}};
  return {{"object of objects", "", schema, true, inner.doc.keys},
          [=](reader& in, const node& at, std::vector<status_rule>& target) {
            if (at.kind != node_kind::object) return in.fail_type(at, "an object");
            if (!detail::check_count(in, at, most_members)) return;
            for (const auto& member : at.children) {
              in.below(member.name, [&] {
                status_rule rule;
                auto* end = member.name.data() + member.name.size();
                const auto [stop, error] =
                    std::from_chars(member.name.data(), end, rule.upstream_status);
                if (error != std::errc{} || stop != end || rule.upstream_status < 300 ||
                    rule.upstream_status > 599) {
                  in.fail_name(member, "expected a status from 300 to 599");
                }
                inner.read(in, member, rule);
                target.push_back(std::move(rule));
              });
            }
          },
          [=](const std::vector<status_rule>& source) {
            auto result = ordered_json::object();
            for (const auto& rule : source) {
              result[std::to_string(rule.upstream_status)] = inner.print(rule);
            }
            return result;
          }};
}

table<part_cache_settings> part_cache_keys() {
  using s = part_cache_settings;
  return {
      key("ttl", &s::ttl, maybe(duration(1ms, 720h)),
          "How long an answer is fresh where the upstream does not say; unset: not stored then."),
      key("force_ttl", &s::force_ttl, flag(), "Whether `ttl` holds whatever the upstream says."),
      key("stale_while_revalidate", &s::stale_while_revalidate, duration(0ms, 720h),
          "How long past that it is still given while a new one is fetched, where the upstream "
          "does not say; 0: not at all."),
      key("stale_if_error", &s::stale_if_error, duration(0ms, 720h),
          "How long past that it is given when the upstream fails, where it does not say; 0: not "
          "at all."),
      key("shared", &s::shared, flag(),
          "Whether all clients share one answer also where the call carries credentials."),
  };
}

table<fallback_settings> fallback_keys() {
  using s = fallback_settings;
  table<fallback_settings> keys{
      key("upstream", &s::upstream, text("upstream"),
          "Another upstream, which is asked in the same way."),
      key("path", &s::path, maybe(text("template")),
          "With `upstream`: in place of the part's own path."),
      key("cache", &s::kind, choice<fallback_kind>({{"stale", fallback_kind::stale}}),
          "The answer that the part's cache has, although it is no longer fresh."),
      key("max_stale", &s::max_stale, duration(1ms, 720h),
          "With `cache`: how long past its freshness."),
      key("static", &s::fixed_json, any_json(), "This value; it comes last, as it never fails."),
  };
  keys.front().doc.default_text.clear();
  return keys;
}

/// What a step is, by the one member that says so; fails where none or several do. What failed
/// counts as a step that may fail, so that those behind it are not called unreachable.
void read_fallback_kind(reader& in, const node& at, fallback_settings& step) {
  constexpr std::pair<const char*, fallback_kind> kinds[] = {{"upstream", fallback_kind::upstream},
                                                             {"cache", fallback_kind::stale},
                                                             {"static", fallback_kind::fixed}};
  std::size_t found = 0;
  for (const auto& [name, kind] : kinds) {
    if (find_member(at, name) == nullptr) continue;
    step.kind = kind;
    ++found;
  }
  if (found != 1) {
    step.kind = fallback_kind::upstream;
    return in.fail(at, "expected one of `upstream`, `cache` and `static`");
  }
  const auto only_with = [&](const char* name, fallback_kind kind, const char* owner) {
    auto* member = find_member(at, name);
    if (member == nullptr || step.kind == kind) return;
    in.below(name, [&] { in.fail_name(*member, "has no effect without " + cited(owner)); });
  };
  only_with("path", fallback_kind::upstream, "upstream");
  only_with("max_stale", fallback_kind::stale, "cache");
}

ordered_json print_fallback(const fallback_settings& step) {
  auto result = ordered_json::object();
  switch (step.kind) {
    case fallback_kind::upstream:
      result["upstream"] = step.upstream;
      if (step.path) result["path"] = *step.path;
      break;
    case fallback_kind::stale:
      result["cache"] = "stale";
      result["max_stale"] = print_duration(step.max_stale);
      break;
    case fallback_kind::fixed:
      result["static"] = ordered_json::parse(step.fixed_json, nullptr, false);
      break;
  }
  return result;
}

codec<std::vector<fallback_settings>> fallback_steps() {
  constexpr std::size_t most = 8;
  const auto inner = object(fallback_keys());
  auto item = inner.doc.schema;
  item["oneOf"] = ordered_json::array();
  for (auto* kind : {"upstream", "cache", "static"}) {
    item["oneOf"].push_back({{"required", ordered_json::array({kind})}});
  }
  ordered_json schema{{"type", "array"}, {"maxItems", most}, {"items", std::move(item)}};
  return {{"list of objects", "at most 8", std::move(schema), false, inner.doc.keys, true},
          [=](reader& in, const node& at, std::vector<fallback_settings>& target) {
            if (at.kind != node_kind::array) return in.fail_type(at, "a list");
            if (at.children.size() > most) {
              return in.fail(at, "more than " + std::to_string(most) + " steps");
            }
            for (std::size_t i = 0; i < at.children.size(); ++i) {
              auto& step = target.emplace_back();
              step.kind = fallback_kind::upstream;
              in.below(index_segment(i), [&] {
                if (at.children[i].kind != node_kind::object) {
                  return in.fail_type(at.children[i], "an object");
                }
                inner.read(in, at.children[i], step);
                read_fallback_kind(in, at.children[i], step);
              });
            }
          },
          [](const std::vector<fallback_settings>& source) -> ordered_json {
            auto result = ordered_json::array();
            for (const auto& step : source) result.push_back(print_fallback(step));
            return result.empty() ? ordered_json() : result;
          }};
}

}  // namespace

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
      key("required", &s::required, flag(), "Whether the whole answer fails when this part does."),
      key("timeout", &s::timeout, maybe(duration(1ms, 10min)),
          "Of the call; unset: the upstream's."),
      key("default", &s::default_json, maybe(any_json()),
          "Stands in for the part when it is missing or its upstream has nothing to say; unset: "
          "`null`."),
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
      key("cache", &s::cache, maybe(object(part_cache_keys())),
          "Caching of the upstream's answers by RFC 9111; absent: none."),
      key("fallback", &s::fallback, fallback_steps(),
          "What is tried, in this order, when the upstream failed."),
  };
}

}  // namespace tributary::config
