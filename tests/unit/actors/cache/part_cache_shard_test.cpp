// SPDX-License-Identifier: MIT
#include "part_cache_fixture.hpp"

#include <set>

namespace tributary::tests {

using http::wire::error_token;

namespace {

std::string field_of(const call_ptr& call, std::string_view name) {
  for (const auto& [sent, value] : call->asked().headers) {
    if (sent == name) return value;
  }
  return "(none)";
}

}  // namespace

TEST_CASE("an answer that may be kept spares the next call", "[part_cache]") {
  part_cache_fixture f{{}};
  f.look_up(1, 0ms);
  const auto call = f.calls.take();
  CHECK(call->asked().target == "/u");
  CHECK(call->asked().deadline == f.begin + 60s);
  f.answer(call, 5ms, "[1]", "Cache-Control: max-age=10\r\nAge: 2\r\n");
  const auto first = f.answers.take().result;
  CHECK(first.body.view() == "[1]");
  CHECK_FALSE(first.from_cache);
  CHECK(first.fresh_for == 7s);  // less the call's own time, rounded down
  f.look_up(2, 3s);
  const auto second = f.answers.take();
  CHECK(second.caller == 2);
  CHECK(second.result.status == 200);
  CHECK(second.result.body.view() == "[1]");
  CHECK(second.result.from_cache);
  CHECK_FALSE(second.result.stale);
  CHECK(second.result.age == 5s);
  CHECK(second.result.fresh_for == 5s);
  CHECK(second.result.ended == f.begin + 3s);
  CHECK(f.calls.size() == 0);
  CHECK(f.counted("hit", 1));
  CHECK(f.counted("miss", 1));
}

TEST_CASE("an answer past its time is asked for again", "[part_cache]") {
  part_cache_fixture f{kept_for(1s)};
  f.fill("[1]");
  f.look_up(1, 1s);
  f.answer(f.calls.take(), 1s, "[2]");
  CHECK(f.answers.take().result.body.view() == "[2]");
}

TEST_CASE("identical callers share one call", "[part_cache][coalescing]") {
  part_cache_fixture f{kept_for(60s)};
  for (std::size_t i = 0; i < 500; ++i) f.look_up(i, 0ms);
  const auto call = f.calls.take();
  f.catch_up();
  CHECK(f.calls.size() == 0);
  CHECK(f.counters->collapsed == 499);
  f.answer(call, 5ms, "[1]");
  std::set<std::size_t> heard;
  for (int i = 0; i < 500; ++i) {
    const auto each = f.answers.take();
    heard.insert(each.caller);
    if (each.result.body.view() != "[1]") FAIL("another body");
  }
  CHECK(heard.size() == 500);
  CHECK(f.counted("miss", 500));
}

TEST_CASE("a stale answer is given out while one call renews it", "[part_cache][stale]") {
  part_cache_fixture f{{}};
  f.fill("[1]", "Cache-Control: max-age=1, stale-while-revalidate=30\r\n");
  for (std::size_t i = 1; i <= 3; ++i) f.look_up(i, 20s);
  for (std::size_t i = 1; i <= 3; ++i) {
    const auto each = f.answers.take().result;
    CHECK(each.body.view() == "[1]");
    CHECK(each.from_cache);
    CHECK(each.stale);
    CHECK(each.age == 20s);
    CHECK_FALSE(each.fresh_for);
  }
  const auto renewal = f.calls.take();
  CHECK(renewal->asked().deadline == f.begin + 30s);  // ten seconds, whatever the caller has
  f.answer(renewal, 20s, "[2]", "Cache-Control: max-age=5\r\n");
  f.catch_up();
  CHECK(f.calls.size() == 0);
  f.look_up(4, 21s);
  const auto fresh = f.answers.take().result;
  CHECK(fresh.body.view() == "[2]");
  CHECK_FALSE(fresh.stale);
  CHECK(f.counted("stale", 3));
}

TEST_CASE("a renewal that fails leaves the stale answer where it is", "[part_cache][stale]") {
  part_cache_fixture f{{}};
  f.fill("[1]", "Cache-Control: max-age=1, stale-while-revalidate=30\r\n");
  f.look_up(1, 2s);
  f.answers.take();
  f.answer(f.calls.take(), 2s, "{}", {}, 500);
  f.look_up(2, 3s);
  CHECK(f.answers.take().result.stale);
  f.answer(f.calls.take(), 3s, "[2]", "Cache-Control: max-age=60\r\n");
  f.look_up(3, 4s);
  CHECK(f.answers.take().result.body.view() == "[2]");
}

TEST_CASE("a caller who comes too late for a stale answer waits for its renewal",
          "[part_cache][stale]") {
  part_cache_fixture f{{}};
  f.fill("[1]", "Cache-Control: max-age=1, stale-while-revalidate=2\r\n");
  f.look_up(1, 2s);
  f.answers.take();
  const auto renewal = f.calls.take();
  f.look_up(2, 4s);
  f.catch_up();
  CHECK(f.answers.size() == 0);
  f.answer(renewal, 4s, "[2]");
  CHECK(f.answers.take().result.body.view() == "[2]");
}

TEST_CASE("what has a validator is confirmed by a 304", "[part_cache][validation]") {
  part_cache_fixture f{{}};
  f.fill("[1]",
         "Cache-Control: max-age=1\r\nETag: \"a\"\r\n"
         "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
  f.look_up(1, 5s);
  const auto call = f.calls.take();
  CHECK(field_of(call, "If-None-Match") == "\"a\"");
  CHECK(field_of(call, "If-Modified-Since") == "Sun, 06 Nov 1994 08:49:37 GMT");
  f.answer(call, 5s, "", "Cache-Control: max-age=9\r\nETag: \"a\"\r\n", 304);
  const auto confirmed = f.answers.take().result;
  CHECK(confirmed.status == 200);
  CHECK(confirmed.body.view() == "[1]");
  CHECK(confirmed.from_cache);
  CHECK_FALSE(confirmed.stale);
  CHECK(confirmed.age == 0s);
  CHECK(confirmed.fresh_for == 9s);
  CHECK(f.counted("revalidated", 1));
  f.look_up(2, 13s);
  CHECK(f.answers.take().result.age == 8s);
  CHECK(f.counted("hit", 1));
}

TEST_CASE("what has changed takes the place of what was to be confirmed",
          "[part_cache][validation]") {
  part_cache_fixture f{{}};
  f.fill("[1]", "Cache-Control: max-age=1\r\nETag: \"a\"\r\n");
  f.look_up(1, 5s);
  f.answer(f.calls.take(), 5s, "[2]", "Cache-Control: max-age=1\r\nETag: \"b\"\r\n");
  CHECK(f.answers.take().result.body.view() == "[2]");
  f.look_up(2, 9s);
  CHECK(field_of(f.calls.take(), "If-None-Match") == "\"b\"");
}

TEST_CASE("what is to be validated each time is kept, and confirmed for each caller by itself",
          "[part_cache][validation]") {
  part_cache_fixture f{kept_for(60s)};
  f.fill("[1]", "Cache-Control: no-cache\r\nETag: \"a\"\r\n");
  f.look_up(1, 10ms);
  const auto first = f.calls.take();
  CHECK(field_of(first, "If-None-Match") == "\"a\"");
  f.look_up(2, 11ms);
  const auto second = f.calls.take();
  CHECK(field_of(second, "If-None-Match") == "(none)");
  f.answer(first, 20ms, "", "", 304);
  const auto confirmed = f.answers.take();
  CHECK(confirmed.caller == 1);
  CHECK(confirmed.result.body.view() == "[1]");
  CHECK(confirmed.result.from_cache);
  CHECK(confirmed.result.fresh_for == 0s);
  f.answer(second, 20ms, "[2]");
  CHECK(f.answers.take().caller == 2);
  f.look_up(3, 30ms);
  CHECK(field_of(f.calls.take(), "If-None-Match") == "\"a\"");
}

TEST_CASE("a failure is everybody's, once, and is not kept", "[part_cache]") {
  struct row {
    std::string what;
    int status;
    std::string_view body;
  };
  const std::vector<row> rows = {
      {"a status", 500, "{}"}, {"no JSON", 200, "{oops"}, {"not found", 404, "{}"}};
  for (const auto& row : rows) {
    CAPTURE(row.what);
    part_cache_fixture f{kept_for(60s)};
    f.look_up(1, 0ms);
    f.look_up(2, 0ms);
    const auto call = f.calls.take();
    f.catch_up();
    f.answer(call, 5ms, row.body, {}, row.status);
    for (int i = 0; i < 2; ++i) {
      const auto heard = f.answers.take().result;
      CHECK(heard.status == row.status);
      CHECK_FALSE(heard.fresh_for);
    }
    f.look_up(3, 6ms);
    f.answer(f.calls.take(), 7ms, "[1]");
    CHECK(f.answers.take().result.body.view() == "[1]");
  }
}

TEST_CASE("what is stale serves on errors as long as it may", "[part_cache][stale]") {
  struct row {
    std::string what;
    std::string control;
    std::chrono::milliseconds at;
    std::optional<std::chrono::milliseconds> max_stale;
    bool found;
  };
  const std::vector<row> rows = {
      {"RFC 5861", "max-age=1, stale-if-error=10", 10999ms, std::nullopt, true},
      {"RFC 5861, over", "max-age=1, stale-if-error=10", 11s, std::nullopt, false},
      {"nothing said", "max-age=1", 2s, std::nullopt, false},
      {"a fallback", "max-age=1", 5999ms, 5s, true},
      {"a fallback, over", "max-age=1", 6s, 5s, false},
      {"no fallback is longer", "max-age=1", 101s, 500s, false},
      {"must-revalidate", "max-age=1, must-revalidate", 2s, 50s, false},
      {"fresh again", "max-age=60", 2s, std::nullopt, true},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    part_cache_fixture f{{}};
    f.fill("[1]", "Cache-Control: " + row.control + "\r\n");
    f.look_for_stale(row.at, row.max_stale);
    const auto heard = f.answers.take().result;
    CHECK((heard.error == error_token::none) == row.found);
    CHECK((heard.body.view() == "[1]") == row.found);
    CHECK(heard.stale == (row.found && row.what != "fresh again"));
    if (!row.found) CHECK(heard.detail == "no_stale");
  }
}

TEST_CASE("what must not be kept is for one caller, and the others ask by themselves",
          "[part_cache][uncacheable]") {
  part_cache_fixture f{kept_for(60s)};
  for (std::size_t i = 1; i <= 3; ++i) f.look_up(i, 0ms);
  const auto call = f.calls.take();
  f.catch_up();
  f.answer(call, 10ms, "[1]", "Cache-Control: private\r\n");
  const auto one = f.answers.take();
  CHECK(one.caller == 1);
  CHECK_FALSE(one.result.fresh_for);
  const auto second = f.calls.take();
  const auto third = f.calls.take();  // at the same time
  f.answer(third, 20ms, "[3]");
  CHECK(f.answers.take().caller == 3);
  f.answer(second, 20ms, "[2]");
  CHECK(f.answers.take().caller == 2);
  // For a second nobody waits for another's call.
  f.look_up(4, 900ms);
  f.look_up(5, 900ms);
  f.calls.take();
  f.calls.take();
  f.look_up(6, 1'010ms);
  f.look_up(7, 1'010ms);
  f.calls.take();
  f.catch_up();
  CHECK(f.calls.size() == 0);
  CHECK(f.counted("pass", 4));
}

TEST_CASE("an answer too large to be kept is remembered as such", "[part_cache][uncacheable]") {
  part_cache_fixture f{kept_for(60s)};
  f.look_up(1, 0ms);
  f.answer(f.calls.take(), 0ms, "\"" + std::string(1024 * 1024, 'x') + "\"");
  f.answers.take();
  f.look_up(2, 10ms);
  f.look_up(3, 10ms);
  f.calls.take();
  f.calls.take();
}

TEST_CASE("a waiter leaves at its own deadline, and the call goes on", "[part_cache][deadline]") {
  part_cache_fixture f{kept_for(60s)};
  f.look_up(1, 0ms);
  const auto call = f.calls.take();
  f.look_up(2, 0ms, {}, 30ms);
  const auto hasty = f.answers.take();
  CHECK(hasty.caller == 2);
  CHECK(hasty.result.error == error_token::http_response_timeout);
  CHECK(std::chrono::steady_clock::now() >= f.begin + 30ms);
  CHECK_FALSE(call->cancelled());
  f.answer(call, 5ms, "[1]");
  CHECK(f.answers.take().caller == 1);
}

TEST_CASE("who has more time than the first caller gets another call", "[part_cache][deadline]") {
  part_cache_fixture f{kept_for(60s)};
  f.look_up(1, 0ms, {}, 20s);
  const auto call = f.calls.take();
  CHECK(call->asked().deadline == f.begin + 20s);
  f.look_up(2, 0ms, {}, 40s);
  f.look_up(3, 0ms, {}, 30s);
  f.catch_up();
  call->fail(error_token::http_response_timeout, {}, f.begin + 20s);
  const auto hasty = f.answers.take();
  CHECK(hasty.caller == 1);
  CHECK(hasty.result.error == error_token::http_response_timeout);
  const auto again = f.calls.take();
  CHECK(again->asked().deadline == f.begin + 40s);
  CHECK(again->asked().retry);
  f.answer(again, 21s, "[1]");
  for (int i = 0; i < 2; ++i) CHECK(f.answers.take().result.body.view() == "[1]");
}

TEST_CASE("the call ends with the last of those who wait for it", "[part_cache][cancel]") {
  part_cache_fixture f{kept_for(60s)};
  auto first = f.make(1, 0ms);
  auto second = f.make(2, 0ms);
  f.look_up(first, 0ms);
  f.look_up(second, 0ms);
  const auto call = f.calls.take();
  f.catch_up();
  first->cancel();
  f.catch_up();
  CHECK_FALSE(call->cancelled());
  second->cancel();
  f.catch_up();
  CHECK(call->cancelled());
  f.look_up(3, 0ms);
  f.answer(f.calls.take(), 1ms, "[1]");  // does not wait for what was given up
  first.reset();
  second.reset();
  for (;;) {
    const auto heard = f.answers.take();
    if (heard.caller == 3) break;
  }
}

TEST_CASE("one caller too many makes a call of its own", "[part_cache][coalescing]") {
  part_cache_fixture f{kept_for(60s), 2};
  for (std::size_t i = 1; i <= 3; ++i) f.look_up(i, 0ms);
  const auto shared = f.calls.take();
  f.answer(f.calls.take(), 1ms, "[3]");
  CHECK(f.answers.take().caller == 3);
  f.answer(shared, 2ms, "[1]");
  for (int i = 0; i < 2; ++i) CHECK(f.answers.take().result.body.view() == "[1]");
  CHECK(f.counted("pass", 1));
}

TEST_CASE("an answer that varies by what callers do not share is not shared",
          "[part_cache][vary]") {
  config::part_cache_settings shared = kept_for(60s);
  shared.shared = true;
  part_cache_fixture f{shared};
  f.look_up(1, 0ms, {{"Authorization", "a"}});
  f.look_up(2, 0ms, {{"Authorization", "b"}});
  f.look_up(3, 0ms, {{"Authorization", "a"}});
  const auto call = f.calls.take();
  f.catch_up();
  f.answer(call, 0ms, "[1]", "Vary: Authorization\r\n");
  CHECK(f.answers.take().caller == 1);
  CHECK(f.answers.take().caller == 3);
  const auto own = f.calls.take();
  CHECK(field_of(own, "Authorization") == "b");
  f.answer(own, 0ms, "[b]");
  CHECK(f.answers.take().result.body.view() == "[b]");
  // Kept for one of the two only.
  f.look_up(4, 1s, {{"Authorization", "a"}});
  CHECK(f.answers.take().result.from_cache);
  f.look_up(5, 1s, {{"Authorization", "b"}});
  f.answer(f.calls.take(), 1s, "[2]", "Vary: Authorization\r\n");
  CHECK(f.answers.take().result.body.view() == "[2]");
}

TEST_CASE("an answer that varies by each call is not kept", "[part_cache][vary]") {
  part_cache_fixture f{kept_for(60s)};
  f.fill("[1]", "Vary: X-Request-Id\r\n");
  f.look_up(1, 1ms);
  f.calls.take();
}

TEST_CASE("with other credentials a refusal says nothing", "[part_cache]") {
  config::part_cache_settings shared = kept_for(60s);
  shared.shared = true;
  part_cache_fixture f{shared};
  f.look_up(1, 0ms, {{"Authorization", "wrong"}});
  f.look_up(2, 0ms, {{"Authorization", "right"}});
  const auto call = f.calls.take();
  f.catch_up();
  f.answer(call, 0ms, "{}", {}, 401);
  CHECK(f.answers.take().caller == 1);
  CHECK(field_of(f.calls.take(), "Authorization") == "right");
}

TEST_CASE("what is purged is forgotten, also while it is under way", "[part_cache][purge]") {
  part_cache_fixture f{kept_for(60s)};
  f.fill("[1]");
  f.purge_key("users /u");
  CHECK(f.counters->entries == 0);
  f.look_up(1, 1ms);
  const auto before = f.calls.take();
  f.purge_key("users /u");
  f.look_up(2, 2ms);
  const auto after = f.calls.take();  // asked for after the purge
  f.answer(before, 3ms, "[2]");
  CHECK(f.answers.take().caller == 1);
  f.catch_up();
  CHECK(f.counters->entries == 0);
  f.answer(after, 4ms, "[3]");
  CHECK(f.answers.take().caller == 2);
  f.look_up(3, 5ms);
  CHECK(f.answers.take().result.body.view() == "[3]");
}

TEST_CASE("callers of a conditional call ask for themselves", "[part_cache]") {
  part_cache_fixture f{kept_for(60s)};
  f.fill("[1]");
  f.look_up(1, 1ms, {{"if-none-match", "\"x\""}});
  f.answer(f.calls.take(), 2ms, "", {}, 304);
  CHECK(f.answers.take().result.status == 304);
}

TEST_CASE("calls that must be made at most once are passed on as they are", "[part_cache]") {
  part_cache_fixture f{kept_for(60s)};
  f.fill("[1]");
  for (const std::size_t caller : {1, 2}) {
    const auto asked = f.make(caller, 1ms, {}, 60s, true);
    f.look_up(asked, 1ms);
    const auto call = f.calls.take();
    CHECK(call == asked);
    CHECK(call->prepare({}, f.begin, f.begin + 1s).at_most_once);
    CHECK_FALSE(f.make(caller, 1ms)->prepare({}, f.begin, f.begin + 1s).at_most_once);
    f.answers.take();  // of the one just dropped
  }
}

TEST_CASE("callers hear at once when the shard or the guards are gone", "[part_cache][crash]") {
  part_cache_fixture f{kept_for(60s)};
  f.look_up(1, 0ms);
  f.look_up(2, 0ms);
  const auto call = f.calls.take();
  f.catch_up();
  f.stop_shard();
  for (int i = 0; i < 2; ++i) {
    CHECK(f.answers.take().result.error == error_token::proxy_internal_error);
  }

  part_cache_fixture unguarded{kept_for(60s)};
  unguarded.guard_slot->publish(supervision::child_state::backoff);
  unguarded.look_up(1, 0ms);
  const auto heard = unguarded.answers.take().result;
  CHECK(heard.error == error_token::destination_unavailable);
  CHECK(heard.detail == "restarting");
}

}  // namespace tributary::tests
