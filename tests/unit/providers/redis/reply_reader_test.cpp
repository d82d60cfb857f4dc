// SPDX-License-Identifier: MIT
#include "providers/redis/reply_reader.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace tributary::providers::redis {

using reply_progress = reply_reader::progress;

namespace {

/// A reply in one line, so that trees compare and print well.
std::string shown(const reply& answer) {
  switch (answer.kind) {
    case reply_kind::nil:
      return "nil";
    case reply_kind::integer:
      return std::to_string(answer.integer);
    case reply_kind::text:
      return "'" + answer.text + "'";
    case reply_kind::error:
      return "!" + answer.text;
    case reply_kind::array:
      break;
  }
  std::string result = "[";
  for (const auto& item : answer.items) result += shown(item) + ",";
  return result + "]";
}

/// All replies in `bytes`, fed in pieces of the sizes given; `failed: …` at the end if so.
std::vector<std::string> read_all(const std::vector<std::string_view>& pieces,
                                  reply_limits limits = {}) {
  reply_reader reader{limits};
  std::vector<std::string> found;
  for (const auto piece : pieces) {
    reader.feed(piece);
    reply answer;
    auto what = reader.next(answer);
    for (; what == reply_progress::complete; what = reader.next(answer)) {
      found.push_back(shown(answer));
    }
    if (what == reply_progress::failed) {
      found.push_back("failed: " + std::string{reader.error()});
      return found;
    }
  }
  return found;
}

std::string nested(int depth) {
  std::string text;
  for (int i = 0; i < depth; ++i) text += "*1\r\n";
  return text + ":1\r\n";
}

}  // namespace

TEST_CASE("each type of reply becomes a value", "[redis][reply_reader]") {
  struct row {
    std::string bytes;
    std::string value;
  };
  const auto [bytes, value] = GENERATE(values<row>({
      {"+OK\r\n", "'OK'"},
      {"+\r\n", "''"},
      {"-WRONGTYPE Operation\r\n", "!WRONGTYPE Operation"},
      {":0\r\n", "0"},
      {":-9223372036854775808\r\n", "-9223372036854775808"},
      {"$-1\r\n", "nil"},
      {"$0\r\n\r\n", "''"},
      {"$4\r\n\r\n$1\r\n", "'\r\n$1'"},
      {std::string{"$3\r\na\0b\r\n", 9}, std::string{"'a\0b'", 5}},
      {"*-1\r\n", "nil"},
      {"*0\r\n", "[]"},
      {"*3\r\n:1\r\n$-1\r\n+x\r\n", "[1,nil,'x',]"},
      {"*2\r\n*2\r\n:1\r\n*0\r\n*1\r\n-ERR no\r\n", "[[1,[],],[!ERR no,],]"},
  }));
  CAPTURE(bytes);
  CHECK(read_all({bytes}) == std::vector<std::string>{value});
}

TEST_CASE("replies are the same wherever their bytes are split", "[redis][reply_reader]") {
  const std::string bytes =
      "+OK\r\n*3\r\n$5\r\nhello\r\n*2\r\n:12\r\n$-1\r\n-ERR x\r\n$0\r\n\r\n:7\r\n*0\r\n";
  const std::vector<std::string> expected{"'OK'", "['hello',[12,nil,],!ERR x,]", "''", "7", "[]"};
  const std::string_view all{bytes};
  CHECK(read_all({all}) == expected);
  for (std::size_t at = 1; at < all.size(); ++at) {
    CAPTURE(at);
    CHECK(read_all({all.substr(0, at), all.substr(at)}) == expected);
  }
  std::vector<std::string_view> single;
  for (std::size_t at = 0; at < all.size(); ++at) single.push_back(all.substr(at, 1));
  CHECK(read_all(single) == expected);
}

TEST_CASE("a reply is not given before its last byte", "[redis][reply_reader]") {
  const std::string_view all = "*2\r\n$2\r\nab\r\n:1\r\n";
  for (std::size_t size = 0; size < all.size(); ++size) {
    CAPTURE(size);
    CHECK(read_all({all.substr(0, size)}).empty());
  }
}

TEST_CASE("what is no reply fails, and stays failed", "[redis][reply_reader]") {
  const auto* bytes =
      GENERATE("HTTP/1.1 400 Bad Request\r\n\r\n", "x", "\r\n", ":x\r\n", ":1 \r\n", "$x\r\n",
               "$-2\r\n", "*-2\r\n", "*99999999999\r\n", "*1\r\n?\r\n", "%1\r\n");
  CAPTURE(bytes);
  reply_reader reader{{}};
  reader.feed(bytes);
  reply answer;
  CHECK(reader.next(answer) == reply_progress::failed);
  CHECK_FALSE(reader.error().empty());
  reader.feed("+OK\r\n");
  CHECK(reader.next(answer) == reply_progress::failed);
}

TEST_CASE("replies before garbage are given", "[redis][reply_reader]") {
  const auto found = read_all({"+a\r\n+b\r\ngarbage"});
  REQUIRE(found.size() == 3);
  CHECK(found[0] == "'a'");
  CHECK(found[1] == "'b'");
}

TEST_CASE("arrays are nested seven deep at most", "[redis][reply_reader]") {
  CHECK(read_all({nested(7)}) == std::vector<std::string>{"[[[[[[[1,],],],],],],]"});
  CHECK(read_all({nested(9)}).front().starts_with("failed: "));
}

TEST_CASE("a reply may have a limited number of bytes", "[redis][reply_reader]") {
  const reply_limits limits{.bytes = 100, .items = 1000};
  const std::string fits = "$92\r\n" + std::string(92, 'x') + "\r\n";
  REQUIRE(fits.size() == 99);
  const std::string none_fits = "$94\r\n" + std::string(94, 'x') + "\r\n";
  const std::string many = "*30\r\n" + [] {
    std::string items;
    for (int i = 0; i < 30; ++i) items += ":1\r\n";
    return items;
  }();

  SECTION("each reply is counted by itself") {
    CHECK(read_all({fits + fits + fits}, limits).size() == 3);
    CHECK(read_all({fits, fits, fits}, limits).size() == 3);
    CHECK(read_all({fits + fits.substr(0, 50), fits.substr(50)}, limits).size() == 2);
  }
  SECTION("whole or in pieces, a larger one fails") {
    for (const auto& text : {none_fits, many}) {
      CHECK(read_all({text}, limits).back() == "failed: a reply larger than `max_reply`");
      CHECK(read_all({text.substr(0, 60), text.substr(60)}, limits).back() ==
            "failed: a reply larger than `max_reply`");
    }
  }
  SECTION("a large one that is announced fails before it comes") {
    CHECK(read_all({"$101\r\n"}, limits).back() == "failed: a reply larger than `max_reply`");
    CHECK(read_all({"*1\r\n$99999999999999999999"}, limits).back() ==
          "failed: a reply larger than `max_reply`");
  }
}

TEST_CASE("a line that does not end fails", "[redis][reply_reader]") {
  CHECK(read_all({"+" + std::string(60'000, 'x')}).empty());
  CHECK(read_all({"+" + std::string(70'000, 'x')}).size() == 1);
}

TEST_CASE("a reply may have a limited number of items in all arrays", "[redis][reply_reader]") {
  const reply_limits limits{.bytes = 10'000, .items = 5};
  const std::string good = "*2\r\n*2\r\n:1\r\n:2\r\n:3\r\n";
  CHECK(read_all({good + good}, limits).size() == 2);
  CHECK(read_all({"*3\r\n*2\r\n:1\r\n:2\r\n*2\r\n"}, limits).empty());
  CHECK(read_all({"*3\r\n*2\r\n:1\r\n:2\r\n*2\r\n:3\r\n:4\r\n"}, limits) ==
        std::vector<std::string>{"failed: a reply of too many items"});
  CHECK(read_all({"*2147483647\r\n"}, limits).empty());
}

TEST_CASE("the first word of an error tells its sort", "[redis][reply]") {
  reply answer;
  answer.kind = reply_kind::error;
  answer.text = "OOM command not allowed";
  CHECK(error_word(answer) == "OOM");
  answer.text = "NOSCRIPT";
  CHECK(error_word(answer) == "NOSCRIPT");
  answer.kind = reply_kind::text;
  CHECK(error_word(answer).empty());
}

}  // namespace tributary::providers::redis
