// SPDX-License-Identifier: MIT
#pragma once

#include "actors/actor_tree.hpp"
#include "config/load.hpp"
#include "config/sections/aggregate_section.hpp"
#include "config/sections/jobs_section.hpp"
#include "config/sections/market_section.hpp"
#include "http/server/gateway/gateway.hpp"
#include "http/server/systems/aggregate_system.hpp"
#include "support/raw_client.hpp"
#include "support/stub_upstream.hpp"
#include "support/temporary_folder.hpp"

#include <chrono>
#include <cstdlib>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace tributary::tests {

using variables = std::map<std::string, std::string>;

/// An environment of exactly these variables.
inline config::environment environment_of(variables values) {
  config::environment env;
  env.variable = [values = std::move(values)](const std::string& name) {
    const auto found = values.find(name);
    return found == values.end() ? std::nullopt : std::optional<std::string>{found->second};
  };
  env.file = [](const std::string&) { return std::optional<std::string>{}; };
  return env;
}

/// Settings on free loopback ports, that keep nothing in the working directory, and so without
/// jobs. The test fails by exception when the configuration has errors.
inline config::settings local(config::load_result loaded) {
  if (!loaded.value) throw std::runtime_error(config::errors_as_text(loaded));
  auto settings = std::move(*loaded.value);
  settings.server.address = "127.0.0.1";
  settings.server.port = 0;
  settings.admin.port = 0;
  settings.runtime.workers = 2;
  settings.data_dir.clear();
  settings.sections.drop<config::jobs_settings>();
  return settings;
}

/// As `local`, with jobs where the configuration has them, kept in that folder.
inline config::settings local_with_jobs(config::load_result loaded,
                                        const temporary_folder& folder) {
  std::optional<config::jobs_settings> jobs;
  if (loaded.value) {
    if (const auto* found = loaded.value->section<config::jobs_settings>()) jobs = *found;
  }
  auto settings = local(std::move(loaded));
  settings.data_dir = folder.file("data");
  if (jobs) settings.sections.put(std::move(*jobs));
  return settings;
}

inline config::settings configured(std::string_view text, variables values = {}) {
  return local(config::load(text, "test.json", environment_of(std::move(values)),
                            http::server::all_sections()));
}

/// The shipped configuration, read in an environment of these variables.
inline config::load_result shipped(variables values = {}) {
  return config::load_shipped(environment_of(std::move(values)), http::server::all_sections());
}

/// Puts a changed copy of the section in its place: `alter<S>(settings, [](auto& section) {…})`.
template <class S, class F>
void alter(config::settings& settings, F change) {
  auto value = *settings.section<S>();
  change(value);
  settings.sections.put(std::move(value));
}

/// As `alter`, the first endpoint.
template <class F>
void alter_endpoint(config::settings& settings, F change) {
  alter<config::aggregate_settings>(settings, [&](auto& all) { change(all.endpoints.front()); });
}

template <class F>
void alter_market(config::settings& settings, F change) {
  alter<config::market_settings>(settings, std::move(change));
}

/// A gateway in this process, on free ports of the loopback interface, stopped at the end.
class running_gateway {
 public:
  explicit running_gateway(config::settings settings, http::server::gateway_options options = {})
      : gateway_(std::move(settings), std::move(options)) {
    gateway_.start();
  }

  http::server::gateway& operator*() noexcept { return gateway_; }
  http::server::gateway* operator->() noexcept { return &gateway_; }

  /// One request on a connection of its own. `fields` are raw lines with CRLF.
  std::string get(std::string_view target, std::string_view fields = {}) const {
    return ask(gateway_.port(), "GET", target, fields);
  }
  std::string head(std::string_view target, std::string_view fields = {}) const {
    return ask(gateway_.port(), "HEAD", target, fields);
  }
  std::string admin(std::string_view method, std::string_view target,
                    std::string_view fields = {}) const {
    return ask(gateway_.admin_port(), method, target, fields);
  }

  static std::string request(std::string_view method, std::string_view target,
                             std::string_view fields = {}) {
    return std::string{method}
        .append(" ")
        .append(target)
        .append(" HTTP/1.1\r\nHost: localhost\r\n")
        .append(fields)
        .append("\r\n");
  }

 private:
  static std::string ask(std::uint16_t port, std::string_view method, std::string_view target,
                         std::string_view fields) {
    raw_client client{port};
    client.send(request(method, target, fields));
    return client.read_answer(method == "HEAD");
  }

  http::server::gateway gateway_;
};

/// What the actors behind its aggregated endpoints share.
inline const actors::aggregation::aggregation_state& aggregation_of(running_gateway& gateway) {
  return gateway->find<http::server::aggregate_system>()->state();
}

/// Its upstreams, in the order of the configuration.
inline auto upstreams_of(running_gateway& gateway) { return gateway->tree().upstreams.all(); }

/// Where calls to its first upstream begin, on each worker.
inline const std::vector<actors::supervision::slot_ptr>& first_guards(running_gateway& gateway) {
  return upstreams_of(gateway).front()->first_guards;
}

inline bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// Answered from memory or the second tier.
inline bool is_hit(const std::string& raw) {
  return header_of(raw, "Cache-Status").starts_with("tributary; hit; ttl=");
}

/// The number that a field value begins with; 0 when it begins with none.
inline int number(const std::string& value) { return std::atoi(value.c_str()); }

/// What most tests ask the shipped configuration for.
inline const std::string customer_target = "/aggregated-data?customer_id=c1";

/// The three services of the shipped configuration, scripted, and settings that point at them.
struct three_services {
  static constexpr std::string_view customer_body = R"({"customer_id":"c1","name":"Ada"})";
  static constexpr std::string_view master_body = R"({"products":[1.50,1e400]})";
  static constexpr std::string_view transaction_body = R"([{"amount":10.00}])";
  static constexpr std::string_view complete_body =
      R"({"customer_info":{"customer_id":"c1","name":"Ada"},"master_data":{"products":[1.50,1e400]},)"
      R"("transaction_data":[{"amount":10.00}]})";

  three_services() {
    customer.always(answer(customer_body));
    master.always(answer(master_body));
    transaction.always(answer(transaction_body));
  }

  config::settings settings(variables more = {}) const {
    more.insert({{"CUSTOMER_URL", customer.url()},
                 {"MASTER_DATA_URL", master.url()},
                 {"TRANSACTION_URL", transaction.url()}});
    auto result = local(shipped(std::move(more)));
    result.sections.drop<config::market_settings>();  // has tests of its own
    return result;
  }

  stub_upstream customer;
  stub_upstream master;
  stub_upstream transaction;
};

}  // namespace tributary::tests
