// SPDX-License-Identifier: MIT
#include "actors/telemetry/server_metrics.hpp"

#include "metrics_lines.hpp"

#include "actors/cache/watch_caches.hpp"

#include "actors/runtime/actor_cell.hpp"
#include "actors/telemetry/logging.hpp"
#include "config/sections/aggregate_settings.hpp"

#include <catch2/catch.hpp>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

namespace tributary::actors::telemetry {

using tests::has_line;
using namespace std::chrono_literals;
using http::wire::error_token;

namespace {

/// The metrics of two upstreams and two endpoints.
class counted_pair : public server_metrics {
 public:
  counted_pair() {
    upstreams_.resize(2);
    upstreams_[0].name = "customer";
    upstreams_[0].rate_limit = config::rate_limit_settings{};
    upstreams_[1].name = "orders";
    upstreams_[1].breaker.enabled = false;
    endpoints_.resize(2);
    auto& summary = endpoints_[0];
    summary.name = "summary";
    summary.cache = config::endpoint_cache_settings{};
    summary.parts.resize(2);
    summary.parts[0].upstream = "customer";
    summary.parts[1].upstream = "orders";
    endpoints_[1].name = "plain";
    for (const auto i : {0, 1}) upstream(i), endpoint(i);
  }

  upstream_metrics& upstream(std::size_t i) {
    return server_metrics::upstream(upstreams_[i], false);
  }
  endpoint_metrics& endpoint(std::size_t i) { return server_metrics::endpoint(endpoints_[i]); }

 private:
  std::vector<config::upstream_settings> upstreams_;
  std::vector<config::endpoint_settings> endpoints_;
};

bool mentions(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

bool is_in_path(const std::string& program) {
  const std::string path = std::getenv("PATH") ? std::getenv("PATH") : "";
  for (std::size_t at = 0; at <= path.size();) {
    const auto end = std::min(path.find(':', at), path.size());
    if (std::filesystem::exists(path.substr(at, end - at) + "/" + program)) return true;
    at = end + 1;
  }
  return false;
}

/// What `promtool check metrics` says of the text, and whether it is content.
std::pair<int, std::string> promtool(const std::string& text) {
  const auto stem = std::filesystem::temp_directory_path() / "tributary-metrics-XXXXXX";
  std::string name = stem.string();
  const int file = ::mkstemp(name.data());
  REQUIRE(file >= 0);
  auto* out = ::fdopen(file, "w");
  std::fwrite(text.data(), 1, text.size(), out);
  std::fclose(out);
  auto* run = ::popen(("promtool check metrics < " + name + " 2>&1").c_str(), "r");
  REQUIRE(run);
  std::string said;
  for (int c = 0; (c = std::fgetc(run)) != EOF;) said += static_cast<char>(c);
  const int code = ::pclose(run);
  std::filesystem::remove(name);
  return {code, said};
}

/// Makes every kind of series there is.
void touch_everything(counted_pair& m) {
  auto& endpoint = m.endpoint(0);
  m.route("/users/{id}/summary").answered("GET", 200, 3ms);
  endpoint.overhead.observe(60us);
  endpoint.parts[1].missing(error_token::http_response_timeout);
  endpoint.cache.hit.add();
  endpoint.coalesced.add();
  m.upstream(0).answered(200, 7ms);
  m.upstream(0).failed(error_token::connection_refused, 1ms);
  m.upstream(0).breaker_moved(breaker_level::open);
  m.upstream(0).in_flight.add(1);
  m.upstream(0).rate_limited.add();
  m.unmatched().answered("BREW", 404, 10us);
  m.route("/health").answered("HEAD", 200, 10us);
  auto shard = std::make_shared<actors::cache::shard_counters>();
  shard->bytes = 4096;
  cache::watch_answer_cache(m.metrics(), {shard, shard});
  m.watch_listener([] { return listener_numbers{2, 3, 1, 0}; });
}

}  // namespace

TEST_CASE("everything rendered is clean for promtool", "[telemetry][server_metrics]") {
  if (!is_in_path("promtool")) {
    WARN("skipped: promtool (package prometheus) is not installed");
    return;
  }
  counted_pair m;
  actors::runtime::actor_directory directory;
  directory.add(
      std::make_shared<actors::runtime::actor_cell>("/guards/customer/breaker", "breaker"));
  logger log;
  m.watch_actors(directory);
  m.watch_log(log);
  touch_everything(m);
  const auto [code, said] = promtool(m.render());
  CHECK(said == "");
  CHECK(code == 0);
  CHECK(promtool("broken metric\n").first != 0);
}

TEST_CASE("cache and listener are read when they are rendered", "[telemetry][server_metrics]") {
  counted_pair m;
  touch_everything(m);
  const auto text = m.render();
  CHECK(has_line(text, "tributary_cache_bytes 8192"));
  CHECK(has_line(text, "tributary_inflight 2"));
  CHECK(has_line(text, R"(tributary_shed_total{reason="max_in_flight"} 1)"));
}

TEST_CASE("requests count by method, route and status", "[telemetry][server_metrics]") {
  counted_pair m;
  auto& route = m.route("/users/{id}/summary");
  route.answered("GET", 200, 5ms);
  route.answered("GET", 200, 6ms);
  route.answered("POST", 405, 1ms);
  route.answered("get", 42, 1ms);
  m.unmatched().answered("GET", 404, 1ms);
  const auto text = m.render();
  const auto line = [](const std::string& method, const std::string& where,
                       const std::string& status, const std::string& value) {
    return "http_server_request_duration_seconds_count{http_request_method=\"" + method +
           "\",http_route=\"" + where + "\",http_response_status_code=\"" + status + "\"} " + value;
  };
  CHECK(has_line(text, line("GET", "/users/{id}/summary", "200", "2")));
  CHECK(has_line(text, line("POST", "/users/{id}/summary", "405", "1")));
  CHECK(has_line(text, line("_OTHER", "/users/{id}/summary", "other", "1")));
  CHECK(has_line(text, line("GET", "unmatched", "404", "1")));
  CHECK(mentions(text, "http_response_status_code=\"200\",le=\"0.005\"} 1"));
}

TEST_CASE("a template, an upstream and an endpoint have one set of metrics each, found by name",
          "[telemetry][server_metrics]") {
  counted_pair m;
  CHECK(&m.route("/health") == &m.route("/health"));
  CHECK(&m.route("/health") != &m.route("/readyz"));
  CHECK(&m.upstream(0) == &m.upstream(0));
  CHECK(&m.upstream(0) != &m.upstream(1));
  auto again = config::endpoint_settings{};
  again.name = "summary";
  CHECK(&m.endpoint(0) == &m.server_metrics::endpoint(again));
}

TEST_CASE("calls to an upstream count by status or by reason", "[telemetry][server_metrics]") {
  counted_pair m;
  m.upstream(1).answered(503, 1ms);
  m.upstream(1).failed(error_token::dns_error, 1ms);
  m.upstream(1).failed(error_token::dns_error, 1ms);
  const auto text = m.render();
  const std::string name = "http_client_request_duration_seconds_count{upstream=\"orders\",";
  CHECK(has_line(text, name + "http_response_status_code=\"503\"} 1"));
  CHECK(has_line(text, name + "error_type=\"dns_error\"} 2"));
}

TEST_CASE("series exist only for what is configured", "[telemetry][server_metrics]") {
  counted_pair m;
  m.upstream(1).breaker_moved(breaker_level::open);
  m.upstream(1).rate_limited.add();
  m.endpoint(1).cache.hit.add();
  const auto text = m.render();
  CHECK_FALSE(mentions(text, "tributary_breaker_state{upstream=\"orders\"}"));
  CHECK_FALSE(mentions(text, "policy=\"orders\""));
  CHECK_FALSE(mentions(text, "tributary_cache_total{endpoint=\"plain\""));
  CHECK(has_line(text, "tributary_breaker_state{upstream=\"customer\"} 0"));
  CHECK(has_line(text, R"(tributary_cache_total{endpoint="summary",result="hit"} 0)"));
}

TEST_CASE("a breaker shows its state and its transitions", "[telemetry][server_metrics]") {
  counted_pair m;
  m.upstream(0).breaker_moved(breaker_level::open);
  m.upstream(0).breaker_moved(breaker_level::half_open);
  const auto text = m.render();
  const std::string name = "tributary_breaker_transitions_total{upstream=\"customer\",to=";
  CHECK(has_line(text, "tributary_breaker_state{upstream=\"customer\"} 2"));
  CHECK(has_line(text, name + "\"open\"} 1"));
  CHECK(has_line(text, name + "\"half_open\"} 1"));
  CHECK(has_line(text, name + "\"closed\"} 0"));
}

TEST_CASE("a missing part counts by endpoint, upstream and reason", "[telemetry][server_metrics]") {
  counted_pair m;
  m.endpoint(0).parts[1].missing(error_token::destination_unavailable);
  CHECK(has_line(m.render(),
                 "tributary_partial_total{endpoint=\"summary\",upstream=\"orders\","
                 "error=\"destination_unavailable\"} 1"));
}

TEST_CASE("status series made by several threads at once stay exact",
          "[telemetry][server_metrics]") {
  counted_pair m;
  std::vector<std::thread> threads;
  for (int i = 0; i != 8; ++i) {
    threads.emplace_back([&] {
      for (int status = 100; status != 600; ++status) {
        m.route("/users/{id}/summary").answered("GET", status, 1ms);
      }
    });
  }
  for (auto& one : threads) one.join();
  const auto text = m.render();
  for (const auto status : {"100", "200", "599"}) {
    CHECK(mentions(text, "status_code=\"" + std::string(status) + "\",le=\"+Inf\"} 8\n"));
  }
}

TEST_CASE("mailboxes and restarts are read from the actors' cells", "[telemetry][server_metrics]") {
  server_metrics m;
  actors::runtime::actor_directory directory;
  m.watch_actors(directory);
  CHECK_FALSE(mentions(m.render(), "tributary_mailbox_depth"));
  auto cell = std::make_shared<actors::runtime::actor_cell>("/cache/shard-0", "cache");
  cell->state = actors::runtime::actor_cell::life::running;
  cell->enqueued = 5;
  cell->processed = 2;
  directory.add(cell);
  cell->series->restarts = 4;
  const auto text = m.render();
  CHECK(has_line(text, "tributary_mailbox_depth{actor=\"/cache/shard-0\"} 3"));
  CHECK(has_line(text, "tributary_actor_restarts_total{actor=\"/cache/shard-0\"} 4"));
}

TEST_CASE("members of a pool are one series, and restarts outlive who was restarted",
          "[telemetry][server_metrics]") {
  server_metrics m;
  actors::runtime::actor_directory directory;
  directory.add_pool("/jobs/running");
  m.watch_actors(directory);
  std::vector<std::shared_ptr<actors::runtime::actor_cell>> cells;
  for (const auto* path : {"/", "/jobs/running/17", "/jobs/running/18"}) {
    auto& cell = cells.emplace_back(std::make_shared<actors::runtime::actor_cell>(path, "job"));
    cell->state = actors::runtime::actor_cell::life::running;
    cell->enqueued = 3;
    directory.add(cell);
    ++cell->series->restarts;
  }
  auto text = m.render();
  CHECK(has_line(text, "tributary_mailbox_depth{actor=\"/\"} 3"));
  CHECK(has_line(text, "tributary_mailbox_depth{actor=\"/jobs/running/*\"} 6"));
  CHECK_FALSE(mentions(text, "/17"));
  for (const auto& cell : cells) directory.remove(*cell);
  text = m.render();
  CHECK_FALSE(mentions(text, "tributary_mailbox_depth"));
  CHECK(has_line(text, "tributary_actor_restarts_total{actor=\"/\"} 1"));
  CHECK(has_line(text, "tributary_actor_restarts_total{actor=\"/jobs/running/*\"} 2"));
}

TEST_CASE("the process shows its version, memory, files and start", "[telemetry][server_metrics]") {
  server_metrics m;
  const auto text = m.render();
  CHECK(has_line(text, "tributary_build_info{version=\"" TRIBUTARY_VERSION "\"} 1"));
  CHECK(has_line(text, "tributary_config_generation 1"));
  const auto value = [&](const std::string& name) {
    const auto at = text.find("\n" + name + " ");
    return at == std::string::npos ? -1 : std::strtod(text.c_str() + at + name.size() + 2, nullptr);
  };
  CHECK(value("process_cpu_seconds_total") >= 0);
  CHECK(value("process_resident_memory_bytes") > 1e6);
  CHECK(value("process_open_fds") >= 3);
  CHECK(value("process_max_fds") >= value("process_open_fds"));
  CHECK(value("process_start_time_seconds") > 1.5e9);
}

}  // namespace tributary::actors::telemetry
