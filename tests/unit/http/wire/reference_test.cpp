// SPDX-License-Identifier: MIT
#include "http/wire/error_token.hpp"
#include "http/wire/problem_types.hpp"
#include "support/generated.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>

namespace tributary::http::wire {

using tests::check_section;
using tests::program_sources;
using tests::table_row;

namespace {

constexpr const char* page = "http/server/REFERENCE.md";

std::string code(std::string_view text) { return "`" + std::string{text} + "`"; }

std::string status_text(int status) { return status == 0 ? "" : std::to_string(status); }

}  // namespace

TEST_CASE("the reference lists every problem type as its table does", "[generated]") {
  auto text = table_row({"`error.code`", "status", "title", "when"});
  text += table_row({"---", "---", "---", "---"});
  for (const auto& each : problem_types) {
    text += table_row({code(each.code), status_text(each.status), each.title, each.meaning});
  }
  check_section(page, "problem types", text);
}

TEST_CASE("the reference lists every error token as its table does", "[generated]") {
  auto text = table_row({"token", "status", "when"});
  text += table_row({"---", "---", "---"});
  for (const auto& each : error_types) {
    if (each.token == error_token::none) continue;
    text += table_row({code(each.name), status_text(each.status), each.meaning});
  }
  check_section(page, "error tokens", text);
}

TEST_CASE("every problem type is told somewhere, and none is there twice", "[generated]") {
  const auto sources = program_sources("http/wire/problem_types.hpp");
  std::set<std::string_view> seen;
  for (const auto& each : problem_types) {
    CAPTURE(each.code);
    CHECK(sources.find("\"" + std::string{each.code} + "\"") != sources.npos);
    CHECK(seen.insert(each.code).second);
  }
}

TEST_CASE("the status of a token is what its kind answers", "[generated]") {
  for (const auto& each : error_types) {
    CAPTURE(each.name);
    CHECK(is_timeout(each.token) == (each.status == 504));
    CHECK(is_refusal(each.token) == (each.status == 503));
  }
}

}  // namespace tributary::http::wire
