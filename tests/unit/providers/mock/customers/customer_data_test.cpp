// SPDX-License-Identifier: MIT
#include "providers/mock/customers/customer_data.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <set>

namespace tributary::providers::mock::customers {

using http::wire::parse_instant;
using nlohmann::json;

namespace {

json transactions_of(std::uint32_t number, const instant_range& range = {}) {
  return json::parse(customer_data{1}.transactions(number, range)).at("transactions");
}

}  // namespace

TEST_CASE("customers are c1 to c10000 in exactly this spelling", "[mock]") {
  CHECK(customer_data::number_of("c1") == 1);
  CHECK(customer_data::number_of("c10000") == 10'000);
  for (const auto* id : {"", "c", "c0", "c01", "c10001", "C1", "1", "c1x", "c-1", "c+1", "c1 ",
                         "c99999999999999999999"}) {
    INFO(id);
    CHECK_FALSE(customer_data::number_of(id).has_value());
  }
}

TEST_CASE("the same seed and customer give the same bytes", "[mock]") {
  const customer_data one{7};
  const customer_data same{7};
  const customer_data other{8};
  for (const std::uint32_t number : {1U, 77U, 10'000U}) {
    CHECK(one.customer(number) == same.customer(number));
    CHECK(one.master_data(number) == same.master_data(number));
    CHECK(one.all_transactions(number) == same.all_transactions(number));
  }
  CHECK(one.all_transactions(1) != one.all_transactions(2));
  CHECK(one.all_transactions(1) != other.all_transactions(1));
  // Pinned: a change of the generator changes what every reader of the documentation sees.
  CHECK(customer_data{1}.customer(1).starts_with(R"({"customer_id":"c1","name":")"));
}

TEST_CASE("documents have the fields of the published shapes", "[mock]") {
  const auto customer = json::parse(customer_data{1}.customer(42));
  CHECK(customer.size() == 4);
  CHECK(customer.at("customer_id") == "c42");
  CHECK(customer.at("name").is_string());
  CHECK(customer.at("email").is_string());
  CHECK(customer.at("preferences").at("language").is_string());
  CHECK(customer.at("preferences").at("currency").is_string());

  const auto master = json::parse(customer_data{1}.master_data(42));
  CHECK(master.size() == 2);
  std::set<std::string> products;
  for (const auto& product : master.at("products")) {
    CHECK(product.size() == 3);
    CHECK(product.at("name").is_string());
    CHECK(product.at("price").get<double>() > 0);
    products.insert(product.at("product_id"));
  }
  CHECK(products.size() == master.at("products").size());
  for (const auto& category : master.at("categories")) {
    CHECK(category.size() == 2);
    CHECK(category.at("category_id").is_string());
    CHECK(category.at("category_name").is_string());
  }

  for (const auto& transaction : transactions_of(42)) {
    CHECK(transaction.size() == 4);
    CHECK(transaction.at("transaction_id").is_string());
    CHECK(transaction.at("amount").is_number());
    CHECK(parse_instant(transaction.at("date").get<std::string>()).has_value());
    CHECK(transaction.at("status").is_string());
  }
}

TEST_CASE("documents are about 0.2, 2 and 4 kB", "[mock]") {
  const customer_data data{1};
  for (std::uint32_t number = 1; number <= customer_data::customers; number += 499) {
    CHECK(data.customer(number).size() < 300);
    CHECK(data.master_data(number).size() > 1'500);
    CHECK(data.master_data(number).size() < 2'600);
    CHECK(data.all_transactions(number).size() > 3'300);
    CHECK(data.all_transactions(number).size() < 4'700);
  }
}

TEST_CASE("a range keeps the transactions between its ends, both included", "[mock]") {
  const auto all = transactions_of(5);
  REQUIRE(all.size() > 10);
  const auto from = parse_instant(all[3].at("date").get_ref<const std::string&>());
  const auto to = parse_instant(all[7].at("date").get_ref<const std::string&>());
  const auto some = transactions_of(5, {*from, *to});
  REQUIRE(some.size() == 5);
  CHECK(some.front() == all[3]);
  CHECK(some.back() == all[7]);
  CHECK(transactions_of(5, {{to->seconds + 1, false, {}}, *to}).empty());
}

}  // namespace tributary::providers::mock::customers
