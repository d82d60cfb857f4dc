// SPDX-License-Identifier: MIT
#include "actors/guards/breaker_record.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace tributary::actors::guards {

namespace {

constexpr auto closed = breaker_state::closed;
constexpr auto open = breaker_state::open;
constexpr auto half_open = breaker_state::half_open;

/// 2026-01-02T03:04:05.006Z
constexpr std::int64_t moment = 1'767'323'045'006;

breaker_record opened(std::int64_t at) { return {open, 12, at, at + 5'250, at}; }
breaker_record probing(std::int64_t opened_at) {
  return {half_open, 12, opened_at, std::nullopt, opened_at + 5'250};
}
breaker_record shut(std::int64_t since) { return {closed, 0, std::nullopt, std::nullopt, since}; }

}  // namespace

TEST_CASE("a record is written with the promised members and read back", "[breaker_record]") {
  struct row {
    breaker_record record;
    const char* text;
  };
  const std::vector<row> rows = {
      {opened(moment), R"({"state":"open","failures":12,"opened_at":"2026-01-02T03:04:05.006Z",)"
                       R"("retry_at":"2026-01-02T03:04:10.256Z"})"},
      {probing(moment),
       R"({"state":"half_open","failures":12,"opened_at":"2026-01-02T03:04:05.006Z",)"
       R"("retry_at":null})"},
      {shut(moment), R"({"state":"closed","failures":0,"opened_at":null,"retry_at":null})"},
  };
  for (const auto& each : rows) {
    CHECK(write_record(each.record) == each.text);
    const auto read = read_record(each.text);
    REQUIRE(read);
    auto expected = each.record;
    expected.since = expected.opened_at.value_or(breaker_record{}.since);
    CHECK(*read == expected);
  }
}

TEST_CASE("a text that is no record is refused", "[breaker_record]") {
  const std::vector<std::string> texts = {
      "",
      "{",
      "null",
      "[]",
      "\xff",
      R"({"state":"open"})",
      R"({"state":"ajar","failures":0,"opened_at":null,"retry_at":null})",
      R"({"state":1,"failures":0,"opened_at":null,"retry_at":null})",
      R"({"state":"closed","failures":-1,"opened_at":null,"retry_at":null})",
      R"({"state":"closed","failures":"0","opened_at":null,"retry_at":null})",
      R"({"state":"open","failures":1,"opened_at":null,"retry_at":null})",
      R"({"state":"open","failures":1,"opened_at":"2026-01-02T03:04:05Z","retry_at":null})",
      R"({"state":"open","failures":1,"opened_at":"yesterday","retry_at":"today"})",
      R"({"state":"half_open","failures":1,"opened_at":5,"retry_at":null})",
      std::string(100'000, '['),
  };
  for (const auto& each : texts) {
    CAPTURE(each.substr(0, 80));
    CHECK_FALSE(read_record(each));
    CHECK_FALSE(read_message(each));
  }
}

TEST_CASE("times are read with any fraction and offset", "[breaker_record]") {
  const auto read =
      read_record(R"({"more":[],"state":"open","failures":1,"opened_at":"2026-01-02T03:04:05Z",)"
                  R"("retry_at":"2026-01-02T04:04:05.0069999+01:00"})");
  REQUIRE(read);
  CHECK(read->opened_at == moment - 6);
  CHECK(read->retry_at == moment);
}

TEST_CASE("a message carries the record, its breaker, its sender and its time",
          "[breaker_record]") {
  for (const auto& record : {opened(moment), probing(moment), shut(moment)}) {
    const auto read = read_message(write_message({"cust\"omer", "i1", record}));
    REQUIRE(read);
    CHECK(read->upstream == "cust\"omer");
    CHECK(read->from == "i1");
    CHECK(read->record == record);
  }
  CHECK_FALSE(read_message(write_record(opened(moment))));
}

TEST_CASE("whoever found out something last is right", "[breaker_record]") {
  constexpr auto nothing = sharing_step::nothing;
  constexpr auto follow = sharing_step::follow;
  constexpr auto write = sharing_step::write;
  struct row {
    breaker_record mine;
    std::optional<breaker_record> theirs;
    sharing_step step;
  };
  const std::vector<row> rows = {
      {{}, std::nullopt, nothing},
      {shut(moment), std::nullopt, nothing},
      {opened(moment), std::nullopt, write},
      {probing(moment), std::nullopt, write},
      {{}, shut(moment), nothing},
      {{}, opened(moment), follow},
      {{}, probing(moment), nothing},
      {shut(moment), shut(moment + 1), nothing},
      {shut(moment), shut(moment - 1), nothing},
      {shut(moment), opened(moment - 1), write},
      {shut(moment), opened(moment + 1), follow},
      {shut(moment), probing(moment - 1), write},
      {shut(moment), probing(moment + 1), nothing},
      {opened(moment), shut(moment - 1), write},
      {opened(moment), shut(moment + 1), follow},
      {opened(moment), opened(moment), nothing},
      {opened(moment), opened(moment - 1), write},
      {opened(moment), opened(moment + 1), follow},
      {opened(moment), probing(moment), nothing},
      {opened(moment), probing(moment - 1), write},
      {probing(moment), opened(moment), nothing},
      {probing(moment), opened(moment + 1), follow},
      {probing(moment), shut(moment + 9'000), follow},
  };
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CAPTURE(i);
    CHECK(compare(rows[i].mine, rows[i].theirs ? &*rows[i].theirs : nullptr) == rows[i].step);
  }
}

}  // namespace tributary::actors::guards
