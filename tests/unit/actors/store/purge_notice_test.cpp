// SPDX-License-Identifier: MIT
#include "actors/store/purge_notice.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace tributary::actors::store {

using cache::purge_scope;
using cache::purge_target;

TEST_CASE("a notice is a small JSON object that names the sender and what to forget",
          "[invalidation]") {
  CHECK(to_text({"1f", {purge_scope::key, "customer:c1"}}) ==
        R"({"from":"1f","key":"customer:c1"})");
  CHECK(to_text({"1f", {purge_scope::tag, "a\"b"}}) == R"({"from":"1f","tag":"a\"b"})");
}

TEST_CASE("a notice is read as it was written", "[invalidation]") {
  const std::vector<purge_target> targets{{purge_scope::key, "customer:c1"},
                                          {purge_scope::prefix, ""},
                                          {purge_scope::prefix, "\xc3\xa4:%3A\n"},
                                          {purge_scope::tag, "\"\\"}};
  for (const auto& target : targets) {
    const auto notice = parse_purge_notice(to_text({"me", target}));
    REQUIRE(notice);
    CHECK(notice->from == "me");
    CHECK(notice->target == target);
  }
}

TEST_CASE("what is no notice is none", "[invalidation]") {
  for (const auto* text : {"", "x", "[]", "7", "{}", R"({"from":"a"})", R"({"key":"a"})",
                           R"({"from":1,"key":"a"})", R"({"from":"a","key":1})",
                           R"({"from":"a","kex":"b"})", R"({"from":"a","key":"b")", "\xff"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_purge_notice(text));
  }
  CHECK(parse_purge_notice(R"({"since":3,"from":"a","tag":"b","more":{}})"));
}

TEST_CASE("bytes that no key has do not stop a notice", "[invalidation]") {
  CHECK(parse_purge_notice(to_text({"me", {purge_scope::key, "\xff"}})));
}

}  // namespace tributary::actors::store
