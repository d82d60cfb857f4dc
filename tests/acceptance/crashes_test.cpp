// SPDX-License-Identifier: MIT
// A crash of one actor fails at most the requests that it was serving, each with a prompt answer.
#include "actors/actor_tree.hpp"
#include "actors/messages.hpp"
#include "actors/runtime/observed_actor.hpp"
#include "actors/runtime/runtime.hpp"
#include "actors/runtime/worker.hpp"
#include "support/eventually.hpp"
#include "support/gateway_fixture.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tributary::tests {

namespace {

using namespace std::chrono_literals;
using actors::supervision::child_state;
using actors::supervision::slot_ptr;
using std::chrono::steady_clock;

/// With a limiter, a breaker or neither in front, so that each of them can be the first guard.
std::string crash_configuration(const std::string& guards) {
  return R"({"upstreams": {"s": {"url": "${URL}", )" + guards + R"(}},
    "endpoints": {"e": {"path": "/e", "timeout": "30s", "cache": {"key": "e"}, "parts": {
        "slow": {"upstream": "s", "path": "/slow", "required": false},
        "fast": {"upstream": "s", "path": "/fast", "required": false}}}}})";
}

void crash(const slot_ptr& place) { caf::anon_send_exit(place->current(), caf::exit_reason::kill); }

void await_restart(const slot_ptr& place, unsigned before) {
  REQUIRE(eventually(
      [&] { return place->incarnation() > before && place->state() == child_state::running; }));
}

struct victim {
  std::string name;
  std::string guards;
  std::function<std::vector<slot_ptr>(running_gateway&)> places;
  bool answers_survive;  ///< the request under way gets its whole answer
};

const std::string unguarded = R"("breaker": false)";
const victim victims[] = {
    {"aggregator", unguarded, [](auto& g) { return aggregation_of(g).aggregators; }, false},
    {"cache shard", unguarded, [](auto& g) { return aggregation_of(g).caches; }, true},
    {"upstream", unguarded, first_guards, true},
    {"breaker", R"("breaker": {"min_calls": 1000})", first_guards, true},
    {"limiter", R"("breaker": false, "rate_limit": {"rate": 1000})", first_guards, true},
    {"listener", unguarded, [](auto& g) { return g->listeners(); }, true},
};

/// An actor whose mailbox blocks whoever delivers to it, until the gate opens: holds another actor
/// in the middle of a message.
class holding_actor final : public caf::event_based_actor {
 public:
  /// @param held_on where the worker that is held is noted
  holding_actor(caf::actor_config& cfg, gate entered, gate told, std::atomic<std::size_t>& held_on)
      : event_based_actor(cfg),
        entered_(std::move(entered)),
        told_(std::move(told)),
        held_on_(held_on) {}

  using caf::abstract_actor::enqueue;
  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit* host) override {
    if (what->content().match_elements<actors::call_answered>()) {
      held_on_ = actors::runtime::worker::current()->index();
      entered_.open();
      told_.wait();
      return;
    }
    event_based_actor::enqueue(std::move(what), host);
  }
  caf::behavior make_behavior() override {
    return {[](caf::unit_t) {}};
  }

 private:
  gate entered_;
  gate told_;
  std::atomic<std::size_t>& held_on_;
};

/// Holds the actor of `place` in the middle of a message until `told` opens. @returns on which
/// worker
std::size_t hold(running_gateway& gateway, const slot_ptr& place, gate told) {
  gate entered;
  std::atomic<std::size_t> held_on{0};
  auto holder = gateway->threads().system().spawn<holding_actor>(entered, told, held_on);
  actors::guards::call_request too_late;
  const auto now = steady_clock::now();
  too_late.deadline = now;
  actors::runtime::tell(place->current(),
                        actors::make_call{std::make_shared<actors::guards::upstream_call>(
                                              holder, nullptr, 0, std::move(too_late), now),
                                          now});
  entered.wait();
  caf::anon_send_exit(holder, caf::exit_reason::user_shutdown);
  return held_on;
}

/// Opens a gate whatever becomes of the test.
struct opener {
  gate told;
  ~opener() { told.open(); }
};

}  // namespace

TEST_CASE("a crash in the middle of a request is answered promptly and mended", "[crash]") {
  for (const auto& victim : victims) {
    CAPTURE(victim.name);
    stub_upstream stub;
    gate told;
    stub.on("/slow", script{}.wait(told).send(answer("1")));
    stub.on("/fast", answer("2"));
    running_gateway gateway{configured(crash_configuration(victim.guards), {{"URL", stub.url()}})};
    const auto places = victim.places(gateway);
    std::vector<unsigned> before;
    for (const auto& each : places) before.push_back(each->incarnation());
    raw_client client{gateway->port()};
    client.send(running_gateway::request("GET", "/e"));
    REQUIRE(stub.await_requests(2));
    for (const auto& each : places) crash(each);
    const auto crashed = steady_clock::now();
    if (victim.answers_survive) told.open();
    const auto raw = client.read_answer();
    CHECK(steady_clock::now() - crashed < 1s);
    if (victim.answers_survive) {
      CHECK(body_of(raw) == R"({"slow":1,"fast":2})");
    } else {
      CHECK(status_of(raw) == 500);
      CHECK(body_of(raw).find("INTERNAL_ERROR") != std::string::npos);
      CHECK_FALSE(header_of(raw, "X-Request-Id").empty());
      // Whatever was being done for the request ends with it; the stub sees that when it writes.
      told.open();
      CHECK(stub.await_closed_by_peer(1));
    }
    for (std::size_t i = 0; i < places.size(); ++i) await_restart(places[i], before[i]);
    CHECK(body_of(gateway.get("/e")) == R"({"slow":1,"fast":2})");
    CHECK(status_of(gateway.admin("GET", "/livez")) == 200);
  }
}

TEST_CASE("a crash of the cache forgets, and asks again", "[crash]") {
  three_services services;
  running_gateway gateway{services.settings()};
  const std::string target = "/aggregated-data?customer_id=c1";
  gateway.get(target);
  for (const auto& each : aggregation_of(gateway).caches) {
    const auto before = each->incarnation();
    crash(each);
    await_restart(each, before);
  }
  CHECK(header_of(gateway.get(target), "Cache-Status") == "tributary; fwd=uri-miss; stored");
  CHECK(header_of(gateway.get(target), "Cache-Status").starts_with("tributary; hit"));
}

TEST_CASE("a crash a second does not take the server down", "[crash]") {
  three_services services;
  running_gateway gateway{services.settings()};
  for (int i = 0; i < 5; ++i) {
    const auto& place = upstreams_of(gateway)[1]->first_guards[0];
    const auto before = place->incarnation();
    crash(place);
    const auto raw = gateway.get("/aggregated-data?customer_id=c" + std::to_string(i));
    CHECK(status_of(raw) == 200);
    await_restart(place, before);
  }
  CHECK(status_of(gateway.get("/readyz")) == 200);
}

TEST_CASE("calls that die with a crashed actor are internal errors, told to each kind of caller",
          "[crash][failures]") {
  struct row {
    std::string path;
    std::string handling;
    int status;
  };
  const row rows[] = {
      {"/optional", "lenient", 200},
      {"/optional", "strict", 500},
      {"/required", "lenient", 500},
      {"/required", "strict", 500},
  };
  for (const auto& row : rows) {
    CAPTURE(row.path, row.handling);
    stub_upstream good;
    stub_upstream bad;
    good.always(answer("1"));
    bad.always(answer("2"));
    const auto parts = [](const std::string& required) {
      return R"("parts": {"good": {"upstream": "good", "path": "/", "required": )" + required +
             R"(}, "bad": {"upstream": "bad", "path": "/", "required": )" + required + "}}}";
    };
    const auto text = R"({"upstreams": {"good": {"url": "${GOOD}"},
                                        "bad": {"url": "${BAD}", "breaker": false}},
      "endpoints": {"optional": {"path": "/optional", )" +
                      parts("false") + R"(, "required": {"path": "/required", )" + parts("true") +
                      "}}";
    running_gateway gateway{configured(text, {{"GOOD", good.url()}, {"BAD", bad.url()}})};
    // The upstream's actor of one worker is held on the other one; calls wait in its mailbox.
    const auto& place = upstreams_of(gateway)[1]->first_guards[0];
    const auto upstream = place->current();

    // Connections that live on both workers.
    std::vector<std::unique_ptr<raw_client>> clients;
    for (int i = 0; i < 16; ++i) {
      clients.push_back(std::make_unique<raw_client>(gateway->port()));
      clients.back()->send(running_gateway::request("GET", "/livez"));
      REQUIRE(status_of(clients.back()->read_answer()) == 200);
    }

    gate told;
    while (hold(gateway, place, told) == 0) {  // foreign messages are dealt to the workers in turn
      told.open();
      told = gate{};
    }
    const opener at_the_end{told};
    for (auto& each : clients) {
      each->send(
          running_gateway::request("GET", row.path, "Prefer: handling=" + row.handling + "\r\n"));
    }
    REQUIRE(eventually([&] {
      for (const auto& each : gateway->threads().directory().snapshot()) {
        if (each->path.ends_with("/bad/worker-0/upstream") && each->depth() >= 2) return true;
      }
      return false;
    }));
    // Ahead of what waits: an exit message of plain priority would let the calls pass first.
    upstream->enqueue(nullptr, caf::make_message_id(caf::message_priority::high),
                      caf::make_message(caf::exit_msg{upstream.address(), caf::exit_reason::kill}),
                      nullptr);
    told.open();
    int seen = 0;
    std::string last;
    for (auto& each : clients) {
      const auto raw = last = each->read_answer();
      if (header_of(raw, "Aggregate-Status").find("bad;error=proxy_internal_error") ==
          std::string::npos) {
        continue;  // came before the crash, or after it
      }
      ++seen;
      CHECK(status_of(raw) == row.status);
      CHECK(header_of(raw, "Retry-After").empty());
      CHECK(header_of(raw, "Proxy-Status")
                .starts_with("tributary;error=proxy_internal_error;next-hop=bad") ==
            (row.status != 200));
    }
    CAPTURE(last);
    CHECK(seen > 0);
    CHECK(eventually([&] { return status_of(gateway.get("/required")) == 200; }));
  }
}

}  // namespace tributary::tests
