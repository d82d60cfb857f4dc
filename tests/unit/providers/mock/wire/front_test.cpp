// SPDX-License-Identifier: MIT
#include "providers/mock/wire/front.hpp"

#include "../offline_client.hpp"
#include "providers/mock/desk/desk.hpp"
#include "providers/mock/shared_state.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <array>
#include <atomic>
#include <stdexcept>

namespace tributary::providers::mock {

using nlohmann::json;
using tests::offline_client;

namespace {

/// What two services write into together.
struct common_book {
  std::atomic<int> effects{0};
};

/// Says what it was asked, keeps a ledger, and has a path aside.
class vendor final : public stand_in {
 public:
  explicit vendor(const surroundings& around)
      : own_desk_(around.own_desk), calls_(around.calls), book_(around.shared.get<common_book>()) {}

  reply answer(const request& asked) override {
    if (asked.below == "/fail") throw std::runtime_error{"a mistake"};
    ++book_->effects;
    calls_.post({"http://127.0.0.1:1/told", "{}"}, {});
    reply result;
    result.owned = json{{"below", asked.below},
                        {"x", asked.parameter("x")},
                        {"body", asked.body},
                        {"copies", own_desk_.current()->whole("copies")}}
                       .dump();
    return result;
  }

  std::optional<reply> aside(const request& asked) override {
    if (asked.path != "/_ledger") return std::nullopt;
    reply result;
    result.owned = std::to_string(book_->effects);
    return result;
  }

  void add_to_ledger(nlohmann::ordered_json& ledger) const override {
    ledger["effects"] = book_->effects.load();
  }

 private:
  const desk& own_desk_;
  caller& calls_;
  std::shared_ptr<common_book> book_;
};

std::unique_ptr<stand_in> make_vendor(const surroundings& around) {
  return std::make_unique<vendor>(around);
}

constexpr port_flag vendor_port{"vendor-port", 7003, "vendors"};
constexpr port_flag other_port{"other-port", 7004, "others"};
constexpr std::array copies{whole_knob("copies", 1, 0, 10)};
constexpr service fast{"fast", vendor_port, "/v", copies, &make_vendor};
constexpr service slow{"slow", vendor_port, "/v/slow", copies, &make_vendor};
constexpr service whole{"whole", other_port, "", copies, &make_vendor};
constexpr std::array listed{&fast, &slow, &whole};

}  // namespace

TEST_CASE("a request goes to the service with the longest path that it is below", "[mock]") {
  offline_client client{listed, vendor_port};
  CHECK(json::parse(client.get("/v/a%20b?x=1%2B2&x=3").owned) ==
        json({{"below", "/a b"}, {"x", "1+2"}, {"body", ""}, {"copies", 1}}));
  CHECK(json::parse(client.get("/v").owned).at("below") == "");
  CHECK(json::parse(client.get("/v/slow/x").owned).at("below") == "/x");
  CHECK(json::parse(client.get("/v/slower").owned).at("below") == "/slower");
  CHECK(client.requests("fast") == 3);
  CHECK(client.requests("slow") == 1);
  for (const auto* path : {"/", "/vv", "/whole"}) {
    INFO(path);
    const auto answer = client.get(path);
    CHECK(answer.status == 404);
    CHECK_THAT(answer.owned, Catch::Contains("here are /v, /v/slow"));
  }
}

TEST_CASE("a service without a path has all of its listener", "[mock]") {
  offline_client client{listed, other_port};
  CHECK(json::parse(client.get("/anything/x").owned).at("below") == "/anything/x");
  CHECK(client.get("/v").status == 200);
  CHECK(client.requests("whole") == 2);
  CHECK(client.get("/health").owned == R"({"status":"ok","services":["whole"]})");
  CHECK(client.requests("whole") == 2);
}

TEST_CASE("a health check names the services of its listener and takes no other method", "[mock]") {
  offline_client client{listed, vendor_port};
  client.set("fast", {{"hang", true}});
  CHECK(client.get("/health").owned == R"({"status":"ok","services":["fast","slow"]})");
  CHECK(client.ask("POST", "/health").answer.status == 405);
}

TEST_CASE("what is asked aside is neither counted nor touched by knobs", "[mock]") {
  offline_client client{listed, vendor_port};
  client.set("fast", {{"error_rate", 1}});
  client.get("/v");
  CHECK(client.get("/_ledger").owned == "1");
  CHECK(client.requests("fast") == 1);
  CHECK(client.get("/_nothing").status == 404);
}

TEST_CASE("a ledger is shown with what the service adds to it", "[mock]") {
  offline_client client{listed, vendor_port};
  client.get("/v/slow");
  client.get("/v");
  CHECK(client.get("/_control/fast/ledger").owned ==
        R"({"requests":1,"answers":{"200":1},"hung":0,"effects":2})");
  CHECK(client.ask("DELETE", "/_control/fast/ledger").answer.status == 405);
  CHECK(client.get("/_control/fast/effects").status == 404);
  CHECK(client.get("/_control/nobody/ledger").status == 404);
}

TEST_CASE("a service reads its own knobs, and they are reset with the others", "[mock]") {
  offline_client client{listed, vendor_port};
  const auto copies_now = [&] { return json::parse(client.get("/v").owned).at("copies"); };
  CHECK(client.ask("PUT", "/_control/fast", {}, R"({"copies":3})").answer.status == 200);
  CHECK(copies_now() == 3);
  CHECK(client.ask("PUT", "/_control/fast", {}, R"({"copies":11})").answer.status == 400);
  CHECK(copies_now() == 3);
  CHECK(client.current("slow").whole("copies") == 1);
  client.ask("DELETE", "/_control/fast");
  CHECK(copies_now() == 1);
}

TEST_CASE("a service can call out", "[mock]") {
  offline_client client{listed, vendor_port};
  client.get("/v");
  CHECK(client.calls.urls == std::vector<std::string>{"http://127.0.0.1:1/told"});
}

TEST_CASE("a service that fails has answered 500 in its ledger", "[mock]") {
  offline_client client{listed, vendor_port};
  CHECK_THROWS_AS(client.get("/v/fail"), std::runtime_error);
  CHECK(json::parse(client.get("/_control/fast/ledger").owned).at("answers") == json({{"500", 1}}));
}

}  // namespace tributary::providers::mock
