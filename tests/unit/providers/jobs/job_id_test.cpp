// SPDX-License-Identifier: MIT
#include "providers/jobs/job_id.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <set>
#include <unordered_set>

namespace tributary::tests {

namespace {

using providers::jobs::job_id;
using providers::jobs::job_id_source;
using id_time = std::chrono::sys_time<std::chrono::milliseconds>;

job_id_source seeded_source() {
  return job_id_source{[engine = std::mt19937_64{7}]() mutable { return engine(); }};
}

id_time at_millisecond(std::int64_t value) { return id_time{std::chrono::milliseconds{value}}; }

}  // namespace

TEST_CASE("a job's name is read in any letter case and told in lower case", "[jobs]") {
  const auto* lower = "0193a7c0-12ab-7def-8abc-0123456789ff";
  const auto id = job_id::parse("0193A7C0-12aB-7DEF-8abc-0123456789FF");
  REQUIRE(id);
  CHECK(id->text() == lower);
  CHECK(id == job_id::parse(lower));
  CHECK(id->bytes()[0] == 0x01);
  CHECK(id->bytes()[15] == 0xff);
  CHECK(job_id{}.text() == "00000000-0000-0000-0000-000000000000");
}

TEST_CASE("what is no UUID is no job's name", "[jobs]") {
  const auto* text =
      GENERATE("", "0193a7c0-12ab-7def-8abc-0123456789f", "0193a7c0-12ab-7def-8abc-0123456789fff",
               "0193a7c012ab7def8abc0123456789ff0000", "{193a7c0-12ab-7def-8abc-01234567",
               "0193a7c0-12ab-7def-8abc-0123456789fg", "0193a7c0-12ab-7def-8abc+0123456789ff",
               "0193a7c01-2ab-7def-8abc-0123456789ff", " 193a7c0-12ab-7def-8abc-0123456789ff");
  INFO(text);
  CHECK_FALSE(job_id::parse(text));
}

TEST_CASE("names that are made here are of version 7 and tell their time", "[jobs]") {
  auto source = seeded_source();
  // The example of RFC 9562, appendix A.6.
  const auto text = source.next(at_millisecond(0x017F22E279B0)).text();
  CHECK(text.substr(0, 15) == "017f22e2-79b0-7");
  CHECK(std::string_view{"89ab"}.find(text[19]) != std::string_view::npos);
}

TEST_CASE("each name is greater than the one before, however the clock goes", "[jobs]") {
  auto source = seeded_source();
  std::set<job_id> seen;
  job_id last;
  for (int i = 0; i < 10'000; ++i) {  // more than one millisecond has place for
    const auto now = at_millisecond(i < 9'000 ? 1'000'000 : 500'000);
    const auto id = source.next(now);
    CHECK(id > last);
    seen.insert(id);
    last = id;
  }
  CHECK(seen.size() == 10'000);
  CHECK(source.next(at_millisecond(2'000'000)) > last);
}

TEST_CASE("names with the same time are not told apart by their order alone", "[jobs]") {
  job_id_source one{[] { return 1U; }};
  job_id_source other{[] { return 2U; }};
  CHECK(one.next(at_millisecond(5)) != other.next(at_millisecond(5)));
}

TEST_CASE("names of jobs can be looked up by hash", "[jobs]") {
  auto source = seeded_source();
  std::unordered_set<job_id> names;
  std::unordered_set<std::size_t> hashes;
  for (int i = 0; i < 1'000; ++i) {
    const auto id = source.next(at_millisecond(1));
    names.insert(id);
    hashes.insert(std::hash<job_id>{}(id));
  }
  CHECK(names.size() == 1'000);
  CHECK(hashes.size() > 990);
}

}  // namespace tributary::tests
