// SPDX-License-Identifier: MIT
#include "config/reference.hpp"

#include "config/file.hpp"
#include "http/server/systems/systems.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

namespace tributary::config {

using http::server::all_sections;

namespace {

/// With TRIBUTARY_REGENERATE set the committed file is written instead of compared.
void check_whole_page(const std::string& name, const std::string& text) {
  auto path = TRIBUTARY_SOURCE_DIR "/config/" + name;
  if (std::getenv("TRIBUTARY_REGENERATE") != nullptr) std::ofstream{path} << text;
  INFO(path << " is stale; config/README.md says how to write it anew");
  auto committed = read_file(path, 1024 * 1024);
  REQUIRE(committed);
  CHECK((*committed == text));
}

}  // namespace

TEST_CASE("the committed reference page is the one the tables give", "[config][generated]") {
  check_whole_page("REFERENCE.md", render_reference(all_sections()));
}

TEST_CASE("the committed schema is the one the tables give", "[config][generated]") {
  check_whole_page("schema.json", render_schema(all_sections()));
  auto schema = nlohmann::json::parse(render_schema(all_sections()));
  CHECK(schema["additionalProperties"] == false);
  CHECK(schema["properties"]["server"]["properties"]["port"]["default"] == 8080);
}

}  // namespace tributary::config
