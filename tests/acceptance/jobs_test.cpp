// SPDX-License-Identifier: MIT
#include "config/sections/jobs_settings.hpp"
#include "http/server/systems/jobs_system.hpp"
#include "providers/mock/wire/mock_server.hpp"
#include "support/eventually.hpp"
#include "support/gateway_fixture.hpp"
#include "support/temporary_folder.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace tributary::tests {

namespace {

using nlohmann::json;
using providers::mock::mock_options;
using providers::mock::mock_server;

std::string text_in(const json& document, const char* member) {
  return document.at(member).get<std::string>();
}

/// A gateway with jobs in a folder of its own, and the stand-in vendors. `restart` is a new
/// process's life on the same folder.
class jobs_on_stage {
 public:
  explicit jobs_on_stage(std::function<void(config::jobs_settings&)> change = [](auto&) {})
      : change_(std::move(change)) {
    if (const auto problem = vendors.start()) throw std::runtime_error(*problem);
    start();
  }

  void restart() {
    gateway.reset();
    start();
  }

  std::string ask(std::string_view method, std::string_view target, std::string_view body = {},
                  std::string_view fields = {}) const {
    auto all = "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
               "\r\n" + std::string{fields};
    raw_client client{(*gateway)->port()};
    client.send(running_gateway::request(method, target, all).append(body));
    return client.read_answer();
  }

  json get(const std::string& id) const { return json::parse(body_of(ask("GET", "/jobs/" + id))); }

  /// Hands in a payload, which has to be accepted.
  std::string accept(std::string_view payload) const {
    const auto raw = ask("POST", "/jobs", payload);
    REQUIRE(status_of(raw) == 202);
    return text_in(json::parse(body_of(raw)), "request_id");
  }

  json ended(const std::string& id) const {
    REQUIRE(eventually([&] { return has_ended(get(id)); }));
    return get(id);
  }

  json ledger() const {
    raw_client client{vendors.port("vendor_sync")};
    client.send("GET /_ledger HTTP/1.1\r\nHost: v\r\n\r\n");
    return json::parse(body_of(client.read_answer()));
  }

  static bool has_ended(const json& job) {
    const auto status = text_in(job, "status");
    return status == "complete" || status == "failed" || status == "dead" ||
           status == "cancelled" || status == "expired";
  }

  temporary_folder folder;
  mock_server vendors{mock_options::on_free_ports()};
  std::unique_ptr<running_gateway> gateway;

 private:
  void start() {
    auto settings = local_with_jobs(shipped({{"VENDOR_SYNC_URL", vendors.url("vendor_sync")},
                                             {"VENDOR_ASYNC_URL", vendors.url("vendor_async")}}),
                                    folder);
    alter<config::jobs_settings>(settings, change_);
    gateway = std::make_unique<running_gateway>(std::move(settings));
  }

  std::function<void(config::jobs_settings&)> change_;
};

}  // namespace

TEST_CASE("a job of a synchronous vendor is accepted, run and shown with its result", "[jobs]") {
  const jobs_on_stage stage;
  const auto raw = stage.ask("POST", "/jobs", R"({"user_id": 12345, "query": "get_user_data"})");
  CHECK(status_of(raw) == 202);
  const auto accepted = json::parse(body_of(raw));
  const auto id = text_in(accepted, "request_id");
  CHECK(text_in(accepted, "status_url") == "/jobs/" + id);
  const auto job = stage.ended(id);
  CHECK(text_in(job, "status") == "complete");
  CHECK(text_in(job["result"], "vendor_type") == "sync");
  CHECK(job["result"]["result"]["data_points"] == 15);
  CHECK(job["attempts"].size() == 1);
}

TEST_CASE("a job of an asynchronous vendor is completed by its webhook", "[jobs]") {
  const jobs_on_stage stage;
  const auto id = stage.accept(R"({"_job": {"vendor": "async"}, "query": "slow"})");
  const auto job = stage.ended(id);
  CHECK(text_in(job, "status") == "complete");
  CHECK(text_in(job["result"], "vendor_type") == "async");
  CHECK(job["result"]["result"]["metadata"]["vendor"] == "async_vendor");
}

TEST_CASE("who waits for a job is answered when it has ended", "[jobs]") {
  const jobs_on_stage stage;
  const auto id = stage.accept(R"({"_job": {"vendor": "async"}})");
  const auto job = json::parse(body_of(stage.ask("GET", "/jobs/" + id + "?wait=20")));
  CHECK(text_in(job, "status") == "complete");
}

TEST_CASE("personal data reaches neither the vendor nor the store", "[jobs]") {
  const jobs_on_stage stage(
      [](auto& jobs) { jobs.vendors.front().kind = config::vendor_kind::echo; });
  const auto id = stage.accept(R"({"email": "joe@example.com", "note": "call joe@example.com"})");
  const auto job = stage.ended(id);
  CHECK(job["result"]["result"]["email"] == "[redacted]");
  CHECK(job["result"]["result"]["note"] == "call [email]");
}

TEST_CASE("a request that is repeated with its key is one job, and answered in the same words",
          "[jobs]") {
  const jobs_on_stage stage;
  const auto post = [&](std::string_view payload) {
    return stage.ask("POST", "/jobs", payload, "Idempotency-Key: \"k-1\"\r\n");
  };
  const auto first = post(R"({"a": 1})");
  const auto again = post(R"({"a": 1})");
  CHECK(status_of(again) == 202);
  CHECK(body_of(again) == body_of(first));
  CHECK(again.find("Idempotent-Replayed: true") != std::string::npos);
  CHECK(status_of(post(R"({"a": 2})")) == 422);
}

TEST_CASE("a vendor that fails for a time is asked again with the same key, and does it once",
          "[jobs]") {
  jobs_on_stage stage([](auto& jobs) {
    for (auto& each : jobs.vendors) each.retry.base = std::chrono::milliseconds{20};
  });
  stage.vendors.set("vendor_sync", {{"error_rate", 1.0}});
  const auto id = stage.accept(R"({"q": 1})");
  REQUIRE(eventually([&] { return stage.get(id)["attempts"].size() >= 2; }));
  stage.vendors.set("vendor_sync", {{"error_rate", 0.0}});
  const auto job = stage.ended(id);
  CHECK(text_in(job, "status") == "complete");
  CHECK(job["attempts"][0]["outcome"] == "retry");
  CHECK(job["attempts"][0]["status"] == 503);
  CHECK(stage.ledger()["effects"][id + "/1"] == 1);
}

TEST_CASE("a job that is cancelled while its vendor has it ends as cancelled", "[jobs]") {
  jobs_on_stage stage;
  stage.vendors.set("vendor_async", {{"webhook_delay_ms", std::int64_t{60000}}});
  const auto id = stage.accept(R"({"_job": {"vendor": "async"}})");
  REQUIRE(eventually([&] { return text_in(stage.get(id), "status") == "awaiting_vendor"; }));
  CHECK(status_of(stage.ask("POST", "/jobs/" + id + "/cancel")) == 202);
  CHECK(text_in(stage.ended(id), "status") == "cancelled");
  CHECK(status_of(stage.ask("POST", "/jobs/" + id + "/cancel")) == 200);
}

TEST_CASE("a job that is scheduled is a row until its time, and cancelled at once", "[jobs]") {
  const jobs_on_stage stage;
  const auto id = stage.accept(R"({"_job": {"delay": "1h"}})");
  CHECK(text_in(stage.get(id), "status") == "scheduled");
  CHECK(status_of(stage.ask("DELETE", "/jobs/" + id)) == 200);
  CHECK(text_in(stage.get(id), "status") == "cancelled");
}

TEST_CASE("the kill of a running job's actor ends its attempt, and the job goes on", "[jobs]") {
  jobs_on_stage stage([](auto& jobs) {
    for (auto& each : jobs.vendors) each.retry.base = std::chrono::milliseconds{20};
  });
  stage.vendors.set("vendor_sync", {{"latency_ms", std::int64_t{5000}}});
  const auto id = stage.accept(R"({"q": 1})");
  REQUIRE(eventually([&] { return text_in(stage.get(id), "status") == "processing"; }));
  CHECK(body_of(stage.gateway->admin("GET", "/admin/jobs/running")).find(id) != std::string::npos);
  stage.vendors.set("vendor_sync", {{"latency_ms", std::int64_t{0}}});
  CHECK(status_of(stage.gateway->admin("POST", "/admin/jobs/" + id + "/kill",
                                       "Content-Length: 0\r\n")) == 202);
  const auto job = stage.ended(id);
  CHECK(text_in(job, "status") == "complete");
  CHECK(job["attempts"][0]["outcome"] == "crashed");
}

TEST_CASE("jobs outlive the process, ended ones with their results", "[jobs]") {
  jobs_on_stage stage;
  const auto done = stage.accept(R"({"q": 1})");
  stage.ended(done);
  const auto later = stage.accept(R"({"_job": {"delay": "1h"}})");
  stage.restart();
  CHECK(text_in(stage.get(done), "status") == "complete");
  CHECK(text_in(stage.get(later), "status") == "scheduled");
  const auto counts = json::parse(body_of(stage.gateway->admin("GET", "/admin/invariants")));
  CHECK(counts["accepted"] == 2);
  CHECK(counts["purged"] == 0);
  CHECK(counts["holds"] == true);
}

TEST_CASE("a process that stops gives back what its vendors have not answered", "[jobs]") {
  jobs_on_stage stage([](auto& jobs) { jobs.drain = std::chrono::milliseconds{50}; });
  stage.vendors.set("vendor_sync", {{"latency_ms", std::int64_t{20000}}});
  const auto id = stage.accept(R"({"q": 1})");
  REQUIRE(eventually([&] { return text_in(stage.get(id), "status") == "processing"; }));
  stage.vendors.set("vendor_sync", {{"latency_ms", std::int64_t{0}}});
  stage.restart();
  const auto job = stage.ended(id);
  CHECK(text_in(job, "status") == "complete");
  CHECK(job["attempts"].size() == 1);  // the one that was given back is none
}

}  // namespace tributary::tests
