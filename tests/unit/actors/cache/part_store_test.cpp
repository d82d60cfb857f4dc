// SPDX-License-Identifier: MIT
#include "actors/cache/part_store.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace tributary::actors::cache {

using namespace std::chrono_literals;
using http::wire::shared_bytes;

namespace {

const auto parts_begin = steady_time{} + 1h;

part_answer kept_part(std::string body = "{}", std::chrono::nanoseconds ttl = 60s) {
  part_answer result;
  result.status = 200;
  result.header_block = "Content-Type: application/json\r\n";
  result.body = shared_bytes{body};
  result.received = parts_begin;
  result.freshness.storable = true;
  result.freshness.fresh_until = parts_begin + ttl;
  result.freshness.keep_until = parts_begin + ttl;
  return result;
}

part_answer varying(std::vector<std::string> vary, const call_headers& asked) {
  auto result = kept_part();
  result.selected = select_headers(vary, asked);
  result.freshness.vary = std::move(vary);
  return result;
}

}  // namespace

TEST_CASE("a kept part is the same object until it is of no use", "[part_store]") {
  part_store store{{}};
  const auto kept = share(kept_part("[1]", 60s));
  CHECK(kept->body_size == 3);
  CHECK(kept->footprint > sizeof(part_answer) + 3);
  CHECK(store.put("users /u", kept, parts_begin) == store_result::stored);
  CHECK(store.get("users /u", parts_begin + 60s - 1ns) == kept);
  CHECK(store.get("users /u", parts_begin + 60s) == nullptr);
  CHECK(store.bytes() == 0);
}

TEST_CASE("a note that nothing can be kept lapses", "[part_store]") {
  part_store store{{}};
  store.put("users /u", note_uncacheable(parts_begin + 1s), parts_begin);
  REQUIRE(store.get("users /u", parts_begin) != nullptr);
  CHECK(store.get("users /u", parts_begin)->is_note());
  CHECK_FALSE(share(kept_part())->is_note());
  CHECK(store.get("users /u", parts_begin + 1s) == nullptr);
}

TEST_CASE("the cap in bytes holds whatever is put", "[part_store]") {
  constexpr std::size_t cap = 20'000;
  part_store store{{cap, 1'000}};
  for (int i = 0; i < 200; ++i) {
    auto part = kept_part(std::string(static_cast<std::size_t>(i) * 5, 'x'));
    part.header_block.assign(100, 'h');
    store.put("users /" + std::to_string(i), share(std::move(part)), parts_begin);
    REQUIRE(store.bytes() <= cap);
  }
  CHECK(store.size() > 0);
  CHECK(store.counters().evicted > 0);
  CHECK(store.put("users /large", share(kept_part(std::string(1'001, 'x'))), parts_begin) ==
        store_result::too_large);
}

TEST_CASE("an answer is for calls with the same values of what it varies by", "[part_store]") {
  struct row {
    std::string what;
    call_headers asked;
    bool same;
  };
  const auto stored = varying({"accept-language", "x-tenant"},
                              {{"Accept-Language", "de"}, {"X-Tenant", ""}, {"X-Other", "1"}});
  const std::vector<row> rows = {
      {"the same", {{"Accept-Language", "de"}, {"X-Tenant", ""}, {"X-Other", "1"}}, true},
      {"another order and case", {{"x-tenant", ""}, {"ACCEPT-LANGUAGE", "de"}}, true},
      {"something else differs", {{"Accept-Language", "de"}, {"X-Tenant", ""}}, true},
      {"a value differs", {{"Accept-Language", "en"}, {"X-Tenant", ""}}, false},
      {"one is missing", {{"Accept-Language", "de"}}, false},
      {"values have changed places", {{"Accept-Language", ""}, {"X-Tenant", "de"}}, false},
      {"a list", {{"Accept-Language", "de"}, {"Accept-Language", "en"}, {"X-Tenant", ""}}, false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    CHECK(answers(stored, row.asked) == row.same);
  }
  CHECK(answers(kept_part(), {{"Accept-Language", "fr"}}));
}

TEST_CASE("the age counts on from what the upstream said", "[part_store]") {
  auto part = kept_part();
  part.freshness.age = 2500ms;
  CHECK(age_at(part, parts_begin) == 2s);
  CHECK(age_at(part, parts_begin + 400ms) == 2s);
  CHECK(age_at(part, parts_begin + 500ms) == 3s);
  CHECK(age_at(part, parts_begin - 1s) == 2s);
}

TEST_CASE("a purge takes a key with whatever header fields, or all with a prefix", "[part_store]") {
  const auto filled = [](part_store& store) {
    for (const auto* key : {"users /u/1", "users /u/1\nAuthorization: a", "users /u/12",
                            "users /u/1:2", "orders /u/1"}) {
      store.put(key, share(kept_part()), parts_begin);
    }
  };
  part_store by_key{{}};
  filled(by_key);
  CHECK(by_key.remove({purge_scope::key, "users /u/1"}) == 2);
  CHECK(by_key.get("users /u/12", parts_begin) != nullptr);
  CHECK(by_key.get("users /u/1:2", parts_begin) != nullptr);
  part_store by_prefix{{}};
  filled(by_prefix);
  CHECK(by_prefix.remove({purge_scope::prefix, "users "}) == 4);
  CHECK(by_prefix.get("orders /u/1", parts_begin) != nullptr);
  CHECK(by_prefix.remove({purge_scope::tag, "orders"}) == 0);
}

}  // namespace tributary::actors::cache
