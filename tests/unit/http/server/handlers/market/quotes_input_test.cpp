// SPDX-License-Identifier: MIT
#include "http/server/handlers/market/quotes_input.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace tributary::http::server {

namespace {

std::string joined(const quotes_input& input) {
  std::string result;
  for (const auto& each : input.symbols) result.append(result.empty() ? "" : " ").append(each.text);
  return result;
}

std::string numbered(int from, int to) {
  std::string result;
  for (int i = from; i <= to; ++i) {
    result.append(result.empty() ? "A" : ",A").append(std::to_string(i));
  }
  return result;
}

}  // namespace

TEST_CASE("symbols are read in their order, each once, in any case and with blanks around them") {
  struct row {
    std::string query;
    std::string symbols;
  };
  const auto given = GENERATE(values<row>({
      {"symbols=AAPL", "AAPL"},
      {"symbols=AAPL,BTC-USD,EUR/USD", "AAPL BTC-USD EUR/USD"},
      {"symbols=EUR%2FUSD%2CAAPL", "EUR/USD AAPL"},
      {"symbols=%20aapl%20,%09msft", "AAPL MSFT"},
      {"symbols=AAPL%2C+MSFT", "AAPL MSFT"},
      {"symbols=++AAPL+,++MSFT+", "AAPL MSFT"},
      {"symbols=AAPL+%2cMSFT,+IBM", "AAPL MSFT IBM"},
      {"symbols=MSFT,AAPL,msft,AAPL", "MSFT AAPL"},
      {"symbols=%5EGSPC", "^GSPC"},
      {"%73ymbols=AAPL", "AAPL"},
      {"pretty=1&symbols=AAPL&Symbols=MSFT&&", "AAPL"},
  }));
  CAPTURE(given.query);
  const auto read = read_quotes_input(given.query);
  CHECK(read.errors.empty());
  CHECK(joined(read) == given.symbols);
}

TEST_CASE("what is wrong with symbols is named, each symbol with its place") {
  struct row {
    std::string query;
    std::vector<std::string> details;  ///< a part of each
    std::vector<std::string> symbols;
  };
  const auto given = GENERATE(values<row>({
      {"", {"is required"}, {""}},
      {"symbol=AAPL", {"is required"}, {""}},
      {"symbols", {"is empty"}, {""}},
      {"symbols=", {"is empty"}, {""}},
      {"symbols=AAPL&symbols=MSFT", {"only once"}, {""}},
      {"symbols=AAPL,,MSFT", {"an empty symbol at place 2"}, {""}},
      {"symbols=AAPL,", {"an empty symbol at place 2"}, {""}},
      {"symbols=%20", {"an empty symbol at place 1"}, {""}},
      {"symbols=A+B,AAPL,%24,-X", {"at place 1", "at place 3", "at place 4"}, {"A+B", "$", "-X"}},
      {"symbols=BTC_USD,EUR%20USD",
       {"at place 1 of symbols: 1 to 32 letters, digits, and . - / ^ & = between them; did you "
        "mean "
        "`BTC-USD`?",
        "did you mean `EUR/USD`?"},
       {"BTC_USD", "EUR USD"}},
      {"symbols=%2BAAPL,A,B+C", {"at place 1", "at place 3"}, {"+AAPL", "B+C"}},
      {"symbols=" + std::string(33, 'A'), {"at place 1"}, {std::string(33, 'A')}},
      {"symbols=" + std::string(99, 'A'), {"at place 1"}, {std::string(64, 'A')}},
      {"symbols=" + numbered(1, 102), {"at most 100"}, {"A101"}},
  }));
  CAPTURE(given.query);
  const auto read = read_quotes_input(given.query);
  REQUIRE(read.errors.size() == given.details.size());
  for (std::size_t i = 0; i < given.details.size(); ++i) {
    CHECK_THAT(read.errors[i].detail, Catch::Contains(given.details[i]));
    CHECK(read.errors[i].symbol == given.symbols[i]);
  }
}

TEST_CASE("a hundred different symbols are not too many, however often each is named") {
  const auto hundred = numbered(1, 100);
  const auto read = read_quotes_input("symbols=" + hundred + "," + hundred);
  CHECK(read.errors.empty());
  CHECK(read.symbols.size() == 100);
}

TEST_CASE("refused symbols make a problem that names them") {
  request asked;
  asked.request_id = "r1";
  const auto answer =
      refuse_symbols(asked, {{}, {{"not a symbol", "A\"\xff"}, {"an empty symbol", {}}}, 2});
  CHECK(answer.status == 400);
  CHECK(answer.content_type == "application/problem+json");
  const std::string body{answer.body.at(0).view()};
  CHECK_THAT(body, Catch::Contains(R"("detail":"2 things are wrong with symbols")"));
  CHECK_THAT(body, Catch::Contains(R"("instance":"r1")"));
  CHECK_THAT(body, Catch::EndsWith(R"("errors":[{"symbol":"A\")"
                                   "\xEF\xBF\xBD"
                                   R"(","kind":"bad_request","detail":"not a symbol",)"
                                   R"("parameter":"symbols"},{"detail":"an empty symbol",)"
                                   R"("parameter":"symbols"}]})"));
}

TEST_CASE("of very many things that are wrong with symbols the first are listed") {
  request asked;
  const auto hundred = read_quotes_input("symbols=" + std::string(99, ','));
  CHECK(hundred.errors.size() == 100);
  CHECK(hundred.wrong == 100);
  const std::string all_listed{refuse_symbols(asked, hundred).body.at(0).view()};
  CHECK_THAT(all_listed, Catch::Contains(R"("detail":"100 things are wrong with symbols")"));
  const auto thousands = read_quotes_input("symbols=" + numbered(1, 101) + std::string(8'000, ','));
  CHECK(thousands.errors.size() == 1);  // the one symbol too many ends it
  const auto read = read_quotes_input("symbols=A" + std::string(8'000, ','));
  CHECK(read.errors.size() == max_listed_errors);
  CHECK(read.wrong == 8'000);
  const std::string body{refuse_symbols(asked, read).body.at(0).view()};
  CHECK(body.size() < 16 * 1024);
  CHECK_THAT(body, Catch::Contains(R"("detail":"8000 things are wrong with symbols; )"
                                   R"(the first 100 are listed")"));
}

}  // namespace tributary::http::server
