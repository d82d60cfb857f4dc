// SPDX-License-Identifier: MIT
#include "providers/storage/usage_file.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace tributary::tests {

namespace {

using namespace providers::storage;
namespace fs = std::filesystem;

std::chrono::sys_days day(int year, unsigned month, unsigned day) {
  return std::chrono::sys_days{std::chrono::year{year} / std::chrono::month{month} /
                               std::chrono::day{day}};
}

/// A folder that goes with the test.
struct scratch_folder {
  scratch_folder() {
    auto name = (fs::temp_directory_path() / "usage-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~scratch_folder() { fs::remove_all(path); }

  std::string file(const std::string& suffix = {}) const {
    return (path / usage_file_name).string() + suffix;
  }
  void put(const std::string& text) const { std::ofstream{file()} << text; }
  std::string get(const std::string& suffix = {}) const {
    std::ifstream in{file(suffix)};
    return {std::istreambuf_iterator<char>{in}, {}};
  }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator{path}, {}));
  }

  fs::path path;
};

const std::vector<stored_usage> counts{{"alpha_vantage", day(2026, 11, 20), 12, 10, 200, 180},
                                       {"coingecko", day(2026, 1, 1), 0, 0, 9999, 7}};

}  // namespace

TEST_CASE("counts come back as they were written", "[storage]") {
  const scratch_folder f;
  CHECK(write_usage(f.path.string(), counts).empty());
  const auto read = read_usage(f.path.string());
  CHECK(read.values == counts);
  CHECK(read.trouble.empty());
  CHECK(write_usage(f.path.string(), {}).empty());
  CHECK(read_usage(f.path.string()).values.empty());
  CHECK(f.files() == 1);
  CHECK(f.get() == "{\n  \"version\": 1,\n  \"providers\": {}\n}\n");
}

TEST_CASE("no folder and no file are no counts and no trouble", "[storage]") {
  const scratch_folder f;
  for (const auto& path : {f.path, f.path / "none" / "at" / "all"}) {
    const auto read = read_usage(path.string());
    CHECK(read.values.empty());
    CHECK(read.trouble.empty());
  }
  CHECK(f.files() == 0);
}

TEST_CASE("the folder is made when first needed", "[storage]") {
  const scratch_folder f;
  const auto deeper = (f.path / "a" / "b").string();
  CHECK(write_usage(deeper, counts).empty());
  CHECK(read_usage(deeper).values == counts);
}

TEST_CASE("a file that is not ours is set aside and told of", "[storage]") {
  const auto* entry = GENERATE(
      "", "{", "[]", "null", "{}", R"({"version": 2, "providers": {}})",
      R"({"version": 1, "providers": []})", R"({"version": 1, "providers": {"a": 1}})",
      R"({"version": 1, "providers": {"a": {"date": "2026-11-20"}}})",
      R"({"version": 1, "providers": {"a": {"date": "2026-02-30", "day": 1, "day_loop": 1,
          "month": 1, "month_loop": 1}}})",
      R"({"version": 1, "providers": {"a": {"date": "2026-11-20x", "day": 1, "day_loop": 1,
          "month": 1, "month_loop": 1}}})",
      R"({"version": 1, "providers": {"a": {"date": "2026-11-20", "day": -1, "day_loop": 1,
          "month": 1, "month_loop": 1}}})",
      R"({"version": 1, "providers": {"a": {"date": "2026-11-20", "day": 1.5, "day_loop": 1,
          "month": 1, "month_loop": 1}}})",
      R"({"version": 1, "providers": {"a": {"date": "2026-11-20", "day": 1e300, "day_loop": 1,
          "month": 1, "month_loop": 1}}})");
  CAPTURE(entry);
  const scratch_folder f;
  f.put(entry);
  const auto read = read_usage(f.path.string());
  CHECK(read.values.empty());
  CHECK(read.trouble == f.file() + " is not a file of counts; renamed to " + f.file(".broken"));
  CHECK_FALSE(fs::exists(f.file()));
  CHECK(f.get(".broken") == entry);
  CHECK(read_usage(f.path.string()).trouble.empty());
}

TEST_CASE("an earlier file that was set aside stays", "[storage]") {
  const scratch_folder f;
  for (const auto* text : {"one", "two", "three"}) {
    f.put(text);
    CHECK_FALSE(read_usage(f.path.string()).trouble.empty());
  }
  CHECK(f.get(".broken") == "one");
  CHECK(f.get(".broken2") == "two");
  CHECK(f.get(".broken3") == "three");
}

TEST_CASE("a folder in the file's place is set aside too", "[storage]") {
  const scratch_folder f;
  fs::create_directory(f.file());
  CHECK_FALSE(read_usage(f.path.string()).trouble.empty());
  CHECK(write_usage(f.path.string(), counts).empty());
  CHECK(read_usage(f.path.string()).values == counts);
}

TEST_CASE("what cannot be written is told in words and leaves nothing behind", "[storage]") {
  const scratch_folder f;
  f.put("in the way");
  const auto below_a_file = f.file("/folder");
  CHECK(write_usage(below_a_file, counts).find(below_a_file + ": ") == 0);
  const scratch_folder g;
  fs::create_directories(g.file("/x"));  // a folder that holds something cannot be replaced
  CHECK(write_usage(g.path.string(), counts).find(g.file() + ": ") == 0);
  CHECK(g.files() == 1);
}

TEST_CASE("dates are printed with all their digits", "[storage]") {
  CHECK(print_date(day(2026, 1, 2)) == "2026-01-02");
  CHECK(print_date(day(999, 12, 31)) == "0999-12-31");
}

}  // namespace tributary::tests
