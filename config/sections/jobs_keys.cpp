// SPDX-License-Identifier: MIT
#include "config/sections/credential_url.hpp"
#include "config/sections/jobs.hpp"
#include "config/sections/tables.hpp"

#include <algorithm>
#include <limits>

namespace tributary::config {

using namespace std::chrono_literals;

namespace {

/// Times that the loops of jobs may have; the least is for tests.
constexpr milliseconds shortest_job_time = 10ms;
constexpr milliseconds longest_job_time = 720h;

codec<std::uint32_t> small_count(std::size_t least, std::size_t most) {
  const auto inner = count(least, most);
  return {inner.doc,
          [read = inner.read](reader& in, const node& at, std::uint32_t& target) {
            std::size_t value = target;
            read(in, at, value);
            target = static_cast<std::uint32_t>(value);
          },
          [](const std::uint32_t& value) -> ordered_json { return value; }};
}

/// A list of times with units.
codec<std::vector<milliseconds>> durations(milliseconds least, milliseconds most,
                                           std::size_t longest) {
  const auto item = duration(least, most);
  ordered_json schema{{"type", "array"}, {"maxItems", longest}, {"items", item.doc.schema}};
  return {{"list of durations", item.doc.constraint, std::move(schema), false, {}},
          [=](reader& in, const node& at, std::vector<milliseconds>& target) {
            if (at.kind != node_kind::array) return in.fail_type(at, "a list");
            if (at.children.size() > longest) {
              return in.fail(at, "more than " + std::to_string(longest) + " times");
            }
            target.clear();
            for (std::size_t i = 0; i < at.children.size(); ++i) {
              in.below(index_segment(i),
                       [&] { item.read(in, at.children[i], target.emplace_back()); });
            }
          },
          [print = item.print](const std::vector<milliseconds>& value) {
            auto result = ordered_json::array();
            for (const auto& each : value) result.push_back(print(each));
            return result;
          }};
}

/// One text with commas, as an environment variable can hold it.
codec<std::vector<std::string>> comma_list(const std::string& label) {
  const auto whole = text(label);
  return {whole.doc,
          [read = whole.read](reader& in, const node& at, std::vector<std::string>& target) {
            std::string text;
            read(in, at, text);
            target.clear();
            for (std::string_view rest = text; !rest.empty();) {
              const auto end = std::min(rest.find(','), rest.size());
              auto part = rest.substr(0, end);
              rest.remove_prefix(std::min(end + 1, rest.size()));
              while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
              while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
              if (!part.empty()) target.emplace_back(part);
            }
          },
          [](const std::vector<std::string>& value) -> ordered_json {
            std::string result;
            for (const auto& each : value) result += (result.empty() ? "" : ",") + each;
            return result;
          }};
}

/// Object from names, or pointers, to what becomes of the values there.
codec<std::map<std::string, std::string>> operators() {
  std::vector<std::pair<std::string, std::string>> words;
  for (auto* word : {"redact", "mask", "hash", "drop", "keep"}) words.emplace_back(word, word);
  const auto item = choice<std::string>(std::move(words));
  return {{"object of words",
           item.doc.constraint,
           {{"type", "object"}, {"additionalProperties", item.doc.schema}},
           false,
           {}},
          [=](reader& in, const node& at, std::map<std::string, std::string>& target) {
            if (at.kind != node_kind::object) return in.fail_type(at, "an object of words");
            if (!detail::check_count(in, at, most_members)) return;
            for (const auto& member : at.children) {
              in.below(member.name, [&] { item.read(in, member, target[member.name]); });
            }
          },
          [](const std::map<std::string, std::string>& value) -> ordered_json {
            return value.empty() ? ordered_json() : ordered_json(value);
          }};
}

table<vendor_rule> rule_keys_of_vendors() {
  using s = vendor_rule;
  return {
      key("pointer", &s::pointer, text("JSON Pointer"), "Where in the payload (RFC 6901).",
          key_rule::required),
      key("equals", &s::equals, any_json(), "The value that has to be there.", key_rule::required),
      key("vendor", &s::vendor, text("vendor"), "Who gets the job then.", key_rule::required),
  };
}

codec<std::vector<vendor_rule>> vendor_rules() {
  constexpr std::size_t most = 100;
  const auto inner = object(rule_keys_of_vendors());
  ordered_json schema{{"type", "array"}, {"maxItems", most}, {"items", inner.doc.schema}};
  return {{"list of objects", "at most 100", std::move(schema), false, inner.doc.keys, true},
          [=](reader& in, const node& at, std::vector<vendor_rule>& target) {
            if (at.kind != node_kind::array) return in.fail_type(at, "a list");
            if (at.children.size() > most) {
              return in.fail(at, "more than " + std::to_string(most) + " rules");
            }
            target.clear();
            for (std::size_t i = 0; i < at.children.size(); ++i) {
              in.below(index_segment(i),
                       [&] { inner.read(in, at.children[i], target.emplace_back()); });
            }
          },
          [print = inner.print](const std::vector<vendor_rule>& source) -> ordered_json {
            auto result = ordered_json::array();
            for (const auto& each : source) result.push_back(print(each));
            return result.empty() ? ordered_json() : result;
          }};
}

table<job_retry_settings> job_retry_keys() {
  using s = job_retry_settings;
  return {
      key("max_attempts", &s::max_attempts, small_count(1, 25),
          "Attempts of one round; a client may ask for another number."),
      key("base", &s::base, duration(1ms, 24h),
          "Upper bound of the random pause after the first; doubled with each further one."),
      key("cap", &s::cap, duration(1ms, 720h), "Largest such bound."),
  };
}

/// Without defaults: what is not said is as in `jobs.retry`.
table<job_retry_settings> vendor_retry_keys() {
  auto result = job_retry_keys();
  for (auto& each : result) each.doc.default_text.clear();
  return result;
}

codec<webhook_auth> auth_words() {
  return choice<webhook_auth>({{"signature", webhook_auth::signature},
                               {"token", webhook_auth::token},
                               {"none", webhook_auth::none}});
}

table<vendor_settings> call_keys() {
  using s = vendor_settings;
  return {
      key("kind", &s::kind,
          choice<vendor_kind>({{"sync", vendor_kind::sync},
                               {"async", vendor_kind::async},
                               {"echo", vendor_kind::echo}}),
          "`sync`: its answer is the result; `async`: it accepts, and tells the result by webhook; "
          "`echo`: answers the payload within the process, for trials.",
          key_rule::required),
      key("url", &s::url, text("URL"),
          "`http` or `https` origin with an optional path prefix; all but `echo` need one."),
      key("timeout", &s::timeout, duration(shortest_job_time, 10min), "Of one call."),
      key("concurrency", &s::concurrency, count(1, 100'000),
          "Attempts that one instance makes at a time."),
      key("rate_limit", &s::rate_limit, maybe(object(rate_limit_keys())),
          "Limit of calls over time; absent: none."),
      key("breaker", &s::breaker, object_or_false(breaker_keys()),
          "Circuit breaker: starts no job while its vendor keeps failing."),
      key("tls", &s::tls_options, object(tls_keys()), "For an `https` URL."),
  };
}

table<vendor_settings> vendor_keys() {
  using s = vendor_settings;
  auto result = call_keys();
  table<vendor_settings> more{
      key("retry", &s::retry, object(vendor_retry_keys()), "What differs from `jobs.retry`."),
      key("on_unknown", &s::on_unknown,
          choice<on_unknown_outcome>({{"retry", on_unknown_outcome::retry},
                                      {"lookup", on_unknown_outcome::lookup},
                                      {"park", on_unknown_outcome::park}}),
          "When nobody knows whether the vendor did what it was asked for: ask again with the same "
          "key; ask it first what became of the job; or leave the job, `dead`, to a person."),
      key("cancel", &s::cancel, flag(), "Whether it is told that a job was cancelled."),
      key("callback_deadline", &s::callback_deadline, duration(shortest_job_time, longest_job_time),
          "Of an `async` one: how long its webhook may take; then it is asked."),
      key("webhook_secrets", &s::webhook_secrets, comma_list("secrets with commas"),
          "Of an `async` one: `whsec_` and base64, by which its webhooks are signed; two while "
          "secrets change; empty: they are not signed.",
          key_rule::secret),
      key("webhook_auth", &s::auth, auth_words(),
          "How a webhook shows that it is the vendor's: by its signature (default with secrets), "
          "by "
          "the token of its job, or not at all (default without secrets)."),
  };
  more.back().doc.default_text.clear();
  for (auto& each : more) result.push_back(std::move(each));
  return result;
}

table<jobs_settings> job_store_keys() {
  using s = jobs_settings;
  return {
      key("postgresql", &s::postgresql, credential_url(),
          "`postgresql://[user[:password]@]host[:port]/database`; empty: not there."),
      key("mongodb", &s::mongodb, credential_url(),
          "`mongodb://[user[:password]@]host[:port]/[database]`; empty: not there."),
  };
}

table<callback_settings> callback_keys() {
  using s = callback_settings;
  return {
      key("secret", &s::secret, text("secret"),
          "`whsec_` and base64, by which callbacks are signed; empty: no job can have a "
          "`callback_url`.",
          key_rule::secret),
      key("allow", &s::allow, text("networks with commas"),
          "Networks, such as `10.1.0.0/16`, that may be called back although they are private, and "
          "without TLS."),
      key("schedule", &s::schedule, durations(1ms, 720h, 100),
          "Pauses between the tries of a callback that fails; behind the last one it is given up."),
      key("timeout", &s::timeout, duration(shortest_job_time, 10min), "Of one try."),
  };
}

table<cleaning_settings> cleaning_keys() {
  using s = cleaning_settings;
  return {
      key("detectors", &s::detectors, text_list("list of detectors"),
          "What is looked for in all texts: `email`, `card`, `iban`, `phone`, `ssn`, `ip`."),
      key("fields", &s::fields, operators(),
          "What becomes of members by name, compared without case, `_` and `-`; beside those that "
          "are redacted by default."),
      key("paths", &s::paths, operators(),
          "What becomes of a place, by JSON Pointer with `*` for any element; wins over `fields`."),
      key("hash_key", &s::hash_key, text("secret"), "Key of the operator `hash`, which needs one.",
          key_rule::secret),
  };
}

table<jobs_settings> job_time_keys() {
  using s = jobs_settings;
  return {
      key("lease", &s::lease, duration(100ms, 24h),
          "How long a job stays with an instance that no longer renews its claim."),
      key("reap_interval", &s::reap_interval, duration(shortest_job_time, 24h),
          "Between two looks for leases that have run out, jobs that have expired, and the like."),
      key("max_queued", &s::max_queued, count(1, 1'000'000'000'000),
          "Jobs that may be scheduled or pending; one more is answered 503."),
      key("retention", &s::retention, duration(shortest_job_time, 87'600h),
          "How long a job is kept after its end."),
      key("drain", &s::drain, duration(0ms, 1h),
          "For attempts that run at shutdown; then they are due again."),
  };
}

}  // namespace

table<jobs_settings> jobs_keys() {
  using s = jobs_settings;
  table<jobs_settings> result{
      key("vendors", &s::vendors, named_objects(vendor_keys()),
          "Who carries jobs out, at least one; each is an upstream `vendor-NAME`.",
          key_rule::required),
      key("default_vendor", &s::default_vendor, text("vendor"),
          "Who gets a job that names none and that no rule fits."),
      key("rules", &s::rules, vendor_rules(),
          "The first that fits the payload says who gets the job."),
      key("retry", &s::retry, object(job_retry_keys()), "When a job is tried again."),
  };
  for (auto& each : job_time_keys()) result.push_back(std::move(each));
  table<jobs_settings> more{
      key("public_url", &s::public_url, text("URL"),
          "Where vendors reach this instance with their webhooks; empty: its own port on "
          "loopback."),
      group("store", job_store_keys(), "Where jobs are kept; none of both: in `data_dir`."),
      key("callbacks", &s::callbacks, object(callback_keys()),
          "How clients are told of their jobs."),
      key("cleaning", &s::cleaning, object(cleaning_keys()),
          "What is taken out of payloads and results before they are kept or passed on."),
  };
  for (auto& each : more) result.push_back(std::move(each));
  return result;
}

}  // namespace tributary::config
