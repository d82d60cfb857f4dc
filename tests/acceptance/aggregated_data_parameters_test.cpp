// SPDX-License-Identifier: MIT
#include "support/gateway_fixture.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace tributary::tests {

namespace {

struct accepted {
  std::string query;
  std::string customer;  ///< targets that the services see; empty: not asked
  std::string master;
  std::string transaction;
};

const std::string c1 = "/customers/c1";
const std::string m1 = "/master-data?customer_id=c1";
const std::string t1 = "/transactions?customer_id=c1";

std::string target_of(const stub_upstream& service) {
  const auto seen = service.requests();
  return seen.empty() ? std::string{} : seen.front().target;
}

std::vector<std::string> parameters_of(const nlohmann::json& problem) {
  std::vector<std::string> names;
  for (const auto& each : problem.at("errors")) {
    CHECK_FALSE(each.at("detail").get<std::string>().empty());
    names.push_back(each.at("parameter").get<std::string>());
  }
  return names;
}

}  // namespace

TEST_CASE("the services are called exactly as the contract writes it", "[aggregated-data]") {
  const auto longest = std::string(64, 'z');
  const auto row = GENERATE_COPY(values<accepted>({
      {"customer_id=c1", c1, m1, t1},
      {"customer_id=A.b_c-9", "/customers/A.b_c-9", "/master-data?customer_id=A.b_c-9",
       "/transactions?customer_id=A.b_c-9"},
      {"customer_id=" + longest, "/customers/" + longest, "/master-data?customer_id=" + longest,
       "/transactions?customer_id=" + longest},
      {"customer_id=%631", c1, m1, t1},
      {"customer_id=c1&data_type=all", c1, m1, t1},
      {"customer_id=c1&data_type=customer", c1, "", ""},
      {"customer_id=c1&data_type=master", "", m1, ""},
      {"customer_id=c1&data_type=transaction", "", "", t1},
      {"customer_id=c1&data_type=transaction,customer", c1, "", t1},
      {"customer_id=c1&data_type=customer,master,transaction", c1, m1, t1},
      {"customer_id=c1&unknown=x&unknown=y", c1, m1, t1},
      {"customer_id=c1&timestamp=2024-01-02T03:04:05Z", c1, m1,
       t1 + "&from=2024-01-02T03%3A04%3A05Z"},
      {"customer_id=c1&timestamp=2024-01-02T03:04:05Z/2024-02-01T00:00:00Z", c1, m1,
       t1 + "&from=2024-01-02T03%3A04%3A05Z&to=2024-02-01T00%3A00%3A00Z"},
      {"customer_id=c1&timestamp=2024-01-02T03:04:05Z%2F2024-01-02T03:04:05Z", c1, m1,
       t1 + "&from=2024-01-02T03%3A04%3A05Z&to=2024-01-02T03%3A04%3A05Z"},
  }));
  CAPTURE(row.query);
  three_services services;
  running_gateway gateway{services.settings()};
  const auto answer = gateway.get("/aggregated-data?" + row.query);
  CHECK(status_of(answer) == 200);
  const auto decoded = [](std::string target) {
    for (auto at = target.find("%3A"); at != std::string::npos; at = target.find("%3A")) {
      target.replace(at, 3, ":");
    }
    return target;
  };
  CHECK(target_of(services.customer) == row.customer);
  CHECK(target_of(services.master) == row.master);
  // A colon may stand in a query, so both spellings are one target (RFC 3986, section 3.4).
  CHECK(decoded(target_of(services.transaction)) == decoded(row.transaction));
}

TEST_CASE("an instant with an offset means the same time at the transaction service",
          "[aggregated-data]") {
  three_services services;
  running_gateway gateway{services.settings()};
  gateway.get("/aggregated-data?customer_id=c1&timestamp=2024-01-02T03:04:05%2B02:00");
  auto target = target_of(services.transaction);
  CAPTURE(target);
  const auto utc = target.find("2024-01-02T01") != std::string::npos;
  const auto as_given = target.find("2024-01-02T03") != std::string::npos &&
                        target.find("%2B02") != std::string::npos;
  CHECK((utc || as_given));
}

TEST_CASE("a parameter that is wrong is refused with 400 before anybody is asked",
          "[aggregated-data]") {
  using names = std::vector<std::string>;
  struct row {
    std::string query;
    names wrong;
  };
  three_services services;
  running_gateway gateway{services.settings()};
  const std::vector<row> rows{
      {"", {"customer_id"}},
      {"customer_id=", {"customer_id"}},
      {"customer_id=" + std::string(65, 'z'), {"customer_id"}},
      {"customer_id=a%20b", {"customer_id"}},
      {"customer_id=a/b", {"customer_id"}},
      {"customer_id=%C3%A4", {"customer_id"}},
      {"customer_id=c1&customer_id=c1", {"customer_id"}},
      {"customer_id=c1&data_type=", {"data_type"}},
      {"customer_id=c1&data_type=orders", {"data_type"}},
      {"customer_id=c1&data_type=all,customer", {"data_type"}},
      {"customer_id=c1&data_type=customer,,master", {"data_type"}},
      {"customer_id=c1&data_type=Customer", {"data_type"}},
      {"customer_id=c1&data_type=customer&data_type=master", {"data_type"}},
      {"customer_id=c1&timestamp=", {"timestamp"}},
      {"customer_id=c1&timestamp=yesterday", {"timestamp"}},
      {"customer_id=c1&timestamp=2024-01-02", {"timestamp"}},
      {"customer_id=c1&timestamp=2024-01-02T03:04:05", {"timestamp"}},
      {"customer_id=c1&timestamp=2024-02-30T00:00:00Z", {"timestamp"}},
      {"customer_id=c1&timestamp=2024-02-01T00:00:00Z/2024-01-01T00:00:00Z", {"timestamp"}},
      {"customer_id=c1&timestamp=/2024-01-01T00:00:00Z", {"timestamp"}},
      {"customer_id=c1&timestamp=2024-01-01T00:00:00Z/", {"timestamp"}},
      {"customer_id=c1&timestamp=2024-01-01T00:00:00Z/2024-01-02T00:00:00Z/2024-01-03T00:00:00Z",
       {"timestamp"}},
      {"data_type=x&timestamp=y", {"customer_id", "data_type", "timestamp"}},
      {"timestamp=y&customer_id=%20&data_type=x", {"customer_id", "data_type", "timestamp"}},
  };
  for (const auto& [query, wrong] : rows) {
    CAPTURE(query);
    const auto answer = gateway.get("/aggregated-data?" + query);
    CHECK(status_of(answer) == 400);
    CHECK(header_of(answer, "Content-Type") == "application/problem+json");
    CHECK(header_of(answer, "Cache-Control") == "no-store");
    CHECK(header_of(answer, "Retry-After").empty());
    CHECK_FALSE(header_of(answer, "X-Request-Id").empty());
    const auto problem = nlohmann::json::parse(body_of(answer));
    CHECK(problem.at("status") == 400);
    CHECK(problem.at("instance") == header_of(answer, "X-Request-Id"));
    CHECK(problem.at("error").at("code") == "INVALID_PARAMETER");
    auto found = parameters_of(problem);
    std::sort(found.begin(), found.end());
    CHECK(found == wrong);
  }
  CHECK(services.customer.connections() == 0);
  CHECK(services.master.connections() == 0);
  CHECK(services.transaction.connections() == 0);
}

TEST_CASE("each call carries the request id, the time left, and asks for no coding",
          "[aggregated-data]") {
  three_services services;
  running_gateway gateway{services.settings()};
  const auto answer = gateway.get("/aggregated-data?customer_id=c1",
                                  "X-Request-Id: trace-42\r\nCookie: a=b\r\n"
                                  "Authorization: Bearer secret\r\n");
  CHECK(header_of(answer, "X-Request-Id") == "trace-42");
  for (const auto* service : {&services.customer, &services.master, &services.transaction}) {
    REQUIRE(service->requests().size() == 1);
    const auto seen = service->requests().front();
    CHECK(seen.method == "GET");
    CHECK(seen.field("X-Request-Id") == "trace-42");
    CHECK(seen.field("Accept-Encoding") == "identity");
    CHECK(seen.field("Host") == service->url().substr(std::string{"http://"}.size()));
    const auto left = number(seen.field("X-Request-Timeout-Ms"));
    CHECK(left > 2'000);
    CHECK(left <= 3'000);
    // Nothing of the client goes upstream that no template names.
    CHECK(seen.field("Cookie").empty());
    CHECK(seen.field("Authorization").empty());
  }
}

TEST_CASE("a request id that is not sane is replaced by one of our own", "[aggregated-data]") {
  three_services services;
  running_gateway gateway{services.settings()};
  const std::vector<std::string> strange{"", "a b", std::string(300, 'x'), "a\"b"};
  for (const auto& given : strange) {
    CAPTURE(given);
    const auto answer =
        gateway.get("/aggregated-data?customer_id=c1", "X-Request-Id: " + given + "\r\n");
    CHECK(header_of(answer, "X-Request-Id") != given);
    CHECK(header_of(answer, "X-Request-Id").size() >= 16);
  }
}

}  // namespace tributary::tests
