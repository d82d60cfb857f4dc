// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Folders have a below and an above: what the sources of a folder include of other folders must
/// stand in its README, in a paragraph such as
///
///     May include: `config`, `http/wire`, `actors/messages.hpp`.
///
/// A folder there stands for all below it. A README also speaks for the folders below it that have
/// none of their own, and may always include itself.
namespace tributary {

namespace {

namespace fs = std::filesystem;

using names = std::vector<std::string>;

constexpr std::string_view opening = "May include:";
const fs::path root{TRIBUTARY_SOURCE_DIR};

std::string contents(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// The names in backquotes of the paragraph; nothing when a README has no such paragraph.
std::optional<names> may_include(std::string_view readme) {
  const auto begin = readme.find(opening);
  if (begin == readme.npos) return std::nullopt;
  auto paragraph = readme.substr(begin);
  paragraph = paragraph.substr(0, paragraph.find("\n\n"));
  names result;
  for (auto quote = paragraph.find('`'); quote != paragraph.npos;) {
    const auto end = paragraph.find('`', quote + 1);
    if (end == paragraph.npos) break;
    result.emplace_back(paragraph.substr(quote + 1, end - quote - 1));
    quote = paragraph.find('`', end + 1);
  }
  return result;
}

/// Our own headers that a source includes: those in quotes.
names includes_of(std::string_view source) {
  constexpr std::string_view directive = "#include \"";
  names result;
  for (auto at = source.find(directive); at != source.npos; at = source.find(directive, at)) {
    at += directive.size();
    result.emplace_back(source.substr(at, source.find('"', at) - at));
  }
  return result;
}

bool lies_in(std::string_view path, std::string_view folder) {
  return path == folder ||
         (path.starts_with(folder) && path.substr(folder.size()).starts_with('/'));
}

bool is_allowed(std::string_view header, std::string_view own, const names& others) {
  return lies_in(header, own) || std::any_of(others.begin(), others.end(), [&](const auto& each) {
           return lies_in(header, each);
         });
}

/// What each README allows, by its folder.
std::map<std::string, names> rules() {
  std::map<std::string, names> result;
  for (const auto* top : {"actors", "config", "http", "providers"}) {
    for (const auto& entry : fs::recursive_directory_iterator{root / top}) {
      if (entry.path().filename() != "README.md") continue;
      const auto folder = fs::relative(entry.path().parent_path(), root).generic_string();
      const auto allowed = may_include(contents(entry.path()));
      INFO(folder << "/README.md does not say what the folder may include");
      CHECK(allowed);
      if (allowed) result[folder] = *allowed;
    }
  }
  return result;
}

/// The nearest folder above a source that has rules.
std::string ruled_by(const std::map<std::string, names>& all, fs::path source) {
  do {
    source = source.parent_path();
    if (all.contains(source.generic_string())) return source.generic_string();
  } while (!source.empty());
  return {};
}

}  // namespace

TEST_CASE("what a README allows are the quoted names of one paragraph", "[house]") {
  CHECK(may_include("# a\n\nText of `b`.\n") == std::nullopt);
  CHECK(may_include("# a\n\nMay include: nothing of ours.\n\n`b`") == names{});
  CHECK(may_include("May include: `config`,\n`http/wire`, `a.hpp`.\n\nOf `b`.") ==
        names{"config", "http/wire", "a.hpp"});
}

TEST_CASE("an include is allowed by its own folder or one that is named", "[house]") {
  CHECK(includes_of("#include \"a/b.hpp\"\n#include <c.hpp>\n#include \"d.hpp\"\n") ==
        names{"a/b.hpp", "d.hpp"});
  CHECK(is_allowed("http/io/timer_wheel.hpp", "http/io", {}));
  CHECK(is_allowed("http/io/timer_wheel.hpp", "actors", {"config", "http"}));
  CHECK(is_allowed("actors/messages.hpp", "http", {"actors/messages.hpp"}));
  CHECK_FALSE(is_allowed("http/io/timer_wheel.hpp", "http/i", {}));
  CHECK_FALSE(is_allowed("http/io/timer_wheel.hpp", "http/wire", {"http/io/timer"}));
}

TEST_CASE("each folder includes only what its README allows", "[house]") {
  const auto all = rules();
  std::size_t sources = 0;
  for (const auto& [top, unused] : all) {
    if (top.find('/') != top.npos) continue;  // seen from the folder above
    for (const auto& entry : fs::recursive_directory_iterator{root / top}) {
      const auto extension = entry.path().extension();
      if (extension != ".hpp" && extension != ".cpp") continue;
      const auto source = fs::relative(entry.path(), root);
      const auto folder = ruled_by(all, source);
      ++sources;
      for (const auto& header : includes_of(contents(entry.path()))) {
        INFO(source.generic_string()
             << " includes " << header << ", which " << folder << "/README.md does not allow");
        CHECK(is_allowed(header, folder, all.at(folder)));
      }
    }
  }
  CHECK(sources > 400);
}

}  // namespace tributary
