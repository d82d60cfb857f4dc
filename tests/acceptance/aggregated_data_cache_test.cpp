// SPDX-License-Identifier: MIT
#include "support/eventually.hpp"
#include "support/gateway_fixture.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace tributary::tests {

namespace {

int max_age(const std::string& raw) {
  const std::string before = "private, max-age=";
  const auto field = header_of(raw, "Cache-Control");
  return field.starts_with(before) ? std::stoi(field.substr(before.size())) : -1;
}

}  // namespace

TEST_CASE("a complete answer is kept for less than its time to live and nobody is asked again",
          "[cache]") {
  three_services services;
  running_gateway gateway{services.settings()};
  const auto first = gateway.get(customer_target);
  CHECK(header_of(first, "Cache-Status") == "tributary; fwd=uri-miss; stored");
  CHECK(header_of(first, "Age").empty());
  CHECK(max_age(first) <= 60);
  CHECK(max_age(first) >= 50);  // jitter takes up to a tenth
  const auto etag = header_of(first, "ETag");
  CHECK(etag.front() == '"');
  const auto second = gateway.get(customer_target);
  CHECK(is_hit(second));
  CHECK_FALSE(header_of(second, "Age").empty());
  CHECK(max_age(second) <= max_age(first));
  CHECK(header_of(second, "Cache-Status").ends_with("ttl=" + std::to_string(max_age(second))));
  CHECK(header_of(second, "ETag") == etag);
  CHECK(header_of(second, "Aggregate-Complete") == "?1");
  CHECK(header_of(second, "Aggregate-Status") == header_of(first, "Aggregate-Status"));
  CHECK(body_of(second) == body_of(first));
  const auto head = gateway.head(customer_target);
  CHECK(is_hit(head));
  CHECK(header_of(head, "Content-Length") == header_of(first, "Content-Length"));
  CHECK(services.customer.requests().size() == 1);
}

TEST_CASE("age counts from the gather, and an answer that is too old is gathered anew", "[cache]") {
  three_services services;
  auto settings = services.settings();
  alter_endpoint(settings, [&](auto& endpoint) {
    endpoint.cache->ttl = std::chrono::milliseconds{1'900};
    endpoint.cache->jitter = 0;
  });
  running_gateway gateway{std::move(settings)};
  gateway.get(customer_target);
  std::string aged;
  CHECK(eventually([&] { return header_of(aged = gateway.get(customer_target), "Age") == "1"; }));
  CHECK(is_hit(aged));
  CHECK(max_age(aged) == 0);
  CHECK(eventually([&] { return !is_hit(gateway.get(customer_target)); }));
  CHECK(services.customer.requests().size() == 2);
}

TEST_CASE("requests that mean the same share an entry, others do not", "[cache]") {
  struct row {
    std::string first;
    std::string second;
    bool same;
  };
  const std::vector<row> rows{
      {"", "&data_type=all", true},
      {"", "&data_type=transaction,master,customer", true},
      {"", "&unknown=1", true},
      {"&data_type=customer,master", "&data_type=master,customer", true},
      {"&data_type=customer", "&data_type=master", false},
      {"", "&data_type=customer", false},
      {"", "&timestamp=2024-01-01T00:00:00Z", false},
      {"&timestamp=2024-01-01T00:00:00Z", "&timestamp=2024-01-01T02:00:00%2B02:00", true},
      {"&timestamp=2024-01-01T00:00:00Z", "&timestamp=2024-01-01T00:00:00Z/2024-01-02T00:00:00Z",
       false},
      {"&data_type=customer", "&data_type=customer&timestamp=2024-01-01T00:00:00Z", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.first, row.second);
    three_services services;
    running_gateway gateway{services.settings()};
    gateway.get(customer_target + row.first);
    CHECK(is_hit(gateway.get(customer_target + row.second)) == row.same);
    CHECK(is_hit(gateway.get(customer_target + row.first)));
  }
}

TEST_CASE("a purge takes a key with its variants, or all with a prefix, and says 204 anyway",
          "[cache]") {
  three_services services;
  running_gateway gateway{services.settings()};
  const std::vector<std::string> variants{customer_target, customer_target + "&data_type=customer",
                                          customer_target + "&timestamp=2024-01-01T00:00:00Z",
                                          customer_target + "&data_type=transaction,master"};
  const std::string other = "/aggregated-data?customer_id=c10";
  const auto fill = [&] {
    for (const auto& each : variants) gateway.get(each);
    gateway.get(other);
  };
  const std::vector<std::string> purges{"/cache/customer:c1", "/cache/customer%3Ac1"};
  for (const auto& purge : purges) {
    fill();
    const auto done = gateway.admin("DELETE", purge);
    CHECK(status_of(done) == 204);
    CHECK(header_of(done, "Content-Length").empty());
    for (const auto& each : variants) CHECK_FALSE(is_hit(gateway.get(each)));
    CHECK(is_hit(gateway.get(other)));
  }
  fill();
  CHECK(status_of(gateway.admin("DELETE", "/cache?prefix=customer:")) == 204);
  for (const auto& each : variants) CHECK_FALSE(is_hit(gateway.get(each)));
  CHECK_FALSE(is_hit(gateway.get(other)));
  CHECK(status_of(gateway.admin("DELETE", "/cache/nothing")) == 204);
  CHECK(status_of(gateway.admin("DELETE", "/cache?prefix=nothing")) == 204);
  CHECK(status_of(gateway.admin("DELETE", "/cache")) == 400);
  raw_client public_client{gateway->port()};
  public_client.send(running_gateway::request("DELETE", "/cache/customer:c1"));
  CHECK(status_of(public_client.read_answer()) == 404);
}

TEST_CASE("a client that has the answer gets 304 and its header fields", "[cache]") {
  three_services services;
  running_gateway gateway{services.settings()};
  const auto etag = header_of(gateway.get(customer_target), "ETag");
  const std::vector<std::string> matching{etag, "W/" + etag, "\"x\", " + etag, "*"};
  for (const auto& each : matching) {
    CAPTURE(each);
    const auto raw = gateway.get(customer_target, "If-None-Match: " + each + "\r\n");
    CHECK(status_of(raw) == 304);
    CHECK(header_of(raw, "ETag") == etag);
    CHECK(max_age(raw) > 0);
    CHECK(header_of(raw, "Vary") == "Prefer");
    CHECK(header_of(raw, "Aggregate-Complete") == "?1");
    CHECK(body_of(raw).empty());
  }
  CHECK(status_of(gateway.get(customer_target, "If-None-Match: \"other\"\r\n")) == 200);
  // Also when it had to be gathered first, and then it is kept as always.
  gateway.admin("DELETE", "/cache/customer:c1");
  CHECK(status_of(gateway.get(customer_target, "If-None-Match: " + etag + "\r\n")) == 304);
  CHECK(is_hit(gateway.get(customer_target)));
  // What is incomplete has no tag to match.
  services.master.always(answer("{}", 500));
  gateway.admin("DELETE", "/cache/customer:c1");
  const auto partial = gateway.get(customer_target, "If-None-Match: *\r\n");
  CHECK(status_of(partial) == 200);
  CHECK(header_of(partial, "ETag").empty());
}

TEST_CASE("what an upstream says of caching goes before the endpoint's own time", "[cache]") {
  struct row {
    std::string field;
    bool kept;
    int at_most;
  };
  const std::vector<row> rows{
      {"", true, 60},
      {"Cache-Control: no-store\r\n", false, 0},
      {"Cache-Control: private\r\n", false, 0},
      {"Cache-Control: private, max-age=30\r\n", false, 0},
      {"Cache-Control: max-age=20\r\n", true, 20},
      {"Cache-Control: public, max-age=20\r\n", true, 20},
      {"Cache-Control: max-age=600\r\n", true, 60},
      {"Cache-Control: max-age=20\r\nAge: 15\r\n", true, 5},
      {"Cache-Control: max-age=0\r\n", false, 0},
  };
  for (const auto& row : rows) {
    CAPTURE(row.field);
    three_services services;
    services.master.always(answer(three_services::master_body, 200, row.field));
    running_gateway gateway{services.settings()};
    const auto first = gateway.get(customer_target);
    CHECK(status_of(first) == 200);
    CHECK(header_of(first, "Aggregate-Complete") == "?1");
    CHECK_FALSE(header_of(first, "ETag").empty());
    CHECK(is_hit(gateway.get(customer_target)) == row.kept);
    if (row.kept) {
      CHECK(max_age(first) <= row.at_most);
      CHECK(max_age(first) >= row.at_most * 8 / 10);
    } else {
      CHECK(header_of(first, "Cache-Control") == "no-store");
      CHECK(header_of(first, "Cache-Status") == "tributary; fwd=uri-miss");
    }
  }
}

TEST_CASE("what is incomplete is never kept", "[cache]") {
  for (const int status : {404, 500, 503}) {
    three_services services;
    auto& failing = status == 404 ? services.customer : services.master;
    failing.next(answer("{}", status));
    if (status == 503) failing.next(answer("{}", status));  // for the retry
    running_gateway gateway{services.settings()};
    const auto first = gateway.get(customer_target);
    CHECK(header_of(first, "Aggregate-Complete") == "?0");
    const auto second = gateway.get(customer_target);
    CHECK(header_of(second, "Cache-Status") == "tributary; fwd=uri-miss; stored");
    CHECK(body_of(second) == three_services::complete_body);
    CHECK(services.transaction.requests().size() == 2);
  }
}

}  // namespace tributary::tests
