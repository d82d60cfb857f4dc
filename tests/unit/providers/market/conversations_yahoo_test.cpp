// SPDX-License-Identifier: MIT
#include "providers/market/yahoo/provider.hpp"

#include "yahoo_answers.hpp"

namespace tributary::providers::market::yahoo {

using namespace tests;
using namespace tests::yahoo_answers;
using namespace std::chrono_literals;

namespace {

std::vector<symbol> many(int count) {
  std::vector<symbol> result;
  for (int n = 0; n < count; ++n) result.push_back(sym('S' + std::to_string(n)));
  return result;
}

}  // namespace

TEST_CASE("Yahoo's first conversation shakes hands, and the others use its session",
          "[market][yahoo]") {
  const auto of = make_provider({});
  scripted_provider other;
  other.on("/v7/finance/quote", {quotes({{"EURUSD=X", "1.08"}, {"AAPL", "231.42"}})});
  with_handshake(other);
  CHECK(of->parallel() == 1);
  const auto got = ask_all(*of, syms({"AAPL", "NOSUCH", "EUR/USD", "AAPL"}), other);
  CHECK(got.quotes == texts{"AAPL 231.42", "EUR/USD 1.08"});
  CHECK(got.errors == texts{"NOSUCH not_found"});
  CHECK(got.told.empty());
  CHECK(header_of(other.asked[1], "Cookie") == "A3=d=xyz&S=abc");
  CHECK(header_of(other.asked[2], "Cookie") == "A3=d=xyz&S=abc");
  CHECK(other.asked[2].target.ends_with("&crumb=haT3oykhHqZ"));
  CHECK(ways(other) == "cookie crumb v7");
  CHECK(of->parallel() == 4);
  ask_all(*of, syms({"AAPL"}), other);
  CHECK(ways(other) == "v7");
}

TEST_CASE("Yahoo is asked for 100 symbols a conversation, with one handshake", "[market][yahoo]") {
  const auto of = make_provider({});
  scripted_provider other;
  other.on("/v7/finance/quote", {quotes({})});
  with_handshake(other);
  const auto got = ask_all(*of, many(201), other);
  CHECK(got.errors.size() == 201);
  CHECK(got.errors.back() == "S200 not_found");
  CHECK(ways(other) == "cookie crumb v7 v7 v7");
}

TEST_CASE("a conversation begun without a session takes that of another", "[market][yahoo]") {
  const auto of = make_provider({});
  scripted_provider other;
  other.on("/v7/finance/quote", {quotes({})});
  with_handshake(other);
  const auto begun = of->ask(syms({"AAPL"}));
  REQUIRE(begun[0]->next());
  ask_all(*of, syms({"MSFT"}), other);
  ways(other);
  talk(*begun[0], other);
  CHECK(ways(other) == "v7");
}

TEST_CASE("Yahoo's cookie may come from another page", "[market][yahoo]") {
  const auto of = make_provider({});
  scripted_provider other;
  other.on("/v7/finance/quote", {quotes({{"AAPL", "1"}})})
      .on("/getcrumb", {crumb})
      .on("/quote/AAPL", {{200, "<html></html>", cookie}})
      .on("/", {{503, ""}});
  CHECK(ask_all(*of, syms({"AAPL"}), other).quotes == texts{"AAPL 1"});
  CHECK(ways(other) == "cookie page crumb v7");
}

TEST_CASE("a session is renewed when it is 23 hours old", "[market][yahoo]") {
  const auto of = make_provider({});
  scripted_provider other;
  other.on("/v7/finance/quote", {quotes({{"AAPL", "1"}})});
  with_handshake(other);
  const auto ask = [&] {
    ask_all(*of, syms({"AAPL"}), other);
    return ways(other);
  };
  CHECK(ask() == "cookie crumb v7");
  other.at = now + 23h - 1s;
  CHECK(ask() == "v7");
  other.at = now + 23h;
  // The time is that of answers, of which this is the first that late.
  CHECK(ask() == "v7");
  CHECK(of->parallel() == 1);
  CHECK(ask() == "cookie crumb v7");
  CHECK(ask() == "v7");
}

TEST_CASE("a refused session is renewed once, and then done without", "[market][yahoo]") {
  const auto of = make_provider({});
  SECTION("the new one is taken") {
    scripted_provider other;
    other.on("/v7/finance/quote", {refused, quotes({{"AAPL", "1"}})});
    with_handshake(other);
    const auto got = ask_all(*of, syms({"AAPL"}), other);
    CHECK(got.quotes == texts{"AAPL 1"});
    CHECK(got.told.empty());
    CHECK(ways(other) == "cookie crumb v7 cookie crumb v7");
    CHECK(of->parallel() == 4);
  }
  SECTION("the new one is refused too") {
    scripted_provider other;
    other.on("/v7/finance/quote", {refused}).on("/v7/finance/spark", {spark({{"AAPL", "2"}})});
    with_handshake(other);
    const auto got = ask_all(*of, syms({"AAPL"}), other);
    CHECK(got.quotes == texts{"AAPL 2"});
    CHECK(got.told.empty());
    CHECK(ways(other) == "cookie crumb v7 cookie crumb v7 spark7");
    CHECK(of->parallel() == 4);
    ask_all(*of, syms({"AAPL"}), other);
    CHECK(ways(other) == "spark7");
  }
}

TEST_CASE("a session that another conversation renewed is not dropped", "[market][yahoo]") {
  const auto of = make_provider({});
  scripted_provider other;
  other.on("/v7/finance/quote", {quotes({{"AAPL", "1"}})})
      .on("/getcrumb", {crumb, {200, "second"}})
      .on("/", {cookie_set});
  ask_all(*of, syms({"AAPL"}), other);
  const auto slow = of->ask(syms({"AAPL"}));
  const auto asked = slow[0]->next();
  scripted_provider refusing;
  refusing.on("/v7/finance/quote", {refused, quotes({})}).on("/getcrumb", {{200, "second"}});
  with_handshake(refusing);
  ask_all(*of, syms({"MSFT"}), refusing);
  CHECK_FALSE(slow[0]->take({refused.status, "", refused.body, now}));
  other.asked.clear();
  talk(*slow[0], other);
  REQUIRE(other.asked.size() == 1);
  CHECK(other.asked[0].target.ends_with("&crumb=second"));
}

TEST_CASE("without a session Yahoo is asked by spark, and for a session again after a rest",
          "[market][yahoo]") {
  struct row {
    std::string_view name;
    scripted_answer cookie, page, crumb;
    std::string_view ways;
  };
  const scripted_answer consent{307, "", "Location: https://guce.yahoo.com/consent\r\n"};
  const row rows[] = {
      {"consent page", consent, consent, crumb, "cookie page spark7"},
      {"cookies refused", {503, ""}, {503, ""}, crumb, "cookie page spark7"},
      {"empty crumb", cookie_set, consent, {200, ""}, "cookie crumb spark7"},
      {"crumb refused", cookie_set, consent, refused, "cookie crumb spark7"},
      {"page for crumb", cookie_set, consent, {200, "<html></html>"}, "cookie crumb spark7"},
      {"no crumb", cookie_set, consent, {500, ""}, "cookie crumb spark7"},
  };
  for (const auto& one : rows) {
    CAPTURE(one.name);
    const auto of = make_provider({});
    scripted_provider other;
    other.on("/v7/finance/spark", {spark({{"AAPL", "2"}})})
        .on("/getcrumb", {one.crumb})
        .on("/quote/AAPL", {one.page})
        .on("/", {one.cookie});
    const auto ask = [&] {
      const auto got = ask_all(*of, syms({"AAPL"}), other);
      CHECK(got.quotes == texts{"AAPL 2"});
      CHECK(got.told.empty());
      return ways(other);
    };
    CHECK(ask() == one.ways);
    CHECK(of->parallel() == 4);
    other.at = now + 5min - 1s;
    CHECK(ask() == "spark7");
    other.at = now + 5min;
    CHECK(ask() == "spark7");
    CHECK(of->parallel() == 1);
    CHECK(ask() == one.ways);
  }
}

TEST_CASE("Yahoo's rate limit ends a conversation at every step", "[market][yahoo]") {
  const scripted_answer broken{200, "<html></html>"};
  struct row {
    std::string_view name;
    scripted_answer cookie, crumb, quote, spark, chart;
    std::string_view ways;
  };
  const auto none = spark({});
  const row rows[] = {
      {"cookie", throttled, crumb, broken, none, no_chart, "cookie"},
      {"crumb", cookie_set, throttled, broken, none, no_chart, "cookie crumb"},
      {"crumb, as text",
       cookie_set,
       {200, "Too Many Requests\r\n"},
       broken,
       none,
       no_chart,
       "cookie crumb"},
      {"crumb, at the edge",
       cookie_set,
       {200, "Edge: Too Many Requests"},
       broken,
       none,
       no_chart,
       "cookie crumb"},
      {"v7", cookie_set, crumb, throttled, none, no_chart, "cookie crumb v7"},
      {"spark", cookie_set, crumb, broken, throttled, no_chart, "cookie crumb v7 spark7"},
      {"chart",
       cookie_set,
       crumb,
       broken,
       {500, ""},
       throttled,
       "cookie crumb v7 spark7 spark8 chart"},
  };
  for (const auto& one : rows) {
    CAPTURE(one.name);
    const auto of = make_provider({});
    scripted_provider other;
    other.on("/v7/finance/quote", {one.quote})
        .on("/finance/spark", {one.spark})
        .on("/finance/chart", {one.chart})
        .on("/getcrumb", {one.crumb})
        .on("/", {one.cookie});
    const auto got = ask_all(*of, syms({"AAPL", "MSFT"}), other);
    CHECK(got.errors == texts{"AAPL rate_limited", "MSFT rate_limited"});
    REQUIRE(got.told.size() == 1);
    CHECK(got.told[0].kind == error_kind::rate_limited);
    CHECK(ways(other) == one.ways);
  }
}

TEST_CASE("a v7 that does not work leads to spark, and to chart for what spark lacks",
          "[market][yahoo]") {
  const auto of = make_provider({});
  scripted_provider other;
  other.on("/v7/finance/quote", {{200, "<html>Will be right back</html>"}, {200, "{"}, {500, ""}})
      .on("/v7/finance/spark", {spark({{"MSFT", "2"}, {"AAPL", "1"}})})
      .on("/chart/ONLY", {chart("3")})
      .on("/chart/", {no_chart});
  with_handshake(other);
  const std::string_view expected[] = {"cookie crumb v7 spark7 chart chart",
                                       "v7 spark7 chart chart", "v7 spark7 chart chart"};
  for (const auto& steps : expected) {
    const auto got = ask_all(*of, syms({"AAPL", "NOSUCH", "MSFT", "ONLY"}), other);
    CHECK(got.quotes == texts{"AAPL 1", "MSFT 2", "ONLY 3"});
    CHECK(got.errors == texts{"NOSUCH not_found"});
    CHECK(got.told.empty());
    CHECK(ways(other) == steps);
  }
}

TEST_CASE("a way of Yahoo's that is gone leads on to the next one", "[market][yahoo]") {
  const std::string_view bodies[] = {
      R"({"finance":{"result":null,"error":{"code":"Not Found","description":"x"}}})",
      R"({"error":"Not Found"})", "Not Found", "<html>Not Found</html>"};
  for (const auto& body : bodies) {
    CAPTURE(body);
    const auto of = make_provider({});
    scripted_provider other;
    other.on("/v7/", {{404, std::string(body)}})
        .on("/v8/finance/spark", {{404, std::string(body)}, {200, R"({"message":"x"})"}})
        .on("/chart/NOSUCH", {no_chart})
        .on("/chart/", {chart("3")});
    with_handshake(other);
    for (const std::string_view steps :
         {"cookie crumb v7 spark7 spark8 chart chart", "v7 spark7 spark8 chart chart"}) {
      const auto got = ask_all(*of, syms({"AAPL", "NOSUCH"}), other);
      CHECK(got.quotes == texts{"AAPL 3"});
      CHECK(got.errors == texts{"NOSUCH not_found"});
      CHECK(got.told.empty());
      CHECK(ways(other) == steps);
    }
  }
  const auto of = make_provider({});
  scripted_provider other;
  other.on("/finance/", {{404, std::string(bodies[0])}});
  with_handshake(other);
  const auto got = ask_all(*of, syms({"AAPL"}), other);
  CHECK(got.errors == texts{"AAPL unavailable"});
  CHECK(got.told.size() == 1);
}

TEST_CASE("spark is asked for 20 symbols a call, and chart for five in all", "[market][yahoo]") {
  const auto of = make_provider({});
  scripted_provider other;
  other.on("/v7/finance/quote", {{500, ""}})
      .on("/v7/finance/spark", {spark({})})
      .on("/chart/", {chart("3")});
  with_handshake(other);
  const auto got = ask_all(*of, many(45), other);
  CHECK(got.quotes == texts{"S0 3", "S1 3", "S2 3", "S3 3", "S4 3"});
  REQUIRE(got.errors.size() == 40);
  CHECK(got.errors[0] == "S5 not_found");
  CHECK(other.asked[4].target.find("symbols=S20,S21,") != std::string::npos);
  CHECK(other.asked[5].target.find("symbols=S40,S41,S42,S43,S44&") != std::string::npos);
  CHECK(ways(other) == "cookie crumb v7 spark7 spark7 spark7 chart chart chart chart chart");
}

TEST_CASE("spark has another form, which is tried once", "[market][yahoo]") {
  const auto of = make_provider({});
  SECTION("and serves the rest") {
    scripted_provider other;
    other.on("/v7/finance/quote", {{500, ""}})
        .on("/v7/finance/spark", {{404, "nothing here"}})
        .on("/v8/finance/spark", {{200, R"({"S0":{"close":[5]}})"}})
        .on("/chart/", {no_chart});
    with_handshake(other);
    CHECK(ask_all(*of, many(21), other).quotes == texts{"S0 5"});
    CHECK(ways(other) == "cookie crumb v7 spark7 spark8 spark8 chart chart chart chart chart");
  }
  SECTION("or fails, which chart makes good for some") {
    scripted_provider other;
    other.on("/v7/finance/quote", {{500, ""}})
        .on("/finance/spark", {{200, "{"}})
        .on("/chart/", {chart("3")});
    with_handshake(other);
    const auto got = ask_all(*of, many(41), other);
    CHECK(got.quotes.size() == 5);
    CHECK(got.errors.size() == 36);
    CHECK(got.errors.back() == "S40 malformed");
    CHECK(got.told.empty());
    CHECK(ways(other) == "cookie crumb v7 spark7 spark8 chart chart chart chart chart");
  }
}

TEST_CASE("Yahoo is told of as failing where no way is left", "[market][yahoo]") {
  struct row {
    scripted_answer quote, spark, chart;
    error_kind kind;
  };
  const row rows[] = {
      {refused, refused, refused, error_kind::auth},
      {{500, ""}, {500, ""}, {500, ""}, error_kind::unavailable},
      {{200, "{"}, {200, "{"}, {200, "{"}, error_kind::malformed},
  };
  for (const auto& one : rows) {
    const auto of = make_provider({});
    scripted_provider other;
    other.on("/v7/finance/quote", {one.quote})
        .on("/finance/spark", {one.spark})
        .on("/chart/", {one.chart});
    with_handshake(other);
    const auto got = ask_all(*of, syms({"AAPL", "MSFT"}), other);
    const auto kind = std::string(to_string(one.kind));
    CHECK(got.errors == texts{"AAPL " + kind, "MSFT " + kind});
    REQUIRE(got.told.size() == 1);
    CHECK(got.told[0].kind == one.kind);
    CHECK(got.told[0].symbol.empty());
    // One chart that is refused is as good as five.
    CHECK(other.count("/chart/") == 1);
  }
}

TEST_CASE("a bad request and a v7 that does not answer lead nowhere else", "[market][yahoo]") {
  const scripted_answer bad{
      400,
      R"({"quoteResponse":{"result":null,"error":{"code":"argument-error","description":"Missing value"}}})"};
  const std::pair<scripted_answer, std::string> rows[] = {{bad, "AAPL bad_request"},
                                                          {{0, ""}, "AAPL unavailable"}};
  for (const auto& [answer, error] : rows) {
    const auto of = make_provider({});
    scripted_provider other;
    other.on("/v7/finance/quote", {answer});
    with_handshake(other);
    const auto got = ask_all(*of, syms({"AAPL"}), other);
    CHECK(got.errors == texts{error});
    CHECK(got.told.size() == 1);
    CHECK(ways(other) == "cookie crumb v7");
  }
}

TEST_CASE("what Yahoo says of a session is not passed on with it", "[market][yahoo]") {
  const std::string echo =
      R"({"finance":{"result":null,"error":{"code":"argument-error",
          "description":"A3=d=xyz&S=abc haT3oykhHqZ A3%3Dd%3Dxyz%26S%3Dabc"}}})";
  const auto of = make_provider({});
  scripted_provider other;
  other.on("/v7/finance/quote", {{400, echo}}).on("/screener/", {{402, echo}, {401, echo}});
  with_handshake(other);
  auto said = ask_all(*of, syms({"AAPL"}), other).raw.errors;
  for (int n = 0; n < 3; ++n) {
    const auto list = fetch_list(*of, asset_class::stock, other);
    if (list.list.error) said.push_back(*list.list.error);
  }
  CHECK(said.size() > 1);
  for (const auto& why : said) {
    CHECK(why.detail.find("xyz") == std::string::npos);
    CHECK(why.detail.find("haT3") == std::string::npos);
  }
}

}  // namespace tributary::providers::market::yahoo
