// SPDX-License-Identifier: MIT
#include "actors/cache/entity_tag.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <set>
#include <vector>

namespace tributary::actors::cache {

using http::wire::byte_slice;
using http::wire::shared_bytes;

namespace {

std::string tag(std::initializer_list<std::string_view> fragments) {
  std::vector<byte_slice> body;
  for (const auto fragment : fragments) body.emplace_back(shared_bytes{fragment});
  return strong_etag(body);
}

}  // namespace

TEST_CASE("an entity tag is 32 hexadecimal digits in quotes", "[entity_tag]") {
  const auto etag = tag({"{\"a\":1}"});
  REQUIRE(etag.size() == 34);
  CHECK(etag.front() == '"');
  CHECK(etag.back() == '"');
  CHECK(etag.find_first_not_of("0123456789abcdef", 1) == 33);
}

TEST_CASE("the tag of no bytes is the published hash of no bytes", "[entity_tag]") {
  const std::string expected = "\"99aa06d3014798d86001c324468d497f\"";
  CHECK(tag({}) == expected);
  CHECK(tag({""}) == expected);
  CHECK(tag({"", ""}) == expected);
}

TEST_CASE("different bodies have different tags", "[entity_tag]") {
  std::set<std::string> tags = {tag({"{\"a\":1}"}), tag({"{\"a\":2}"}), tag({"{\"a\":1} "}),
                                tag({"{\"a\":1.0}"}), tag({std::string_view{"\0", 1}})};
  CHECK(tags.size() == 5);
}

TEST_CASE("the tag does not depend on how the bytes are cut", "[entity_tag]") {
  std::mt19937_64 random{3};
  for (const std::size_t size : {1u, 15u, 16u, 17u, 240u, 241u, 1023u, 1024u, 1025u, 70'000u}) {
    std::string whole(size, '\0');
    for (auto& each : whole) each = static_cast<char>(random());
    const auto expected = tag({whole});
    for (int round = 0; round < 20; ++round) {
      std::vector<byte_slice> body;
      for (std::size_t from = 0; from < size;) {
        const auto length = random() % (size - from + 1);
        body.emplace_back(shared_bytes{std::string_view{whole}.substr(from, length)});
        from += length;
      }
      REQUIRE(strong_etag(body) == expected);
    }
  }
}

}  // namespace tributary::actors::cache
