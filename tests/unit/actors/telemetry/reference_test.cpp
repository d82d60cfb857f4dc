// SPDX-License-Identifier: MIT
#include "actors/telemetry/events.hpp"
#include "actors/telemetry/metric_table.hpp"
#include "support/generated.hpp"

#include <catch2/catch.hpp>

#include <cctype>
#include <regex>
#include <set>
#include <string>

namespace tributary::actors::telemetry {

using tests::check_section;
using tests::program_sources;
using tests::table_row;
using tests::words_as_code;

namespace {

constexpr const char* page = "actors/telemetry/REFERENCE.md";

std::string_view name_of(metric_kind kind) {
  return kind == metric_kind::counter ? "counter"
         : kind == metric_kind::gauge ? "gauge"
                                      : "histogram";
}

/// `breaker.half_open` is `breaker_half_open` in the code.
std::string constant_of(std::string_view id) {
  std::string result{id};
  for (auto& c : result) {
    if (c == '.') c = '_';
  }
  return result;
}

std::set<std::string> words_of(std::string_view text) {
  std::set<std::string> result;
  std::string word;
  for (const char c : std::string{text} + ' ') {
    if (c != ' ') {
      word += c;
    } else if (!word.empty()) {
      result.insert(std::exchange(word, {}));
    }
  }
  return result;
}

/// The fields that a statement logs which begins with `from`: each is written `{"name", value}`.
std::set<std::string> fields_in(const std::string& statement) {
  static const std::regex field{R"re(\{"([a-z_]+)",)re"};
  std::set<std::string> result;
  for (std::sregex_iterator at{statement.begin(), statement.end(), field}, end; at != end; ++at) {
    result.insert((*at)[1]);
  }
  return result;
}

}  // namespace

TEST_CASE("the reference lists every metric as its table does", "[telemetry][generated]") {
  std::string text = table_row({"metric", "kind", "labels", "meaning"});
  text += table_row({"---", "---", "---", "---"});
  for (const auto& each : metric_rows::all) {
    text += table_row({"`" + std::string{each.name} + "`", name_of(each.kind),
                       words_as_code(each.labels), each.help});
  }
  check_section(page, "metrics", text);
}

TEST_CASE("the reference lists every event as its table does", "[telemetry][generated]") {
  std::string text = table_row({"event", "level", "fields", "meaning"});
  text += table_row({"---", "---", "---", "---"});
  for (const auto& each : events::table) {
    text += table_row(
        {"`" + std::string{each.id} + "`", each.levels, words_as_code(each.fields), each.meaning});
  }
  check_section(page, "events", text);
}

TEST_CASE("every metric of the table is registered somewhere, and none is there twice",
          "[telemetry][generated]") {
  const auto sources = program_sources("actors/telemetry/metric_table.hpp");
  std::set<std::string_view> seen;
  for (const auto& each : metric_rows::all) {
    CAPTURE(each.name);
    CHECK(sources.find("\"" + std::string{each.name} + "\"") != sources.npos);
    CHECK(seen.insert(each.name).second);
  }
}

TEST_CASE("every event of the table is logged somewhere, with no field but those of its row",
          "[telemetry][generated]") {
  const auto sources = program_sources("actors/telemetry/events.hpp");
  for (const auto& each : events::table) {
    CAPTURE(each.id);
    const auto name = "events::" + constant_of(each.id);
    const auto known = words_of(each.fields);
    auto times = 0;
    for (auto at = sources.find(name); at != sources.npos; at = sources.find(name, at + 1)) {
      const auto next = static_cast<unsigned char>(sources[at + name.size()]);
      if (std::isalnum(next) != 0 || next == '_') continue;
      ++times;
      for (const auto& field : fields_in(sources.substr(at, sources.find(';', at) - at))) {
        INFO("field " << field);
        CHECK(known.count(field) == 1);
      }
    }
    CHECK(times != 0);
  }
}

}  // namespace tributary::actors::telemetry
