// SPDX-License-Identifier: MIT
#include "providers/mock/wire/mock_server.hpp"

#include "providers/mock/customers/customer_data.hpp"
#include "providers/mock/desk/knobs.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <thread>

namespace tributary::providers::mock {

namespace asio = boost::asio;
namespace beast = boost::beast::http;
using asio::ip::tcp;
using nlohmann::json;

namespace {

/// A running mock on a free port.
struct running_mock {
  explicit running_mock(mock_options options = mock_options::on_free_ports())
      : server(std::move(options)) {
    const auto problem = server.start();
    INFO(problem.value_or(""));
    REQUIRE_FALSE(problem);
  }
  mock_server server;
};

/// One blocking connection.
struct connection {
  explicit connection(const mock_server& server) : connection(server.port("customer")) {}
  explicit connection(std::uint16_t port) : socket(context) {
    socket.connect({asio::ip::address_v4::loopback(), port});
  }

  beast::response<beast::string_body> ask(beast::verb method, std::string_view target,
                                          std::string_view body = {}) {
    beast::request<beast::string_body> request{
        method, boost::beast::string_view{target.data(), target.size()}, 11};
    request.set(beast::field::host, "mock");
    request.set(beast::field::user_agent, "Mozilla/5.0 (a test)");
    request.body() = body;
    request.prepare_payload();
    beast::write(socket, request);
    beast::response_parser<beast::string_body> parser;
    parser.skip(method == beast::verb::head);
    beast::read(socket, buffer, parser, error);
    return parser.release();
  }

  beast::response<beast::string_body> get(std::string_view target) {
    return ask(beast::verb::get, target);
  }

  asio::io_context context;
  tcp::socket socket;
  boost::beast::flat_buffer buffer;
  boost::system::error_code error;
};

}  // namespace

TEST_CASE("the three services answer over one kept-alive connection", "[mock]") {
  running_mock mock;
  connection client{mock.server};
  const customers::customer_data data{1};
  CHECK(client.get("/customers/c1").body() == data.customer(1));
  CHECK(client.get("/master-data?customer_id=c2").body() == data.master_data(2));
  CHECK(client.get("/transactions?customer_id=c10000").body() == data.all_transactions(10'000));
  const auto again = client.get("/customers/c1");
  CHECK(again.body() == data.customer(1));
  CHECK(again.at(beast::field::content_type) == "application/json");
  CHECK(again.keep_alive());
  CHECK(mock.server.requests("customer") == 2);
  CHECK(mock.server.requests("transaction") == 1);
}

TEST_CASE("an unknown customer is 404 at the customer service and has nothing elsewhere",
          "[mock]") {
  running_mock mock;
  connection client{mock.server};
  const auto customer = client.get("/customers/c10001");
  CHECK(customer.result_int() == 404);
  CHECK(json::parse(customer.body()).at("error") == "no such customer");
  CHECK(client.get("/master-data?customer_id=nobody").body() ==
        R"({"products":[],"categories":[]})");
  CHECK(client.get("/transactions?customer_id=nobody").body() == R"({"transactions":[]})");
}

TEST_CASE("market data is served on a port of its own, with its own header", "[mock]") {
  running_mock mock;
  REQUIRE(mock.server.port("yfinance") != mock.server.port("customer"));
  connection client{mock.server.port("yfinance")};
  const auto chart = client.get("/yfinance/v8/finance/chart/AAPL");
  CHECK(chart.result_int() == 200);
  CHECK(chart.at(beast::field::content_type) == "application/json;charset=utf-8");
  CHECK(json::parse(chart.body()).at("chart").at("error").is_null());
  const auto front = client.get("/yfinance/");
  CHECK(front.result_int() == 404);
  CHECK(front.count(beast::field::set_cookie) == 1);
  CHECK(client.get("/coingecko/api/v3/ping").keep_alive());
  CHECK(client.get("/customers/c1").result_int() == 404);
  CHECK(mock.server.requests("yfinance") == 2);
  CHECK(mock.server.requests("coingecko") == 1);
  CHECK(mock.server.requests("customer") == 0);
  connection first{mock.server};
  CHECK(first.get("/yfinance/").result_int() == 404);
  CHECK(first.ask(beast::verb::put, "/_control/yfinance", R"({"error_rate":1})").result_int() ==
        200);
  CHECK(client.get("/yfinance/").result_int() == 503);
}

TEST_CASE("a parameter that is not UTF-8 is refused, and the mock goes on", "[mock]") {
  running_mock mock;
  connection client{mock.server.port("yfinance")};
  for (const auto* target :
       {"/alpha_vantage/query?function=%FF&apikey=k2",
        "/alpha_vantage/query?function=GLOBAL_QUOTE&symbol=IBM&apikey=%C3%28",
        "/coinmarketcap/v1/cryptocurrency/quotes/latest?symbol=%FF&CMC_PRO_API_KEY=k",
        "/yfinance/v8/finance/chart/AAPL?range=%FF", "/yfinance/v8/finance/chart/AAPL?interval=%FF",
        "/yfinance/v1/finance/screener/predefined/saved?scrIds=%ED%A0%80",
        "/yfinance/v8/finance/chart/%FF", "/coingecko/api/v3/ping?%FF=1"}) {
    INFO(target);
    const auto answer = client.get(target);
    CHECK(answer.result_int() == 400);
    CHECK_THAT(json::parse(answer.body()).at("error").get<std::string>(), Catch::Contains("UTF-8"));
  }
  CHECK(client.get("/yfinance/v8/finance/chart/AAPL?range=%C3%A9").result_int() == 200);
}

TEST_CASE("a market port that is taken is named, and nothing stays open", "[mock]") {
  running_mock mock;
  auto options = mock_options::on_free_ports();
  options.ports[1].number = mock.server.port("yfinance");
  mock_server second{options};
  const auto problem = second.start();
  REQUIRE(problem);
  CHECK_THAT(*problem, Catch::Contains(':' + std::to_string(options.ports[1].number) + ": "));
  CHECK(second.port("customer") == 0);
}

TEST_CASE("transactions are filtered by instants, percent-encoded or with a bare plus", "[mock]") {
  running_mock mock;
  connection client{mock.server};
  const auto count = [&](std::string_view query) {
    const auto answer = client.get("/transactions?customer_id=c3" + std::string{query});
    REQUIRE(answer.result_int() == 200);
    return json::parse(answer.body()).at("transactions").size();
  };
  const auto all = count("");
  const auto late = count("&from=2024-07-01T00%3A00%3A00Z");
  CHECK((late > 0 && late < all));
  CHECK(count("&from=2024-07-01T02:00:00+02:00") == late);
  CHECK(count("&to=2024-06-30T23:59:59.999Z") == all - late);
  CHECK(count("&from=2023-01-01T00:00:00Z&to=2025-01-01T00:00:00Z") == all);
}

TEST_CASE("requests that make no sense get a 4xx that says why", "[mock]") {
  running_mock mock;
  connection client{mock.server};
  const struct {
    beast::verb method;
    const char* target;
    unsigned status;
    const char* says;
  } cases[] = {{beast::verb::get, "/master-data", 400, "customer_id"},
               {beast::verb::get, "/transactions?customer_id=", 400, "customer_id"},
               {beast::verb::get, "/transactions?customer_id=c1&from=now", 400, "from"},
               {beast::verb::get, "/transactions?customer_id=c1&to=1", 400, "to"},
               {beast::verb::get,
                "/transactions?customer_id=c1&from=2025-01-01T00:00:00Z&to=2024-01-01T00:00:00Z",
                400, "later"},
               {beast::verb::get, "/nowhere", 404, "path"},
               {beast::verb::get, "/transactions?customer_id=%zz", 400, "target"},
               {beast::verb::post, "/customers/c1", 405, "method"},
               {beast::verb::get, "/_control/nobody", 404, "customer, master, transaction"},
               {beast::verb::post, "/_control/customer", 405, "method"}};
  for (const auto& [method, target, status, says] : cases) {
    INFO(target);
    const auto answer = client.ask(method, target);
    CHECK(answer.result_int() == status);
    CHECK_THAT(json::parse(answer.body()).at("error").get<std::string>(), Catch::Contains(says));
  }
}

TEST_CASE("HEAD has the header of GET and no body", "[mock]") {
  running_mock mock;
  connection client{mock.server};
  const auto head = client.ask(beast::verb::head, "/customers/c1");
  CHECK(head.body().empty());
  CHECK(head.at(beast::field::content_length) ==
        std::to_string(customers::customer_data{1}.customer(1).size()));
  CHECK(client.get("/customers/c1").result_int() == 200);
}

TEST_CASE("knobs are set, read and reset while it runs", "[mock]") {
  running_mock mock;
  connection client{mock.server};
  const auto calm = client.get("/_control/customer").body();
  const auto set =
      client.ask(beast::verb::put, "/_control/customer", R"({"error_rate":1,"error_status":500})");
  CHECK(set.result_int() == 200);
  CHECK(client.get("/_control/customer").body() == set.body());
  CHECK(client.get("/customers/c1").result_int() == 500);
  CHECK(client.get("/master-data?customer_id=c1").result_int() == 200);
  CHECK(client.ask(beast::verb::put, "/_control/customer", "{}").body() == calm);
  CHECK(client.get("/customers/c1").result_int() == 200);
  client.ask(beast::verb::put, "/_control/customer", R"({"malformed":true})");
  CHECK(client.ask(beast::verb::delete_, "/_control/customer").body() == calm);
  CHECK(json::parse(client.get("/_control").body()).size() == services().size());
}

TEST_CASE("bad knobs are refused and change nothing", "[mock]") {
  running_mock mock;
  connection client{mock.server};
  const auto before = client.get("/_control/master").body();
  const auto refused =
      client.ask(beast::verb::put, "/_control/master", R"({"hang":false,"speed":1})");
  CHECK(refused.result_int() == 400);
  CHECK_THAT(refused.body(), Catch::Contains("speed"));
  CHECK(client.ask(beast::verb::put, "/_control/master", "{").result_int() == 400);
  CHECK(client.get("/_control/master").body() == before);
}

TEST_CASE("bodies of a mebibyte are taken, and a byte more is 413", "[mock]") {
  running_mock mock;
  connection client{mock.server};
  constexpr std::size_t mebibyte = 1024 * 1024;
  const std::string knobs = R"({"latency_ms":0})";
  const auto whole = knobs + std::string(mebibyte - knobs.size(), ' ');
  CHECK(client.ask(beast::verb::put, "/_control/master", whole).result_int() == 200);
  const auto refused = client.ask(beast::verb::put, "/_control/master", whole + ' ');
  CHECK(refused.result_int() == 413);
  CHECK_FALSE(refused.keep_alive());
}

TEST_CASE("every listener answers health checks with its services", "[mock]") {
  running_mock mock;
  connection first{mock.server};
  const auto answer = first.get("/health");
  CHECK(answer.result_int() == 200);
  CHECK(answer.body() == R"({"status":"ok","services":["customer","master","transaction"]})");
  connection second{mock.server.port("yfinance")};
  CHECK(json::parse(second.get("/health").body()).at("services").size() == 5);
}

TEST_CASE("it says where each service is", "[mock]") {
  running_mock mock;
  const auto market = "http://127.0.0.1:" + std::to_string(mock.server.port("yfinance"));
  CHECK(mock.server.url("finnhub") == market + "/finnhub");
  CHECK_THAT(mock.server.overview(), Catch::Contains("market data on " + market));
  CHECK_THROWS_AS(mock.server.port("nobody"), std::invalid_argument);
  CHECK_THROWS_AS(mock.server.set("customer", {{"limits", false}}), std::invalid_argument);
}

TEST_CASE("latency delays the answer", "[mock]") {
  running_mock mock;
  mock.server.set("customer", {{"latency_ms", 30}});
  connection client{mock.server};
  const auto start = std::chrono::steady_clock::now();
  CHECK(client.get("/customers/c1").result_int() == 200);
  CHECK(std::chrono::steady_clock::now() - start >= std::chrono::milliseconds{30});
}

TEST_CASE("a malformed body is whole and no JSON", "[mock]") {
  running_mock mock;
  mock.server.set("customer", {{"malformed", true}});
  connection client{mock.server};
  const auto answer = client.get("/customers/c1");
  CHECK(answer.body().size() == customers::customer_data{1}.customer(1).size());
  CHECK_FALSE(json::accept(answer.body()));
}

TEST_CASE("a truncated body ends before its length", "[mock]") {
  running_mock mock;
  mock.server.set("transaction", {{"truncate", true}});
  connection client{mock.server};
  client.get("/transactions?customer_id=c1");
  CHECK(client.error == beast::error::partial_message);
}

TEST_CASE("a hanging request is never answered, and neither it nor a delay keeps a stop waiting",
          "[mock]") {
  auto options = mock_options::on_free_ports();
  options.threads = 2;
  running_mock mock{options};
  mock.server.set("customer", {{"hang", true}});
  mock.server.set("master", {{"latency_ms", 600'000}});
  connection hanging{mock.server};
  connection delayed{mock.server};
  const std::string_view ask_customer = "GET /customers/c1 HTTP/1.1\r\nHost: m\r\n\r\n";
  const std::string_view ask_master = "GET /master-data?customer_id=c1 HTTP/1.1\r\nHost: m\r\n\r\n";
  asio::write(hanging.socket, asio::buffer(ask_customer.data(), ask_customer.size()));
  asio::write(delayed.socket, asio::buffer(ask_master.data(), ask_master.size()));
  while (mock.server.requests("customer") + mock.server.requests("master") < 2) {
    std::this_thread::yield();
  }
  CHECK(hanging.socket.available() == 0);
  mock.server.stop();
  char byte;
  boost::system::error_code error;
  CHECK(asio::read(hanging.socket, asio::buffer(&byte, 1), error) == 0);
  CHECK(error);
  CHECK(asio::read(delayed.socket, asio::buffer(&byte, 1), error) == 0);
}

TEST_CASE("errors come in the same order for the same seed", "[mock]") {
  const auto sequence = [](std::uint64_t seed) {
    auto options = mock_options::on_free_ports();
    options.seed = seed;
    REQUIRE_FALSE(options.apply_knob("customer.error_rate=0.5"));
    running_mock mock{options};
    connection client{mock.server};
    std::string statuses;
    for (int i = 0; i < 40; ++i) {
      statuses += client.get("/customers/c1").result_int() == 200 ? '.' : 'x';
    }
    return statuses;
  };
  const auto first = sequence(1);
  CHECK(first == sequence(1));
  CHECK(first != sequence(2));
  CHECK(first.find('x') != first.npos);
  CHECK(first.find('.') != first.npos);
}

TEST_CASE("a request that is no HTTP is answered with 400 and a closed connection", "[mock]") {
  running_mock mock;
  connection client{mock.server};
  const std::string_view garbage = "garbage\r\n\r\n";
  asio::write(client.socket, asio::buffer(garbage.data(), garbage.size()));
  std::string answer;
  boost::system::error_code error;
  asio::read(client.socket, asio::dynamic_buffer(answer), error);
  CHECK_THAT(answer, Catch::StartsWith("HTTP/1.1 400 "));
}

TEST_CASE("a port that is taken is named", "[mock]") {
  running_mock mock;
  auto options = mock_options::on_free_ports();
  options.ports[0].number = mock.server.port("customer");
  mock_server second{options};
  const auto problem = second.start();
  REQUIRE(problem);
  CHECK_THAT(*problem, Catch::Contains("127.0.0.1:" + std::to_string(options.ports[0].number)) &&
                           Catch::Contains("in use"));
  options.address = "localhost";
  CHECK_THAT(*mock_server{options}.start(), Catch::Contains("not an IP address"));
}

}  // namespace tributary::providers::mock
