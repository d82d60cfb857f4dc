// SPDX-License-Identifier: MIT
#include "support/gateway_fixture.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace tributary::tests {

namespace {

using nlohmann::json;
using strings = std::vector<std::string>;

/// What a service may do, by a letter: there, silent, failing, not JSON, missing, redirecting, and
/// asking for patience.
script behaviour(char letter, std::string_view body) {
  switch (letter) {
    case 'h':
      return script{}.hang();
    case 'f':
      return answer(R"({"oops":1})", 500);
    case 'j':
      return answer("{not json");
    case '4':
      return answer(R"({"error":"none"})", 404);
    case '3':
      return answer("{}", 302, "Location: /elsewhere\r\n");
    case 'r':
      return answer("{}", 503, "Retry-After: 17\r\n");
    case 'R':
      return answer("{}", 503, "Retry-After: 23\r\n");
    default:
      return answer(body);
  }
}

struct outcome_row {
  std::string services;  ///< behaviour of customer, master, transaction
  std::string data_type;
  int status;
  std::string code;  ///< of `error`; empty: there is none
  strings available;
  strings unavailable;
  int retry_after;  ///< in `error`
  strings members;  ///< of the answer, with data or null
};

std::string status_items(const std::string& field) {
  std::string names;
  for (std::size_t at = 0; at < field.size();) {
    const auto end = std::min(field.find(',', at), field.size());
    const auto item = field.substr(at, end - at);
    const auto start = item.find_first_not_of(' ');
    names += item.substr(start, item.find(';', start) - start) + " ";
    at = end + 1;
  }
  return names;
}

void check_members(const nlohmann::ordered_json& document, const outcome_row& row) {
  strings found;
  for (const auto& [name, value] : document.items()) {
    if (name != "error") found.push_back(name + (value.is_null() ? "=null" : ""));
  }
  CHECK(found == row.members);
}

void check_error(const json& error, const outcome_row& row) {
  CHECK(error.at("code") == row.code);
  CHECK_FALSE(error.at("message").get<std::string>().empty());
  CHECK(error.at("available_services").get<strings>() == row.available);
  CHECK(error.at("unavailable_services").get<strings>() == row.unavailable);
  CHECK(error.at("retry_after").is_number_integer());
  CHECK(error.at("retry_after") == row.retry_after);
}

void check_problem(const std::string& answer, const json& problem, const outcome_row& row) {
  CHECK(header_of(answer, "Content-Type") == "application/problem+json");
  CHECK(problem.at("status") == row.status);
  CHECK(problem.at("type").is_string());
  CHECK(problem.at("title").is_string());
  CHECK(problem.at("instance") == header_of(answer, "X-Request-Id"));
}

void check_fields(const std::string& answer, const outcome_row& row) {
  const auto complete = row.code.empty();
  CHECK(header_of(answer, "Aggregate-Complete") == (complete ? "?1" : "?0"));
  CHECK_FALSE(header_of(answer, "X-Request-Id").empty());
  CHECK(header_of(answer, "Cache-Status").starts_with("tributary; fwd=uri-miss"));
  CHECK((header_of(answer, "Cache-Status").find("stored") != std::string::npos) == complete);
  CHECK(header_of(answer, "ETag").empty() != complete);
  if (complete) {
    CHECK(header_of(answer, "Cache-Control").starts_with("private, max-age="));
  } else {
    CHECK(header_of(answer, "Cache-Control") == "no-store");
  }
  if (row.status > 500) {
    CHECK(header_of(answer, "Retry-After") == std::to_string(row.retry_after));
  } else {
    CHECK(header_of(answer, "Retry-After").empty());
  }
  std::string asked = "customer master transaction ";
  if (!row.data_type.empty() && row.data_type != "all") {
    asked.clear();
    for (const std::string name : {"customer", "master", "transaction"}) {
      if (row.data_type.find(name) != std::string::npos) asked += name + " ";
    }
  }
  CHECK(status_items(header_of(answer, "Aggregate-Status")) == asked);
}

/// All of the status line and the fields, without those that may differ between two requests.
std::string comparable(const std::string& raw) {
  std::string kept;
  const auto head = raw.substr(0, raw.find("\r\n\r\n"));
  for (std::size_t at = 0; at < head.size();) {
    const auto end = std::min(head.find("\r\n", at), head.size());
    const auto line = head.substr(at, end - at);
    if (!line.starts_with("X-Request-Id") && !line.starts_with("Date") &&
        !line.starts_with("Aggregate-Status")) {
      kept += line + "\n";
    }
    at = end + 2;
  }
  return kept;
}

const strings all_members{"customer_info", "master_data", "transaction_data"};
const strings everybody{"customer", "master", "transaction"};

const std::vector<outcome_row> rows{
    // services, data_type, status, code, available, unavailable, retry_after, members
    {"ttt", "", 200, "", {}, {}, 0, all_members},
    {"ttt", "transaction,customer", 200, "", {}, {}, 0, {"customer_info", "transaction_data"}},
    {"fft", "transaction", 200, "", {}, {}, 0, {"transaction_data"}},
    {"ttf",
     "",
     200,
     "PARTIAL_DATA_FETCH",
     {"customer", "master"},
     {"transaction"},
     5,
     {"customer_info", "master_data", "transaction_data=null"}},
    {"ttj",
     "",
     200,
     "PARTIAL_DATA_FETCH",
     {"customer", "master"},
     {"transaction"},
     5,
     {"customer_info", "master_data", "transaction_data=null"}},
    {"t3t",
     "",
     200,
     "PARTIAL_DATA_FETCH",
     {"customer", "transaction"},
     {"master"},
     5,
     {"customer_info", "master_data=null", "transaction_data"}},
    {"t44",
     "",
     200,
     "PARTIAL_DATA_FETCH",
     {"customer"},
     {"master", "transaction"},
     5,
     {"customer_info", "master_data=null", "transaction_data=null"}},
    {"hth",
     "",
     200,
     "PARTIAL_DATA_FETCH",
     {"master"},
     {"customer", "transaction"},
     5,
     {"customer_info=null", "master_data", "transaction_data=null"}},
    {"trR",
     "",
     200,
     "PARTIAL_DATA_FETCH",
     {"customer"},
     {"master", "transaction"},
     23,
     {"customer_info", "master_data=null", "transaction_data=null"}},
    {"ft4",
     "customer,master",
     200,
     "PARTIAL_DATA_FETCH",
     {"master"},
     {"customer"},
     5,
     {"customer_info=null", "master_data"}},
    {"hhh", "", 504, "ALL_SERVICES_UNAVAILABLE", {}, everybody, 5, {}},
    {"fff", "", 502, "ALL_SERVICES_UNAVAILABLE", {}, everybody, 5, {}},
    {"jf3", "", 502, "ALL_SERVICES_UNAVAILABLE", {}, everybody, 5, {}},
    {"fRr", "", 502, "ALL_SERVICES_UNAVAILABLE", {}, everybody, 23, {}},
    {"fhf", "", 503, "ALL_SERVICES_UNAVAILABLE", {}, everybody, 5, {}},
    {"t4t", "master", 502, "ALL_SERVICES_UNAVAILABLE", {}, {"master"}, 5, {}},
    {"tht", "master", 504, "ALL_SERVICES_UNAVAILABLE", {}, {"master"}, 5, {}},
    {"4tt", "", 404, "CUSTOMER_NOT_FOUND", everybody, {}, 5, {}},
    {"4ff", "", 404, "CUSTOMER_NOT_FOUND", {"customer"}, {"master", "transaction"}, 5, {}},
    {"4tt", "customer", 404, "CUSTOMER_NOT_FOUND", {"customer"}, {}, 5, {}},
};

}  // namespace

TEST_CASE("the table of outcomes holds for each combination of services", "[aggregated-data]") {
  for (const auto& row : rows) {
    CAPTURE(row.services, row.data_type);
    three_services services;
    services.customer.always(behaviour(row.services[0], three_services::customer_body));
    services.master.always(behaviour(row.services[1], three_services::master_body));
    services.transaction.always(behaviour(row.services[2], three_services::transaction_body));
    auto settings = services.settings();
    alter_endpoint(settings, [&](auto& endpoint) {
      endpoint.timeout = std::chrono::milliseconds{400};
      endpoint.cache->jitter = 0;
    });
    // Each request must meet the services themselves: no pause between the two.
    for (auto& each : settings.upstreams) each.back_pressure.enabled = false;
    running_gateway gateway{std::move(settings)};
    auto asked = std::string{customer_target};
    if (!row.data_type.empty()) asked += "&data_type=" + row.data_type;

    const auto head = gateway.head(asked);
    if (row.code.empty()) gateway.admin("DELETE", "/cache?prefix=customer:");
    const auto answer = gateway.get(asked);
    CHECK(status_of(answer) == row.status);
    check_fields(answer, row);
    const auto text = body_of(answer);
    CHECK(header_of(answer, "Content-Length") == std::to_string(text.size()));
    if (row.status == 200) {
      // 1e400 is valid JSON that this reader cannot hold; it is put aside for the check.
      auto readable = text;
      if (const auto at = readable.find("1e400"); at != std::string::npos) {
        readable.replace(at, 5, "1");
      }
      const auto read = nlohmann::ordered_json::parse(readable);
      check_members(read, row);
      CHECK(read.contains("error") == !row.code.empty());
      if (!row.code.empty()) check_error(json::parse(read.at("error").dump()), row);
    } else {
      const auto problem = json::parse(text);
      check_problem(answer, problem, row);
      check_error(problem.at("error"), row);
    }
    CHECK(body_of(head).empty());
    CHECK(comparable(head) == comparable(answer));
  }
}

TEST_CASE("the members come in configuration order with the bytes that the services sent",
          "[aggregated-data]") {
  three_services services;
  gate late;
  services.customer.always(script{}.wait(late).send(answer(three_services::customer_body)));
  running_gateway gateway{services.settings()};
  raw_client client{gateway->port()};
  client.send(running_gateway::request("GET", customer_target));
  REQUIRE(services.transaction.await_requests(1));
  late.open();
  CHECK(body_of(client.read_answer()) == three_services::complete_body);
}

TEST_CASE("a method that an endpoint does not have is answered 405 with what it has",
          "[aggregated-data]") {
  three_services services;
  running_gateway gateway{services.settings()};
  raw_client client{gateway->port()};
  client.send(running_gateway::request("DELETE", customer_target));
  const auto refused = client.read_answer();
  CHECK(status_of(refused) == 405);
  CHECK(header_of(refused, "Allow").find("GET") != std::string::npos);
  CHECK(header_of(refused, "Allow").find("HEAD") != std::string::npos);
  CHECK(status_of(gateway.get("/aggregated")) == 404);
  CHECK(status_of(gateway.get(customer_target, "Accept: text/html\r\n")) == 406);
  CHECK(status_of(gateway.get(customer_target, "Accept: application/*;q=0.1\r\n")) == 200);
}

TEST_CASE("a caller that asks for strictness gets no partial answer", "[aggregated-data]") {
  three_services services;
  services.master.always(answer("{}", 500));
  running_gateway gateway{services.settings()};
  const auto refused = gateway.get(customer_target, "Prefer: handling=strict\r\n");
  CHECK(status_of(refused) == 502);
  CHECK(header_of(refused, "Preference-Applied") == "handling=strict");
  CHECK(header_of(refused, "Vary").find("Prefer") != std::string::npos);
  CHECK(header_of(refused, "Retry-After") == "5");
  CHECK(header_of(refused, "Proxy-Status") ==
        "tributary;error=http_response_status;next-hop=master;received-status=500");
  const auto lenient = gateway.get(customer_target, "Prefer: handling=lenient\r\n");
  CHECK(status_of(lenient) == 200);
  CHECK(header_of(lenient, "Preference-Applied") == "handling=lenient");
  services.master.always(answer(three_services::master_body));
  const auto good = gateway.get(customer_target, "Prefer: handling=strict\r\n");
  CHECK(status_of(good) == 200);
  CHECK(header_of(good, "Preference-Applied") == "handling=strict");
}

}  // namespace tributary::tests
