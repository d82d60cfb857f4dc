// SPDX-License-Identifier: MIT
#include "config/sections/jobs_section.hpp"

#include "config/codec.hpp"
#include "support.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace tributary::config {

using namespace tests;
using namespace std::chrono_literals;
using nlohmann::ordered_json;

namespace {

/// A valid section; a row sets `pointer` in it to `value`.
constexpr const char* jobs_base =
    R"({"vendors": {"sync": {"kind": "sync", "url": "https://h"},
                    "async": {"kind": "async", "url": "http://h"},
                    "echo": {"kind": "echo"}}})";

const environment job_variables = environment_of({{"GOOD", "whsec_c2VjcmV0LW9uZQ=="},
                                                  {"UNPADDED", "whsec_c2VjcmV0LW9uZQ"},
                                                  {"BARE", "c2VjcmV0LW9uZQ=="},
                                                  {"EMPTY", "whsec_"},
                                                  {"CRAMPED", "whsec_hidden!"},
                                                  {"PG", "postgresql://u:hidden@h/d"},
                                                  {"MONGO", "mongodb://u:hidden@h/d"}});

load_result load_jobs(const std::string& pointer, const std::string& value,
                      const char* data_dir = "d") {
  auto root = ordered_json::parse(R"({"upstreams": {"other": {"url": "http://h"}}})");
  root["data_dir"] = data_dir;
  root["jobs"] = ordered_json::parse(jobs_base);
  root[ordered_json::json_pointer("/jobs" + pointer)] = ordered_json::parse(value);
  return load_text(root.dump(), job_variables);
}

jobs_settings jobs_with(const std::string& pointer, const std::string& value) {
  auto result = load_jobs(pointer, value);
  INFO(errors_as_text(result));
  REQUIRE(result.value);
  return jobs_of(*result.value);
}

}  // namespace

TEST_CASE("without the section, and with `false` for it, there are no jobs", "[config][jobs]") {
  for (auto* text : {"{}", R"({"jobs": false})"}) {
    auto result = load_text(text);
    REQUIRE(result.value);
    CHECK(result.value->section<jobs_settings>() == nullptr);
    CHECK(print_effective(*result.value, all_sections()).find("jobs") == std::string::npos);
  }
  CHECK(errors_as_text(load_text(R"({"jobs": {}})")) ==
        "test.json:1:10: jobs.vendors: required and not given\n");
  CHECK(load_jobs("/vendors", "{}").errors.at(0).message == "jobs need at least one vendor");
}

TEST_CASE("the guards see a vendor as an upstream of its own name", "[config][jobs]") {
  const auto vendor = jobs_with("/vendors/sync", R"({"kind": "sync", "url": "https://[::1]:8443/p/",
      "timeout": "300ms", "concurrency": 9, "tls": {"verify": false},
      "rate_limit": {"rate": 10, "period": "2s"}, "breaker": {"min_calls": 7}})")
                          .vendors.at(0);
  const auto& u = vendor.upstream;
  CHECK(u.name == "vendor-sync");
  CHECK(u.tls);
  CHECK(u.host == "::1");
  CHECK(u.port == 8443);
  CHECK(u.path_prefix == "/p");
  CHECK_FALSE(u.tls_options.verify);
  CHECK(u.timeout == 300ms);
  CHECK(u.connect_timeout == 300ms);
  CHECK(u.deadline_header == "X-Request-Timeout-Ms");
  CHECK(u.max_response_body == 10 * mib);
  CHECK(u.bulkhead.max_in_flight == 9);
  CHECK(u.retry.max == 0);
  CHECK(u.rate_limit->rate == 10);
  CHECK(u.rate_limit->period == 2s);
  CHECK(u.breaker.min_calls == 7);
  CHECK(u.back_pressure.enabled);
}

TEST_CASE("vendors that are called become upstreams, and `echo` does not", "[config][jobs]") {
  const auto result = load_jobs("/lease", "\"9s\"");
  REQUIRE(result.value);
  std::vector<std::string> names;
  for (const auto& each : jobs_section()->upstreams_of(*result.value)) names.push_back(each.name);
  CHECK(names == std::vector<std::string>{"vendor-sync", "vendor-async"});
}

TEST_CASE("a vendor retries as all do, but for what it says itself", "[config][jobs]") {
  auto root = ordered_json::parse(R"({"data_dir": "d"})");
  root["jobs"] = ordered_json::parse(jobs_base);
  root["jobs"]["retry"] = {{"max_attempts", 3}, {"base", "2s"}, {"cap", "9s"}};
  root["jobs"]["vendors"]["async"]["retry"] = {{"max_attempts", 8}, {"cap", "15m"}};
  const auto result = load_text(root.dump());
  REQUIRE(result.value);
  const auto& vendors = jobs_of(*result.value).vendors;
  CHECK(vendors.at(0).retry == job_retry_settings{3, 2s, 9s});
  CHECK(vendors.at(1).retry == job_retry_settings{8, 2s, 15min});
}

TEST_CASE("a vendor shows itself by its signature where it has a secret", "[config][jobs]") {
  const auto auth_of = [](const char* vendor) {
    return jobs_with("/vendors/async", vendor).vendors.at(1).auth;
  };
  const std::string start = R"({"kind": "async", "url": "http://h")";
  CHECK(auth_of((start + "}").c_str()) == webhook_auth::none);
  CHECK(auth_of((start + R"(, "webhook_secrets": ""})").c_str()) == webhook_auth::none);
  CHECK(auth_of((start + R"(, "webhook_secrets": "${GOOD}"})").c_str()) == webhook_auth::signature);
  CHECK(auth_of((start + R"(, "webhook_secrets": "${GOOD} , ${UNPADDED}"})").c_str()) ==
        webhook_auth::signature);
  CHECK(auth_of((start + R"(, "webhook_secrets": "${GOOD}", "webhook_auth": "token"})").c_str()) ==
        webhook_auth::token);
  CHECK(auth_of((start + R"(, "webhook_secrets": "${GOOD}", "webhook_auth": "none"})").c_str()) ==
        webhook_auth::none);
}

TEST_CASE("jobs are kept in the folder for data unless a database is named", "[config][jobs]") {
  CHECK(errors_as_text(load_jobs("/lease", "\"9s\"", ""))
            .find("data_dir: jobs need it where `jobs.store` names no database") !=
        std::string::npos);
  CHECK(load_jobs("/store", R"({"postgresql": "${PG}"})", "").value);
  CHECK(load_jobs("/store", R"({"mongodb": "${MONGO}"})", "").value);
  auto root = ordered_json{{"jobs", ordered_json::parse(jobs_base)}};
  CHECK(load_text(root.dump()).errors.at(0).path == "data_dir");
}

TEST_CASE("what contradicts itself about jobs is refused", "[config][jobs]") {
  struct row {
    const char* pointer;
    const char* value;
    const char* path;
    const char* message;
  };
  const std::vector<row> rows{
      {"/store", R"({"postgresql": "${PG}", "mongodb": "${MONGO}"})", "store.mongodb",
       "jobs are kept in one place, and `postgresql` is given too (from MONGO)"},
      {"/store/postgresql", "\"mysql://h\"", "store.postgresql", "expected a `postgresql://` URL"},
      {"/store/mongodb", "\"http://h\"", "store.mongodb", "expected a `mongodb://` URL"},
      {"/store/postgresql", "\"postgres://u:written@h/d\"", "store.postgresql",
       "a secret does not belong into the file"},
      {"/default_vendor", "\"synk\"", "default_vendor", "no vendor is called `synk`"},
      {"/vendors", R"({"one": {"kind": "echo"}})", "default_vendor", "no vendor is called `sync`"},
      {"/rules", R"([{"pointer": "/a", "equals": 1, "vendor": "nobody"}])", "rules[0].vendor",
       "no vendor is called `nobody`"},
      {"/rules", R"([{"pointer": "a", "equals": 1, "vendor": "sync"}])", "rules[0].pointer",
       "not a JSON Pointer such as `/query` (RFC 6901)"},
      {"/rules", R"([{"pointer": "/~2", "equals": 1, "vendor": "sync"}])", "rules[0].pointer",
       "not a JSON Pointer such as `/query` (RFC 6901)"},
      {"/rules", R"([{"pointer": "/a", "vendor": "sync"}])", "rules[0].equals",
       "required and not given"},
      {"/rules", "{}", "rules", "expected a list, found an object"},
      {"/vendors/sync", R"({"url": "http://h"})", "vendors.sync.kind", "required and not given"},
      {"/vendors/sync", R"({"kind": "sync"})", "vendors.sync.url", "required and not given"},
      {"/vendors/sync/url", "\"\"", "vendors.sync.url", "empty: there would be nobody to call"},
      {"/vendors/sync/url", "\"ftp://h\"", "vendors.sync.url",
       "expected an `http://` or `https://` URL"},
      {"/vendors/sync/kind", "\"later\"", "vendors.sync.kind",
       "`later` is none of `sync`, `async`, `echo`"},
      {"/vendors/async/tls", R"({"verify": false})", "vendors.async.tls",
       "has no effect on an `http` URL"},
      {"/vendors/a b", R"({"kind": "echo"})", "vendors.a b",
       "a name has a letter first, then letters, digits, `_` or `-`, at most 64 in all"},
      {"/vendors/sync/breaker", R"({"by_rate": false})", "vendors.sync.breaker.by_rate",
       "without `consecutive_failures` nothing would open it"},
      {"/vendors/sync/rate_limit", "{}", "vendors.sync.rate_limit.rate", "required and not given"},
      {"/vendors/sync/rate_limit", R"({"rate": 1, "shared": false, "local_share": 0.5})",
       "vendors.sync.rate_limit.local_share", "has no effect on a limit that is not shared"},
      {"/vendors/sync/concurrency", "0", "vendors.sync.concurrency",
       "expected a whole number from 1 to 100000, found `0`"},
      {"/vendors/sync/timeout", "\"0ms\"", "vendors.sync.timeout",
       "expected a duration from 10ms to 10m, found `0ms`"},
      {"/vendors/sync/retry", R"({"cap": "10ms"})", "vendors.sync.retry.cap",
       "shorter than `base`"},
      {"/retry", R"({"base": "1h"})", "retry.base", "longer than `cap`, 15m"},
      {"/retry/max_attempts", "0", "retry.max_attempts",
       "expected a whole number from 1 to 25, found `0`"},
      {"/retry/max_attempts", "26", "retry.max_attempts",
       "expected a whole number from 1 to 25, found `26`"},
      {"/vendors/async/webhook_auth", "\"signature\"", "vendors.async.webhook_auth",
       "there is no signature without `webhook_secrets`"},
      {"/vendors/async/webhook_secrets", "\"${GOOD},${GOOD},${GOOD}\"",
       "vendors.async.webhook_secrets", "more than two secrets (from GOOD)"},
      {"/vendors/async/webhook_secrets", "\"${BARE}\"", "vendors.async.webhook_secrets",
       "not a secret as Standard Webhooks 1.0.0 writes it: prefix and base64 (from BARE)"},
      {"/vendors/async/webhook_secrets", "\"${GOOD},${EMPTY}\"", "vendors.async.webhook_secrets",
       "not a secret as Standard Webhooks 1.0.0 writes it: prefix and base64 (from GOOD and "
       "EMPTY)"},
      {"/vendors/async/webhook_secrets", "\"${CRAMPED}\"", "vendors.async.webhook_secrets",
       "not a secret as Standard Webhooks 1.0.0 writes it: prefix and base64 (from CRAMPED)"},
      {"/vendors/async/webhook_secrets", "\"whsec_c2VjcmV0\"", "vendors.async.webhook_secrets",
       "a secret does not belong into the file"},
      {"/callbacks/secret", "\"${BARE}\"", "callbacks.secret",
       "not a secret as Standard Webhooks 1.0.0 writes it: prefix and base64 (from BARE)"},
      {"/callbacks/allow", "\"10.0.0.0/8,intern\"", "callbacks.allow",
       "expected networks such as `10.1.0.0/16`, found `intern`"},
      {"/callbacks/allow", "\"10.0.0.1\"", "callbacks.allow",
       "expected networks such as `10.1.0.0/16`, found `10.0.0.1`"},
      {"/callbacks/allow", "\"10.0.0.0/33\"", "callbacks.allow",
       "the prefix of `10.0.0.0/33` is no number from 0 to 32"},
      {"/callbacks/allow", "\"::/129\"", "callbacks.allow",
       "the prefix of `::/129` is no number from 0 to 128"},
      {"/callbacks/allow", "\"::/1x\"", "callbacks.allow",
       "the prefix of `::/1x` is no number from 0 to 128"},
      {"/callbacks/allow", "\"::/\"", "callbacks.allow",
       "the prefix of `::/` is no number from 0 to 128"},
      {"/callbacks/schedule", R"(["5s", "soon"])", "callbacks.schedule[1]",
       "expected a duration such as \"500ms\", found `soon`"},
      {"/cleaning/detectors", R"(["email", "emali"])", "cleaning.detectors[1]",
       "there is no detector `emali`"},
      {"/cleaning/detectors", R"(["ip", "ip"])", "cleaning.detectors[1]",
       "the detector `ip` is named twice"},
      {"/cleaning/fields", R"({"notes": "erase"})", "cleaning.fields.notes",
       "`erase` is none of `redact`, `mask`, `hash`, `drop`, `keep`"},
      {"/cleaning/fields", R"({"user_id": "drop", "UserId": "keep"})", "cleaning.fields.user_id",
       "the same member as `UserId`"},
      {"/cleaning/fields", R"({"_-": "drop"})", "cleaning.fields._-", "names no member"},
      {"/cleaning/fields", R"({"notes": "hash"})", "cleaning.fields.notes",
       "needs `jobs.cleaning.hash_key`"},
      {"/cleaning/paths", R"({"/a/*": "hash"})", "cleaning.paths./a/*",
       "needs `jobs.cleaning.hash_key`"},
      {"/cleaning/paths", R"({"user": "keep"})", "cleaning.paths.user",
       "not a JSON Pointer such as `/user/email` (RFC 6901)"},
      {"/public_url", "\"example.com\"", "public_url",
       "not a URL such as `http://host:8080/prefix`"},
      {"/lease", "\"0s\"", "lease", "expected a duration from 100ms to 24h, found `0s`"},
      {"/lease", "30", "lease", "a duration needs a unit: ms, s, m, h or d"},
      {"/max_queued", "0", "max_queued",
       "expected a whole number from 1 to 1000000000000, found `0`"},
      {"/lise", "1", "lise", "unknown key"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.pointer, row.value);
    const auto result = load_jobs(row.pointer, row.value);
    INFO(errors_as_text(result));
    REQUIRE(result.errors.size() == 1);
    CHECK(result.errors[0].path == std::string{"jobs."} + row.path);
    CHECK(result.errors[0].message == row.message);
    CHECK(errors_as_text(result).find("hidden") == std::string::npos);
  }
}

TEST_CASE("names that begin with vendor- are not those of other upstreams", "[config][jobs]") {
  auto root =
      ordered_json::parse(R"({"data_dir": "d", "upstreams": {"vendor-x": {"url": "http://h"}}})");
  CHECK(load_text(root.dump()).value);
  root["jobs"] = ordered_json::parse(jobs_base);
  const auto errors = load_text(root.dump()).errors;
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].path == "upstreams.vendor-x");
  CHECK(errors[0].message == "names that begin with `vendor-` are those of vendors of jobs");
}

TEST_CASE("the paths of jobs are the server's own, where there are jobs", "[config][jobs]") {
  auto* path = GENERATE("/jobs", "/jobs/batch", "/jobs/{id}", "/jobs/{id}/cancel",
                        "/jobs/{id}/events", "/vendor-webhook/{id}");
  CAPTURE(path);
  const auto with = [&](const char* jobs) {
    auto root =
        ordered_json::parse(R"({"data_dir": "d", "upstreams": {"other": {"url": "http://h"}},
      "endpoints": {"e": {"parts": {"p": {"upstream": "other", "path": "/"}}}}})");
    root["endpoints"]["e"]["path"] = path;
    if (std::string_view{path}.find('{') != std::string_view::npos) {
      root["endpoints"]["e"]["parameters"] = {{"id", {{"in", "path"}}}};
    }
    root["jobs"] = ordered_json::parse(jobs);
    return load_text(root.dump()).errors;
  };
  const auto errors = with(jobs_base);
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].message == "this path is the server's own");
  CHECK(with("false").empty());
}

TEST_CASE("keys of jobs in Redis are no answers', in every process", "[config][jobs]") {
  const auto result = load_text("{}");
  REQUIRE(result.value);
  for (auto* prefix : {"job:", "job_queue"}) {
    CHECK(std::ranges::count(result.value->key_prefixes, prefix) == 1);
  }
}

TEST_CASE("no secret of jobs is printed", "[config][jobs]") {
  auto root = ordered_json::parse(R"({"data_dir": "d"})");
  root["jobs"] = ordered_json::parse(jobs_base);
  root["jobs"]["vendors"]["async"]["webhook_secrets"] = "${GOOD}";
  root["jobs"]["callbacks"]["secret"] = "${UNPADDED}";
  root["jobs"]["cleaning"]["hash_key"] = "${BARE}";
  root["jobs"]["store"]["postgresql"] = "${PG}";
  const auto result = load_text(root.dump(), job_variables);
  INFO(errors_as_text(result));
  REQUIRE(result.value);
  const auto printed = print_effective(*result.value, all_sections());
  CHECK(printed.find("c2VjcmV0") == std::string::npos);
  CHECK(printed.find("hidden") == std::string::npos);
  CHECK(printed.find("postgresql://***@h/d") != std::string::npos);
}

TEST_CASE("callbacks are tried for days unless said otherwise", "[config][jobs]") {
  using list = std::vector<milliseconds>;
  CHECK(jobs_with("/lease", "\"9s\"").callbacks.schedule ==
        list{5s, 5min, 30min, 2h, 5h, 10h, 14h, 20h, 24h});
  CHECK(jobs_with("/callbacks/schedule", "[]").callbacks.schedule.empty());
}

}  // namespace tributary::config
