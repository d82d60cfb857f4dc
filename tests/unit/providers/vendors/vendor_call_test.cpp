// SPDX-License-Identifier: MIT
#include "providers/vendors/vendor_call.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace tributary::providers::vendors {

namespace {

constexpr std::string_view id_text = "0192f3a4-5b6c-7d8e-9f01-23456789abcd";

jobs::job_id some_id() { return jobs::job_id::parse(id_text).value(); }

std::string field_of(const vendor_call& call, std::string_view name) {
  for (const auto& [key, value] : call.headers) {
    if (key == name) return value;
  }
  return "none";
}

}  // namespace

TEST_CASE("an attempt is a POST with its key, its number and the payload as it is spelled",
          "[vendors]") {
  attempt_terms terms;
  terms.id = some_id();
  terms.payload = R"({ "n": 1.0e400,"ä":[ ]})";
  const auto call = start_call("/sync", terms);
  CHECK(call.method == "POST");
  CHECK(call.target == "/sync/jobs");
  CHECK(field_of(call, "Content-Type") == "application/json");
  CHECK(field_of(call, "Idempotency-Key") == '"' + std::string{id_text} + "/1\"");
  CHECK(field_of(call, "X-Attempt") == "1");
  CHECK(call.body ==
        R"({"job_id":"0192f3a4-5b6c-7d8e-9f01-23456789abcd","payload":{ "n": 1.0e400,"ä":[ ]}})");
}

TEST_CASE("key and body are the same for each attempt of a round, and the key is new in the next",
          "[vendors]") {
  attempt_terms terms;
  terms.id = some_id();
  terms.payload = "1";
  terms.callback_url = "http://a/vendor-webhook/async?token=t";
  const auto first = start_call("", terms);
  terms.attempt = 2;
  const auto second = start_call("", terms);
  CHECK(second.body == first.body);
  CHECK(field_of(second, "Idempotency-Key") == field_of(first, "Idempotency-Key"));
  CHECK(field_of(second, "X-Attempt") == "2");
  terms.round = 2;
  const auto next = start_call("", terms);
  CHECK(next.body == first.body);
  CHECK(field_of(next, "Idempotency-Key") == '"' + std::string{id_text} + "/2\"");
}

TEST_CASE("a vendor that answers by webhook is told where to", "[vendors]") {
  attempt_terms terms;
  terms.id = some_id();
  terms.payload = "null";
  const auto url = callback_url_of("http://127.0.0.1:8080/", "async", "t-_1");
  terms.callback_url = url;
  CHECK(start_call("/async", terms).body ==
        R"({"job_id":"0192f3a4-5b6c-7d8e-9f01-23456789abcd","payload":null,)"
        R"("callback_url":"http://127.0.0.1:8080/vendor-webhook/async?token=t-_1"})");
}

TEST_CASE("a webhook's URL has the path of the public one, and what is no part of a URL escaped",
          "[vendors]") {
  CHECK(callback_url_of("https://x.test", "a", "b") == "https://x.test/vendor-webhook/a?token=b");
  CHECK(callback_url_of("https://x.test/p//", "a b", "b&c/\xc3\xa4") ==
        "https://x.test/p/vendor-webhook/a%20b?token=b%26c%2F%C3%A4");
}

TEST_CASE("a job is looked up and cancelled by its id", "[vendors]") {
  const auto look_up = look_up_call(prefix_of("/v/async/"), some_id());
  CHECK(look_up.method == "GET");
  CHECK(look_up.target == "/v/async/jobs/" + std::string{id_text});
  CHECK(look_up.headers.empty());
  CHECK(look_up.body.empty());
  const auto cancel = cancel_call(prefix_of("/"), some_id());
  CHECK(cancel.method == "DELETE");
  CHECK(cancel.target == "/jobs/" + std::string{id_text});
  CHECK(cancel.body.empty());
}

}  // namespace tributary::providers::vendors
