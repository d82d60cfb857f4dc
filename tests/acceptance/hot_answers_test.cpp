// SPDX-License-Identifier: MIT
#include "actors/runtime/runtime.hpp"
#include "support/eventually.hpp"
#include "support/gateway_fixture.hpp"

#include <caf/all.hpp>
#include <catch2/catch.hpp>

#include <array>
#include <memory>
#include <string>
#include <vector>

/// What workers answer by themselves, as nobody but the one who measures may notice.
namespace tributary::tests {

namespace {

const std::string keep_alive = running_gateway::request("GET", customer_target);

/// Connections enough that each worker has some.
class many_clients {
 public:
  explicit many_clients(running_gateway& of) {
    for (int i = 0; i < 16; ++i) clients_.push_back(std::make_unique<raw_client>(of->port()));
  }

  /// The answers to one request on each connection.
  std::vector<std::string> ask(const std::string& request = keep_alive, bool head = false) {
    std::vector<std::string> result;
    for (const auto& each : clients_) each->send(request);
    for (const auto& each : clients_) result.push_back(each->read_answer(head));
    return result;
  }

  /// Until every worker has what it answers by itself.
  void warm_up() {
    for (int i = 0; i < 8; ++i) ask();
  }

 private:
  std::vector<std::unique_ptr<raw_client>> clients_;
};

/// How many messages the cache's shards have read.
std::uint64_t shard_messages(running_gateway& gateway) {
  std::uint64_t result = 0;
  for (const auto& each : gateway->threads().directory().snapshot()) {
    if (each->kind == "cache_shard") result += each->processed;
  }
  return result;
}

std::string version(int number) { return R"({"v":)" + std::to_string(number) + "}"; }

}  // namespace

TEST_CASE("after a purge nobody gets the old answer, however hot it was", "[cache][purge][hot]") {
  three_services services;
  running_gateway gateway{services.settings()};
  many_clients clients{gateway};
  const std::array<std::string, 2> purges{"/cache/customer:c1", "/cache?prefix=cust"};
  for (int round = 1; round <= 12; ++round) {
    services.master.always(answer(version(round)));
    CAPTURE(round);
    REQUIRE(status_of(gateway.admin("DELETE", purges[static_cast<std::size_t>(round) % 2])) == 204);
    for (int i = 0; i < 4; ++i) {
      for (const auto& each : clients.ask()) REQUIRE(has(body_of(each), version(round)));
    }
  }
}

TEST_CASE("a worker answers what is hot without asking the shard", "[cache][hot]") {
  three_services services;
  running_gateway gateway{services.settings()};
  many_clients clients{gateway};
  clients.warm_up();
  const auto before = shard_messages(gateway);
  for (int i = 0; i < 10; ++i) clients.ask();
  // Both workers tell of their hits once a second, or by 256.
  CHECK(shard_messages(gateway) < before + 40);
  CHECK(services.customer.requests().size() == 1);
}

TEST_CASE("what a worker answers by itself reads as the shard's own answer", "[cache][hot]") {
  three_services services;
  running_gateway gateway{services.settings()};
  gateway.get(customer_target);
  const auto of_shard = gateway.get(customer_target);
  const auto etag = header_of(of_shard, "ETag");
  many_clients clients{gateway};
  clients.warm_up();
  for (const auto& each : clients.ask()) {
    CHECK(is_hit(each));
    CHECK(body_of(each) == three_services::complete_body);
    CHECK(header_of(each, "Cache-Status").find("detail") == std::string::npos);
    CHECK_FALSE(header_of(each, "Age").empty());
    CHECK(header_of(each, "Cache-Control").starts_with("private, max-age="));
    for (const auto* name : {"ETag", "Aggregate-Status", "Aggregate-Complete", "Vary",
                             "Content-Type", "Content-Length"}) {
      CAPTURE(name);
      CHECK(header_of(each, name) == header_of(of_shard, name));
    }
  }
  const auto with = [](const std::string& fields, const std::string& method = "GET") {
    return running_gateway::request(method, customer_target, fields);
  };
  for (const auto& each : clients.ask(with("If-None-Match: " + etag + "\r\n"))) {
    CHECK(status_of(each) == 304);
    CHECK(is_hit(each));
    CHECK(header_of(each, "ETag") == etag);
  }
  for (const auto& each : clients.ask(with("If-Match: \"another\"\r\n"))) {
    CHECK(status_of(each) == 412);
  }
  for (const auto& each : clients.ask(with("", "HEAD"), true)) {
    CHECK(is_hit(each));
    CHECK(header_of(each, "Content-Length") == header_of(of_shard, "Content-Length"));
  }
  for (const auto& each : clients.ask(with("Prefer: handling=strict\r\n"))) {
    CHECK(is_hit(each));
    CHECK(header_of(each, "Preference-Applied") == "handling=strict");
  }
  for (const auto& each : clients.ask(with("X-Request-Timeout-Ms: soon\r\n"))) {
    CHECK(status_of(each) == 400);
  }
}

TEST_CASE("every hit is counted, whoever answers it", "[cache][hot]") {
  three_services services;
  running_gateway gateway{services.settings()};
  many_clients clients{gateway};
  gateway.get(customer_target);
  for (int i = 0; i < 20; ++i) clients.ask();
  CHECK(eventually([&] {
    return has(gateway.admin("GET", "/metrics"),
               R"(tributary_cache_total{endpoint="aggregated-data",result="hit"} 320)");
  }));
}

TEST_CASE("a shard that died has left nothing behind with the workers", "[cache][hot]") {
  three_services services;
  running_gateway gateway{services.settings()};
  many_clients clients{gateway};
  clients.warm_up();
  services.master.always(answer(version(2)));
  for (const auto& each : aggregation_of(gateway).caches) {
    caf::anon_send_exit(each->current(), caf::exit_reason::kill);
  }
  CHECK(eventually([&] {
    for (const auto& each : aggregation_of(gateway).caches) {
      if (each->incarnation() < 2 || each->current() == nullptr) return false;
    }
    return true;
  }));
  for (int i = 0; i < 4; ++i) {
    for (const auto& each : clients.ask()) CHECK(has(body_of(each), version(2)));
  }
}

}  // namespace tributary::tests
