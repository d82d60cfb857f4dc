// SPDX-License-Identifier: MIT
#include "actors/cache/purge_target.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace tributary::actors::cache {

TEST_CASE("a purge takes a key with its variants, a prefix, or a tag, and nothing else",
          "[cache]") {
  struct row {
    purge_scope scope;
    std::string text;
    std::string key;
    bool taken;
  };
  const std::vector<std::string> tags{"customers", "c1"};
  const std::vector<row> rows{
      {purge_scope::key, "customer:c1", "customer:c1", true},
      {purge_scope::key, "customer:c1", "customer:c1:master", true},
      {purge_scope::key, "customer:c1", "customer:c10", false},
      {purge_scope::key, "customer:c1", "customer:c", false},
      {purge_scope::key, "c1", "customer:c1", false},
      {purge_scope::prefix, "customer:c1", "customer:c10", true},
      {purge_scope::prefix, "customer:", "customer:c1", true},
      {purge_scope::prefix, "ustomer", "customer:c1", false},
      {purge_scope::prefix, "", "anything", true},
      {purge_scope::tag, "c1", "anything", true},
      {purge_scope::tag, "customers", "", true},
      {purge_scope::tag, "customer", "customer:c1", false},
      {purge_scope::tag, "", "customer:c1", false},
  };
  for (const auto& row : rows) {
    CAPTURE(to_string(row.scope), row.text, row.key);
    CHECK(matches({row.scope, row.text}, row.key, tags) == row.taken);
  }
}

TEST_CASE("a purge is written as clients send a value, as the key shows it, or encoded once more",
          "[cache]") {
  using texts = std::vector<std::string>;
  CHECK(purge_texts("user:1") == texts{"user:1"});
  CHECK(purge_texts("user:x%3Ay") == texts{"user:x%3Ay", "user:x:y"});
  CHECK(purge_texts("user:x%3ay") == texts{"user:x%3Ay", "user:x:y"});
  CHECK(purge_texts("user:a%20b%25") == texts{"user:a%20b%25", "user:a b%"});
  CHECK(purge_texts("user:%C3%A9%2F") == texts{"user:\u00e9/"});
  CHECK(purge_texts("user%3Ax%253Ay") == texts{"user%3Ax%253Ay", "user:x%3Ay"});
  CHECK(purge_texts("") == texts{""});
  CHECK(purge_texts("a%zz%") == texts{"a%zz%"});
}

}  // namespace tributary::actors::cache
