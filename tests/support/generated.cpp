// SPDX-License-Identifier: MIT
#include "support/generated.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

namespace tributary::tests {

namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  INFO(file.string());
  REQUIRE(in);
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// Paths in a fixed order, whatever that of the folder.
std::vector<fs::path> sources_below(const fs::path& folder) {
  std::vector<fs::path> result;
  for (const auto& each : fs::recursive_directory_iterator{folder}) {
    const auto ending = each.path().extension();
    if (ending == ".cpp" || ending == ".hpp") result.push_back(each.path());
  }
  std::sort(result.begin(), result.end());
  return result;
}

}  // namespace

void check_section(const std::string& page, std::string_view name, const std::string& text) {
  const fs::path path = fs::path{TRIBUTARY_SOURCE_DIR} / page;
  auto whole = text_of(path);
  const auto head = "<!-- generated: " + std::string{name} + " -->\n\n";
  const auto begin = whole.find(head);
  INFO(page << " has no section `" << name << "`");
  REQUIRE(begin != whole.npos);
  const auto first = begin + head.size();
  const auto end = whole.find("\n<!-- end -->", first);
  REQUIRE(end != whole.npos);
  if (std::getenv("TRIBUTARY_REGENERATE") != nullptr) {
    whole.replace(first, end - first, text);
    std::ofstream{path, std::ios::binary} << whole;
    return;
  }
  INFO(page << ", section `" << name << "`, is stale: run this test with TRIBUTARY_REGENERATE=1");
  CHECK((whole.substr(first, end - first) == text));
}

std::string table_row(std::initializer_list<std::string_view> cells) {
  std::string result = "|";
  for (const auto cell : cells) {
    result += ' ';
    for (const char c : cell) {
      if (c == '|') result += '\\';
      result += c;
    }
    result += " |";
  }
  return result += '\n';
}

std::string words_as_code(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    if (!result.empty()) result += ' ';
    result.append("`").append(text.substr(0, end)).append("`");
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return result;
}

std::string program_sources(std::string_view but) {
  const fs::path top{TRIBUTARY_SOURCE_DIR};
  std::string result = text_of(top / "main.cpp");
  for (const auto* folder : {"actors", "config", "http", "providers"}) {
    for (const auto& file : sources_below(top / folder)) {
      if (file != top / but) result += text_of(file);
    }
  }
  return result;
}

}  // namespace tributary::tests
