// SPDX-License-Identifier: MIT
#include "support/eventually.hpp"
#include "support/gateway_fixture.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdio>
#include <future>
#include <memory>
#include <string>

namespace tributary::tests {

namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

/// Exit code and words of `promtool check metrics` about a text; -1 when there is no such tool.
std::pair<int, std::string> promtool(const std::string& metrics) {
  if (std::system("command -v promtool >/dev/null 2>&1") != 0) return {-1, {}};
  char name[] = "/tmp/tributary-metrics-XXXXXX";
  const int file = ::mkstemp(name);
  std::FILE* out = ::fdopen(file, "w");
  std::fwrite(metrics.data(), 1, metrics.size(), out);
  std::fclose(out);
  std::string words;
  std::FILE* pipe =
      ::popen(("promtool check metrics <" + std::string{name} + " 2>&1").c_str(), "r");
  char piece[512];
  while (std::fgets(piece, sizeof piece, pipe) != nullptr) words += piece;
  const int code = ::pclose(pipe);
  std::remove(name);
  return {code, words};
}

}  // namespace

TEST_CASE("the health routes are on both ports, what is for operators on theirs alone",
          "[operation]") {
  three_services services;
  running_gateway gateway{services.settings()};
  for (const std::string path : {"/livez", "/readyz", "/health"}) {
    CAPTURE(path);
    CHECK(status_of(gateway.get(path)) == 200);
    CHECK(status_of(gateway.admin("GET", path)) == 200);
    CHECK(header_of(gateway.get(path), "Content-Type") == "application/json");
    CHECK(header_of(gateway.get(path), "Cache-Control") == "no-store");
    CHECK(header_of(gateway.head(path), "Content-Type") == "application/json");
  }
  CHECK(status_of(gateway.get("/metrics")) == 404);
  CHECK(status_of(gateway.admin("GET", "/metrics")) == 200);
  CHECK(status_of(gateway.admin("GET", customer_target)) == 404);
}

TEST_CASE("health names each dependency with its state", "[operation]") {
  three_services services;
  running_gateway gateway{services.settings()};
  const auto document = nlohmann::json::parse(body_of(gateway.get("/health")));
  CHECK(document.at("status") == "ok");
  CHECK(document.at("version").is_string());
  CHECK(document.at("uptime_seconds").is_number_integer());
  for (const auto* name : {"customer", "master", "transaction", "cache"}) {
    const auto& entry = document.at("dependencies").at(name);
    CHECK(entry.at("status") == "ok");
    CHECK(entry.at("detail").is_string());
    if (name != std::string{"cache"}) CHECK(entry.at("since").is_string());
  }
}

TEST_CASE("all metrics satisfy promtool and tell what happened", "[operation]") {
  three_services services;
  running_gateway gateway{services.settings()};
  gateway.get(customer_target);
  gateway.get(customer_target);
  services.master.always(answer("{}", 500));
  gateway.get("/aggregated-data?customer_id=c2");
  gateway.get("/aggregated-data");
  gateway.get("/nowhere");
  std::string text;
  const auto tells = [&](const std::string& word) {
    return eventually([&] {
      text = body_of(gateway.admin("GET", "/metrics"));
      return text.find(word) != std::string::npos;
    });
  };
  for (const std::string name :
       {"tributary_overhead_seconds_bucket", "tributary_partial_total{", "tributary_breaker_state{",
        "tributary_cache_total{", "tributary_coalesced_total", "tributary_mailbox_depth",
        "tributary_inflight", "http_server_request_duration_seconds_bucket",
        "http_client_request_duration_seconds_bucket", "tributary_config_generation"}) {
    CAPTURE(name);
    CHECK(tells(name));
  }
  const auto [code, words] = promtool(text);
  CAPTURE(words);
  if (code == -1) WARN("promtool is not installed");
  CHECK((code == 0 || code == -1));
}

TEST_CASE("with a token the operators' calls need it, and health does not", "[operation]") {
  three_services services;
  auto settings = services.settings();
  settings.admin.token = "s3cret";
  running_gateway gateway{std::move(settings)};
  const std::string wrong[] = {"", "Authorization: Bearer wrong\r\n", "Authorization: s3cret\r\n",
                               "Authorization: Bearer s3cret1\r\n", "Authorization: Bearer\r\n"};
  for (const auto& fields : wrong) {
    CAPTURE(fields);
    const auto refused = gateway.admin("GET", "/metrics", fields);
    CHECK(status_of(refused) == 401);
    CHECK(header_of(refused, "WWW-Authenticate") == "Bearer");
    CHECK(status_of(gateway.admin("DELETE", "/cache/x", fields)) == 401);
  }
  const std::string right = "Authorization: Bearer s3cret\r\n";
  CHECK(status_of(gateway.admin("GET", "/metrics", right)) == 200);
  CHECK(status_of(gateway.admin("DELETE", "/cache/x", right)) == 204);
  CHECK(status_of(gateway.admin("GET", "/livez")) == 200);
}

TEST_CASE("without a token pages of other sites cannot make operators' calls", "[operation]") {
  three_services services;
  running_gateway gateway{services.settings()};
  const auto ask = [&](const std::string& method, const std::string& target,
                       const std::string& fields, const std::string& version = "1.1") {
    raw_client client{gateway->admin_port()};
    client.send(method + " " + target + " HTTP/" + version + "\r\n" + fields + "\r\n");
    return client.read_answer();
  };
  const auto port = std::to_string(gateway->admin_port());
  const auto foreign = ask("DELETE", "/cache/x", "Host: evil.example:" + port + "\r\n");
  CHECK(status_of(foreign) == 421);
  CHECK(body_of(foreign).find("WRONG_HOST") != std::string::npos);
  // The authority of an absolute form takes the place of Host.
  CHECK(status_of(ask("DELETE", "http://evil.example/cache/x", "Host: localhost\r\n")) == 421);
  const auto from_page =
      ask("DELETE", "/cache/x", "Host: localhost:" + port + "\r\nOrigin: http://evil.example\r\n");
  CHECK(status_of(from_page) == 403);
  CHECK(body_of(from_page).find("CROSS_ORIGIN") != std::string::npos);
  for (const auto* host : {"localhost", "127.0.0.1", "[::1]", "tributary.localhost"}) {
    CAPTURE(host);
    const auto named = std::string{host} + ":" + port;
    CHECK(status_of(ask("DELETE", "/cache/x",
                        "Host: " + named + "\r\nOrigin: http://" + named + "\r\n")) == 204);
  }
  CHECK(status_of(ask("DELETE", "/cache/x", "", "1.0")) == 204);
  for (const auto* open : {"/livez", "/readyz", "/health", "/metrics"}) {
    CAPTURE(open);
    CHECK(status_of(ask("GET", open, "Host: node7.example:9090\r\n")) == 200);
  }
}

TEST_CASE("a stop lets the request in work finish, says close, and turns unready first",
          "[operation][stop]") {
  three_services services;
  gate told;
  services.master.always(script{}.wait(told).send(answer(three_services::master_body)));
  auto settings = services.settings();
  alter_endpoint(settings, [&](auto& endpoint) { endpoint.timeout = 30s; });
  settings.server.drain_delay = 600ms;
  running_gateway gateway{std::move(settings)};
  raw_client client{gateway->port()};
  client.send(running_gateway::request("GET", customer_target));
  REQUIRE(services.master.await_requests(1));
  raw_client kept{gateway->port()};
  kept.send(running_gateway::request("GET", "/livez"));
  CHECK(header_of(kept.read_answer(), "Connection") != "close");
  auto stopped = std::async(std::launch::async, [&] { gateway->stop(); });
  // Still served, but load balancers are told to go elsewhere.
  CHECK(eventually([&] { return status_of(gateway.get("/readyz")) == 503; }));
  CHECK(eventually([&] {
    kept.send(running_gateway::request("GET", "/livez"));
    return header_of(kept.read_answer(), "Connection") == "close";
  }));
  CHECK(status_of(gateway.admin("GET", "/livez")) == 200);
  const auto port = gateway->port();
  CHECK(eventually([&] {
    try {
      raw_client late{port};
      late.send(running_gateway::request("GET", "/livez"));
      return late.read_answer().empty();
    } catch (const std::runtime_error&) {
      return true;
    }
  }));
  told.open();
  const auto raw = client.read_answer();
  CHECK(status_of(raw) == 200);
  CHECK(body_of(raw) == three_services::complete_body);
  CHECK(header_of(raw, "Connection") == "close");
  client.read_to_end();
  CHECK(client.closed());
  CHECK(stopped.wait_for(10s) == std::future_status::ready);
}

TEST_CASE("a request that does not end is cut off after the drain timeout", "[operation][stop]") {
  three_services services;
  services.master.always(script{}.hang());
  auto settings = services.settings();
  alter_endpoint(settings, [&](auto& endpoint) { endpoint.timeout = 60s; });
  settings.server.drain_timeout = 300ms;
  running_gateway gateway{std::move(settings)};
  raw_client client{gateway->port()};
  client.send(running_gateway::request("GET", customer_target));
  raw_client idle{gateway->port()};
  REQUIRE(services.master.await_requests(1));
  const auto before = steady_clock::now();
  gateway->stop();
  CHECK(steady_clock::now() - before < 5s);
  client.read_to_end();
  CHECK(client.closed());
  idle.read_to_end();
  CHECK(idle.closed());
  CHECK(services.master.await_closed_by_peer(1));
}

}  // namespace tributary::tests
