// SPDX-License-Identifier: MIT
#include "providers/mock/vendors/vendors.hpp"

#include "../offline_client.hpp"
#include "providers/vendors/webhook_signature.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::providers::mock::vendors {

using namespace std::chrono_literals;
using nlohmann::json;
using providers::vendors::judge_signature;
using providers::vendors::signature_failure;
using providers::vendors::webhook_secret;
using tests::offline_client;

namespace {

constexpr std::array listed{&sync_service, &async_service};
constexpr std::string_view id = "0192f3a4-5b6c-7d8e-9f01-23456789abcd";
constexpr std::string_view secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr std::string_view sync_data =
    R"({"status":"success","data_points":15,"confidence_score":0.95})";
constexpr std::string_view async_data =
    R"({"result":"processed_data","metadata":{"vendor":"async_vendor","processing_time":0.5}})";

std::string order_of(std::string_view job, std::string_view payload = "1") {
  return json{{"job_id", job},
              {"payload", json::parse(payload)},
              {"callback_url", "http://127.0.0.1:1/vendor-webhook/async?token=t"}}
      .dump();
}

/// Both vendors at a time of the test's, and what they want to send.
struct world {
  explicit world(std::string_view with_secret = {}) : client(listed, on_port, with_secret) {}

  scripted_reply post(std::string_view vendor, std::string_view body, std::string_view key = "") {
    tests::header_list headers{{"X-Attempt", "2"}};
    if (!key.empty()) headers.emplace_back("Idempotency-Key", '"' + std::string{key} + '"');
    return client.ask("POST", std::string{vendor} + "/jobs", headers, body);
  }

  json state(std::string_view vendor, std::string_view job = id) {
    return json::parse(client.get(std::string{vendor} + "/jobs/" + std::string{job}).owned);
  }

  json ledger() { return json::parse(client.get("/_ledger").owned); }

  /// The next webhook as it is sent now; it stays under way.
  outgoing_call next() {
    REQUIRE_FALSE(client.calls.waiting.empty());
    auto sent = client.calls.due();
    REQUIRE(sent);
    return *std::move(sent);
  }

  /// Answers the next webhook.
  outgoing_call deliver(unsigned status) {
    auto sent = next();
    client.calls.end({status, {}, {}});
    return sent;
  }

  std::size_t waiting() const { return client.calls.waiting.size(); }

  offline_client client;
};

std::string field_of(const outgoing_call& call, std::string_view name) {
  for (const auto& [key, value] : call.fields) {
    if (key == name) return value;
  }
  return "none";
}

/// What a receiver with `secret` thinks of it.
std::optional<signature_failure> judge(const outgoing_call& call,
                                       std::chrono::system_clock::time_point now,
                                       std::string_view with = secret) {
  const std::vector secrets{webhook_secret::parse(with).value()};
  const auto value = [&](std::string_view name) {
    const auto found = field_of(call, name);
    return found == "none" ? std::string{} : found;
  };
  const auto stamp_id = value("webhook-id");
  const auto timestamp = value("webhook-timestamp");
  const auto signature = value("webhook-signature");
  return judge_signature(secrets, {stamp_id, timestamp, signature}, call.body, now);
}

}  // namespace

TEST_CASE("the synchronous vendor answers with a result and knows it afterwards", "[mock]") {
  world w;
  const auto answer = w.post("/sync", order_of(id), "k/1").answer;
  CHECK(answer.status == 200);
  CHECK(answer.owned == sync_data);
  CHECK(w.state("/sync") == json({{"status", "done"}, {"data", json::parse(sync_data)}}));
  CHECK(w.client.get("/sync/jobs/other").status == 404);
  CHECK(w.client.get("/async/jobs/" + std::string{id}).status == 404);
  CHECK(w.waiting() == 0);
}

TEST_CASE("the asynchronous vendor accepts at once and tells the result later", "[mock]") {
  world w;
  const auto answer = w.post("/async", order_of(id), "k/1").answer;
  CHECK(answer.status == 202);
  const auto accepted = json::parse(answer.owned);
  CHECK(accepted.at("status") == "accepted");
  const auto reference = accepted.at("reference").get<std::string>();
  CHECK_THAT(reference, Catch::StartsWith("av-"));
  CHECK(accepted.size() == 2);
  REQUIRE(w.waiting() == 1);
  CHECK(w.client.calls.waiting.front().first.after == 500ms);
  CHECK(w.state("/async") == json({{"status", "running"}}));
  w.client.now += 499ms;
  CHECK(w.state("/async") == json({{"status", "running"}}));
  w.client.now += 1ms;
  CHECK(w.state("/async") == json({{"status", "done"}, {"data", json::parse(async_data)}}));
  const auto sent = w.deliver(200);
  CHECK(sent.url == "http://127.0.0.1:1/vendor-webhook/async?token=t");
  CHECK(sent.body == R"({"job_id":")" + std::string{id} + R"(","reference":")" + reference +
                         R"(","data":)" + std::string{async_data} + '}');
  CHECK(w.waiting() == 0);
}

TEST_CASE("a repetition with the same key gets the same answer and takes effect once", "[mock]") {
  for (const auto* vendor : {"/sync", "/async"}) {
    INFO(vendor);
    world w;
    const auto first = w.post(vendor, order_of(id), "k/1").answer;
    const auto second = w.post(vendor, order_of(id), "k/1").answer;
    CHECK(second.status == first.status);
    CHECK(second.owned == first.owned);
    CHECK(w.ledger().at("effects") == json({{"k/1", 1}}));
    CHECK(w.waiting() <= 1);
    const auto other = w.post(vendor, order_of(id, "2"), "k/1").answer;
    CHECK(other.status == 422);
    CHECK(w.ledger().at("effects") == json({{"k/1", 1}}));
    const auto next_round = w.post(vendor, order_of(id), "k/2").answer;
    CHECK(next_round.status == first.status);
    CHECK(w.ledger().at("effects") == json({{"k/1", 1}, {"k/2", 1}}));
  }
}

TEST_CASE("without a key each request takes effect", "[mock]") {
  world w;
  w.post("/sync", order_of(id));
  w.post("/sync", order_of(id));
  CHECK(w.ledger().at("effects") == json({{std::string{id}, 2}}));
}

TEST_CASE("references are other ones for other keys, and the same after a restart", "[mock]") {
  const auto reference = [](std::string_view key) {
    world w;
    return json::parse(w.post("/async", order_of(id), key).answer.owned).at("reference");
  };
  CHECK(reference("a/1") == reference("a/1"));
  CHECK(reference("a/1") != reference("a/2"));
}

TEST_CASE("what is no order of a job is refused and takes no effect", "[mock]") {
  world w;
  for (const auto* body : {"", "x", "[]", "1", R"({"job_id":"1"})", R"({"payload":1})",
                           R"({"job_id":1,"payload":1})", R"({"job_id":"","payload":1})"}) {
    INFO(body);
    CHECK(w.post("/sync", body, "k").answer.status == 400);
    CHECK(w.post("/async", body, "k").answer.status == 400);
  }
  CHECK(w.post("/sync", R"({"job_id":"1","payload":null})", "k").answer.status == 200);
  CHECK(w.post("/async", R"({"job_id":"1","payload":1})", "k").answer.status == 400);
  CHECK(w.ledger().at("effects") == json({{"k", 1}}));
  CHECK(w.waiting() == 0);
}

TEST_CASE("paths and methods that a vendor does not have are refused", "[mock]") {
  world w;
  CHECK(w.client.get("/sync").status == 404);
  CHECK(w.client.get("/sync/job").status == 404);
  CHECK(w.client.get("/sync/jobs").status == 405);
  CHECK(w.client.get("/sync/jobs").allow == "POST");
  const auto put = w.client.ask("PUT", "/sync/jobs/x").answer;
  CHECK(put.status == 405);
  CHECK(put.allow == "GET, HEAD, DELETE");
  CHECK(w.client.ask("POST", "/_ledger").answer.status == 405);
}

TEST_CASE("a job is cancelled until it is done, and then nothing is told of it", "[mock]") {
  world w;
  const auto path = "/async/jobs/" + std::string{id};
  CHECK(w.client.ask("DELETE", path).answer.status == 404);
  w.post("/async", order_of(id), "k/1");
  CHECK(w.client.ask("DELETE", path).answer.status == 200);
  CHECK(w.state("/async") == json({{"status", "failed"}}));
  CHECK_FALSE(w.client.calls.due());
  CHECK(w.waiting() == 0);
  CHECK(w.ledger().at("webhooks").at(0).at("error") == "withdrawn");

  w.post("/async", order_of("late"), "k/2");
  w.client.now += 500ms;
  CHECK(w.client.ask("DELETE", "/async/jobs/late").answer.status == 200);
  CHECK(w.state("/async", "late").at("status") == "done");
  w.deliver(200);
}

TEST_CASE("a webhook is repeated each second until it is taken, or the job is cancelled",
          "[mock]") {
  world w{secret};
  w.post("/async", order_of(id), "k/1");
  const auto first = w.deliver(503);
  CHECK(w.client.calls.waiting.front().first.after == 1s);
  w.client.now += 1s;
  const auto second = w.next();
  CHECK(field_of(second, "webhook-id") == field_of(first, "webhook-id"));
  CHECK(field_of(second, "webhook-timestamp") != field_of(first, "webhook-timestamp"));
  CHECK(field_of(second, "webhook-signature") != field_of(first, "webhook-signature"));
  CHECK_FALSE(judge(second, w.client.now));
  w.client.calls.end({0, {}, "connection refused"});
  for (const auto status : {199U, 300U, 401U, 404U, 500U}) w.deliver(status);
  CHECK(w.waiting() == 1);
  w.deliver(202);
  CHECK(w.waiting() == 0);
  const auto webhooks = w.ledger().at("webhooks");
  REQUIRE(webhooks.size() == 8);
  CHECK(webhooks.at(1).at("try") == 2);
  CHECK(webhooks.at(1).at("status") == 0);
  CHECK(webhooks.at(1).at("error") == "connection refused");
  CHECK(webhooks.at(7).at("status") == 202);
  CHECK(webhooks.at(7).at("what") == "done");
  CHECK(webhooks.at(7).at("job_id") == id);

  w.post("/async", order_of("other"), "k/2");
  w.next();
  w.client.ask("DELETE", "/async/jobs/other");
  w.client.calls.end({503, {}, {}});
  CHECK(w.waiting() == 0);
}

TEST_CASE("a webhook is signed where there is a secret, as its knob says when it goes out",
          "[mock]") {
  world w{secret};
  w.post("/async", order_of(id), "k/1");
  const auto sent_with = [&](std::string_view mode) {
    w.client.set("vendor_async", {{"webhook_signature", mode}});
    return w.deliver(401);
  };
  CHECK_FALSE(judge(sent_with("good"), w.client.now));
  CHECK(judge(sent_with("wrong"), w.client.now) == signature_failure::wrong);
  CHECK(judge(sent_with("none"), w.client.now) == signature_failure::missing);
  const auto old = sent_with("old");
  CHECK(judge(old, w.client.now) == signature_failure::too_old);
  CHECK_FALSE(judge(old, w.client.now - 600s));
  CHECK_FALSE(judge(sent_with("good"), w.client.now));
}

TEST_CASE("a webhook has the time at which it goes out, not that of its order", "[mock]") {
  world w{secret};
  w.client.set("vendor_async", {{"webhook_delay_ms", 600'000}});
  w.post("/async", order_of(id), "k/1");
  w.client.now += 600s;
  CHECK_FALSE(judge(w.next(), w.client.now));
}

TEST_CASE("without a secret nothing is signed, and with two both sign", "[mock]") {
  world plain;
  plain.post("/async", order_of(id), "k/1");
  const auto unsigned_one = plain.next();
  CHECK(field_of(unsigned_one, "webhook-signature") == "none");
  CHECK_THAT(field_of(unsigned_one, "webhook-id"), Catch::StartsWith("msg_"));

  const std::string second = "whsec_c2Vjb25k";
  world both{std::string{secret} + ',' + second};
  both.post("/async", order_of(id), "k/1");
  const auto sent = both.next();
  CHECK_FALSE(judge(sent, both.client.now));
  CHECK_FALSE(judge(sent, both.client.now, second));
  CHECK_THROWS_AS(world{"hunter2"}, std::invalid_argument);
}

TEST_CASE("a webhook goes out in as many copies as are wanted, with one id", "[mock]") {
  world w;
  w.client.set("vendor_async", {{"webhook_copies", 3}});
  w.post("/async", order_of(id), "k/1");
  REQUIRE(w.waiting() == 3);
  const auto first = w.deliver(200);
  const auto second = w.deliver(503);
  CHECK(field_of(second, "webhook-id") == field_of(first, "webhook-id"));
  CHECK(second.body == first.body);
  // Each copy is repeated for itself.
  CHECK(w.waiting() == 2);
  w.client.set("vendor_async", {{"webhook_copies", 0}});
  w.post("/async", order_of("silent"), "k/2");
  CHECK(w.waiting() == 2);
}

TEST_CASE("webhooks get lost in the share that is set, always the same ones", "[mock]") {
  const auto sent = [](double share) {
    world w;
    w.client.set("vendor_async", {{"webhook_loss", share}});
    std::string result;
    for (int i = 0; i < 200; ++i) {
      const auto before = w.waiting();
      w.post("/async", order_of("j" + std::to_string(i)), "k" + std::to_string(i));
      result += w.waiting() > before ? '1' : '0';
    }
    return result;
  };
  CHECK(sent(0) == std::string(200, '1'));
  CHECK(sent(1) == std::string(200, '0'));
  const auto some = sent(0.3);
  const auto lost = std::count(some.begin(), some.end(), '0');
  CHECK(lost > 35);
  CHECK(lost < 85);
  CHECK(sent(0.3) == some);
  world w;
  w.client.set("vendor_async", {{"webhook_loss", 1}});
  w.post("/async", order_of(id), "k");
  CHECK(w.ledger().at("webhooks").at(0).at("error") == "lost");
  w.client.now += 1s;
  CHECK(w.state("/async").at("status") == "done");
}

TEST_CASE("progress is told before the end, evenly", "[mock]") {
  world w;
  w.client.set("vendor_async", {{"progress", 3}, {"webhook_delay_ms", 1'000}});
  w.post("/async", order_of(id), "k/1");
  REQUIRE(w.waiting() == 4);
  std::vector<std::string> ids;
  for (const auto percent : {25, 50, 75}) {
    CHECK(w.client.calls.waiting.front().first.after == std::chrono::milliseconds{percent * 10});
    const auto sent = w.deliver(200);
    const auto body = json::parse(sent.body);
    CHECK(body.at("status") == "progress");
    CHECK(body.at("progress") == json({{"percent", percent}}));
    CHECK(body.at("job_id") == id);
    ids.push_back(field_of(sent, "webhook-id"));
  }
  const auto last = w.deliver(200);
  CHECK(json::parse(last.body).contains("data"));
  ids.push_back(field_of(last, "webhook-id"));
  std::sort(ids.begin(), ids.end());
  CHECK(std::unique(ids.begin(), ids.end()) == ids.end());
}

TEST_CASE("a job fails where its knob says so", "[mock]") {
  world w;
  w.client.set("vendor_sync", {{"outcome", std::string_view{"failed"}}});
  w.client.set("vendor_async", {{"outcome", std::string_view{"failed"}}});
  CHECK(w.post("/sync", order_of(id), "k/1").answer.status == 400);
  CHECK(w.post("/sync", order_of(id), "k/1").answer.status == 400);
  CHECK(w.state("/sync") == json({{"status", "failed"}}));
  CHECK(w.post("/async", order_of(id), "k/2").answer.status == 202);
  const auto body = json::parse(w.next().body);
  CHECK(body.at("status") == "failed");
  CHECK(body.at("error") == json({{"message", "the vendor could not do it"}}));
  CHECK_FALSE(body.contains("data"));
  w.client.now += 500ms;
  CHECK(w.state("/async") == json({{"status", "failed"}}));
}

TEST_CASE("a connection is dropped before a job is executed, after that, or in the answer",
          "[mock]") {
  for (const auto* vendor : {"/sync", "/async"}) {
    INFO(vendor);
    world w;
    const auto name = "vendor_" + std::string{vendor}.substr(1);
    const auto dropped = [&](std::string_view when) {
      w.client.set(name, {{"drop", when}});
      return w.post(vendor, order_of(id), "k/1");
    };
    CHECK(dropped("before").drop);
    CHECK(w.ledger().at("effects").empty());
    const auto after = dropped("after");
    CHECK(after.drop);
    CHECK(w.ledger().at("effects") == json({{"k/1", 1}}));
    const auto half = dropped("half");
    CHECK_FALSE(half.drop);
    CHECK(half.truncate);
    const auto none = dropped("none");
    CHECK_FALSE(none.drop);
    CHECK_FALSE(none.truncate);
    CHECK(none.answer.status < 300);
    CHECK(w.ledger().at("effects") == json({{"k/1", 1}}));
    // A question is answered all the same.
    dropped("after");
    const auto asked = w.client.ask("GET", std::string{vendor} + "/jobs/" + std::string{id});
    CHECK_FALSE(asked.drop);
    CHECK(asked.answer.status == 200);
  }
}

TEST_CASE("more requests than are allowed within any second are told to wait", "[mock]") {
  world w;
  w.client.set("vendor_sync", {{"allowed_per_second", 2}});
  const auto status = [&](std::string_view key) {
    return w.post("/sync", order_of(key), key).answer.status;
  };
  CHECK(status("a") == 200);
  w.client.now += 600ms;
  CHECK(status("b") == 200);
  const auto over = w.post("/sync", order_of("c"), "c").answer;
  CHECK(over.status == 429);
  CHECK(over.fields == "Retry-After: 1\r\n");
  CHECK(w.client.get("/sync/jobs/a").status == 429);
  w.client.now += 399ms;
  CHECK(status("c") == 429);
  w.client.now += 1ms;
  CHECK(status("c") == 200);
  CHECK(status("d") == 429);
  CHECK(w.ledger().at("effects") == json({{"a", 1}, {"b", 1}, {"c", 1}}));
  w.client.set("vendor_sync", {});
  for (const auto* key : {"d", "e", "f", "g"}) CHECK(status(key) == 200);
}

TEST_CASE("an acceptance can be held back until its webhook was tried", "[mock]") {
  for (const auto status : {200U, 503U}) {
    world w;
    w.client.set("vendor_async", {{"webhook_first", true}});
    const auto held = w.post("/async", order_of(id), "k/1");
    CHECK(held.answer.status == 202);
    REQUIRE(held.answer.hold);
    auto gone = 0;
    held.answer.hold([&] { ++gone; });
    CHECK(gone == 0);
    CHECK(w.client.calls.waiting.front().first.after == 0ms);
    w.deliver(status);
    CHECK(gone == 1);
    CHECK(w.state("/async").at("status") == "done");
    // What is known already is told without waiting.
    CHECK_FALSE(w.post("/async", order_of(id), "k/1").answer.hold);
  }
}

TEST_CASE("an acceptance is not held back for a webhook that never goes out", "[mock]") {
  world w;
  auto gone = 0;
  w.client.set("vendor_async", {{"webhook_first", true}, {"webhook_loss", 1}});
  w.post("/async", order_of("a"), "a").answer.hold([&] { ++gone; });
  CHECK(gone == 1);
  w.client.set("vendor_async", {{"webhook_first", true}});
  const auto held = w.post("/async", order_of("b"), "b");
  w.deliver(200);
  held.answer.hold([&] { ++gone; });
  CHECK(gone == 2);
}

TEST_CASE("a job whose webhooks cannot be sent is not taken", "[mock]") {
  world w;
  w.client.calls.refusal = caller::only_here;
  const auto elsewhere = w.post("/async", order_of(id), "k/1").answer;
  CHECK(elsewhere.status == 400);
  CHECK_THAT(elsewhere.owned, Catch::Contains("this machine only"));
  for (const auto* passing : {"too many calls are pending", "the mock is stopped"}) {
    w.client.calls.refusal = passing;
    CHECK(w.post("/async", order_of(id), "k/1").answer.status == 503);
  }
  CHECK(w.ledger().at("effects").empty());
  CHECK(w.client.get("/async/jobs/" + std::string{id}).status == 404);
  w.client.calls.refusal.clear();
  CHECK(w.post("/async", order_of(id), "k/1").answer.status == 202);
}

TEST_CASE("a webhook that cannot be repeated is given up in the ledger", "[mock]") {
  world w;
  w.post("/async", order_of(id), "k/1");
  w.next();
  w.client.calls.refusal = "the mock is stopped";
  w.client.calls.end({503, {}, {}});
  CHECK(w.ledger().at("webhooks").at(1).at("error") == "given up: the mock is stopped");
}

TEST_CASE("the ledger has the calls of both vendors in their order", "[mock]") {
  world w;
  w.post("/sync", order_of(id), "k/1");
  w.client.now += 5ms;
  w.client.set("vendor_async", {{"drop", std::string_view{"after"}}});
  w.post("/async", order_of(id), "k/2");
  w.client.get("/sync/jobs/x");
  const auto calls = w.ledger().at("calls");
  REQUIRE(calls.size() == 3);
  const auto at = std::chrono::floor<std::chrono::milliseconds>(w.client.now.time_since_epoch());
  CHECK(calls.at(0) == json({{"vendor", "vendor_sync"},
                             {"method", "POST"},
                             {"path", "/sync/jobs"},
                             {"key", "k/1"},
                             {"attempt", "2"},
                             {"status", 200},
                             {"at", at.count() - 5}}));
  CHECK(calls.at(1).at("vendor") == "vendor_async");
  CHECK(calls.at(1).at("status") == 0);
  CHECK(calls.at(1).at("at") == at.count());
  CHECK(calls.at(2).at("path") == "/sync/jobs/x");
  CHECK(calls.at(2).at("status") == 404);
  CHECK(calls.at(2).at("key") == "");
}

TEST_CASE("the ledger can be read whatever the keys were", "[mock]") {
  world w;
  w.post("/sync", order_of(id), "\xff\"x");
  CHECK(w.ledger().at("effects") == json({{"\xef\xbf\xbd\"x", 1}}));
}

TEST_CASE("webhooks that were posted for a job that is not taken are withdrawn", "[mock]") {
  world w;
  w.client.set("vendor_async", {{"progress", 1}});
  w.client.calls.refuse_from = 1;
  CHECK(w.post("/async", order_of(id), "k/1").answer.status == 503);
  REQUIRE(w.waiting() == 1);
  CHECK_FALSE(w.client.calls.due());
}

TEST_CASE("an error after the effect is an answer that repeats well", "[mock]") {
  world w;
  w.client.set("vendor_sync", {{"error_rate", 1}});
  CHECK(w.post("/sync", order_of(id), "k/1").answer.status == 503);
  w.client.set("vendor_sync", {});
  CHECK(w.post("/sync", order_of(id), "k/1").answer.status == 200);
  CHECK(w.ledger().at("effects") == json({{"k/1", 1}}));
}

}  // namespace tributary::providers::mock::vendors
