// SPDX-License-Identifier: MIT
#include "actors/telemetry/access_log.hpp"

#include "captured_log.hpp"

#include <catch2/catch.hpp>

namespace tributary::actors::telemetry {

using namespace std::chrono_literals;
using config::log_level;
using nlohmann::json;
using tests::captured_log;

namespace {

access_record sample() {
  return {.request_id = "r-1",
          .method = "GET",
          .route = "/users/{id}",
          .path = "/users/7",
          .query = "a=1&token=S3cr3t",
          .status = 200,
          .bytes = 1234,
          .duration = 12'345us,
          .remote_address = "192.0.2.1",
          .user_agent = "curl/8"};
}

}  // namespace

TEST_CASE("an access line says who asked what and what came of it", "[telemetry][access_log]") {
  captured_log log;
  auto record = sample();
  record.parts = "customer;status=200;dur=4, orders;error=http_response_timeout;dur=800";
  record.cache_result = "miss";
  log_access(log.to, record);
  auto line = log.last();
  CHECK(line.erase("ts") == 1);
  CHECK(line == json::parse(R"({"level":"info","event":"request.done","message":"request answered",
    "request_id":"r-1","method":"GET","route":"/users/{id}","path":"/users/7",
    "query":"a=1&token=[redacted]","status":200,"bytes":1234,"duration_ms":12.345,
    "remote":"192.0.2.1","user_agent":"curl/8","cache":"miss",
    "parts":"customer;status=200;dur=4, orders;error=http_response_timeout;dur=800"})"));
}

TEST_CASE("a request that was no aggregate has no parts and no cache result",
          "[telemetry][access_log]") {
  captured_log log;
  auto record = sample();
  record.query = {};
  record.user_agent = {};
  log_access(log.to, record);
  const auto line = log.last();
  for (const auto name : {"parts", "cache", "query", "user_agent"}) {
    CHECK_FALSE(line.contains(name));
  }
}

TEST_CASE("a client that left is logged with status 499", "[telemetry][access_log]") {
  captured_log log;
  auto record = sample();
  record.client_gone = true;
  log_access(log.to, record);
  CHECK(log.last()["status"] == 499);
}

TEST_CASE("what a client sends cannot break the line or show a secret", "[telemetry][access_log]") {
  captured_log log;
  auto record = sample();
  const std::string agent = std::string(199, 'a') + "éé";
  record.user_agent = agent;
  record.path = "/x;token=S3cr3t/\"\\\x1b\xff";
  record.request_id = "\"},{\n";
  record.query = "next=%2Fcb%3Fsecret%3DS3cr3t&b=\x01";
  log_access(log.to, record);
  const auto text = log.lines().at(0);
  CHECK(text.find("S3cr3t") == text.npos);
  CHECK(text.find('\n') == text.size() - 1);
  const auto line = log.last();
  CHECK(line["user_agent"] == std::string(199, 'a'));
  CHECK(line["request_id"] == "\"},{\n");
  CHECK(line["query"] == "next=[redacted]&b=\x01");
}

TEST_CASE("above level info no access line is written", "[telemetry][access_log]") {
  captured_log log(log_level::warning);
  log_access(log.to, sample());
  CHECK(log.lines().empty());
}

}  // namespace tributary::actors::telemetry
