// SPDX-License-Identifier: MIT
#include "config/environment.hpp"

#include "support.hpp"

#include <catch2/catch.hpp>

namespace tributary::config {

using namespace tests;

namespace {

struct substitution_outcome {
  node value;
  std::vector<config_error> errors;
};

substitution_outcome replaced(std::string text) {
  substitution_outcome result;
  result.value.kind = node_kind::string;
  result.value.text = std::move(text);
  error_list errors;
  substitute(result.value,
             environment_of({{"SET", "value"}, {"EMPTY", ""}, {"NESTED", "${SET}"}},
                            {{"etc/secret", "s3cret\r\n"}, {"/abs", "two\n\n"}}),
             "etc", errors);
  result.errors = errors.take();
  return result;
}

}  // namespace

TEST_CASE("variables, defaults and files stand in for their references", "[config]") {
  struct good {
    const char* text;
    const char* expected;
    bool whole;
  };
  auto row =
      GENERATE(good{"plain $ text", "plain $ text", false}, good{"${SET}", "value", true},
               good{"a${SET}b${SET}", "avaluebvalue", false}, good{"${SET:-other}", "value", true},
               good{"${EMPTY:-other}", "other", true}, good{"${EMPTY}", "", true},
               good{"${UNSET:-}", "", true}, good{"${UNSET:-http://x:1/y}", "http://x:1/y", true},
               good{"${file:secret}", "s3cret", true}, good{"${file:/abs}", "two\n", true},
               good{"$${SET}", "${SET}", false}, good{"${NESTED}", "${SET}", true});
  CAPTURE(row.text);
  auto result = replaced(row.text);
  REQUIRE(result.errors.empty());
  CHECK(result.value.text == row.expected);
  CHECK(result.value.whole_substitution == row.whole);
}

TEST_CASE("a reference that cannot be replaced is an error", "[config]") {
  auto text = GENERATE("${UNSET}", "${", "a${SET", "${}", "${1A}", "${SET-x}", "${file:}",
                       "${file:absent}", "${SET }");
  CAPTURE(text);
  CHECK(replaced(text).errors.size() == 1);
}

TEST_CASE("a port that Kubernetes sets beside a service counts only with its host", "[config]") {
  const auto text_with = [](std::map<std::string, std::string> variables, std::string text) {
    node at;
    at.kind = node_kind::string;
    at.text = std::move(text);
    error_list errors;
    substitute(at, environment_of(std::move(variables)), "etc", errors);
    CHECK(errors.take().empty());
    return at.text;
  };
  const std::string link = "tcp://10.0.0.11:6380";
  CHECK(text_with({{"REDIS_PORT", link}}, "${REDIS_PORT:-6379}") == "6379");
  CHECK(text_with({{"REDIS_PORT", link}, {"REDIS_HOST", ""}}, "${REDIS_PORT:-6379}") == "6379");
  CHECK(text_with({{"REDIS_PORT", link}, {"REDIS_HOST", "r"}}, "${REDIS_PORT:-6379}") == "6380");
  CHECK(text_with({{"REDIS_PORT", link}}, "${REDIS_PORT}") == "6380");
  CHECK(text_with({{"REDIS_PORT", "tcp://x:y"}}, "${REDIS_PORT:-1}") == "tcp://x:y");
  CHECK(text_with({{"REDIS_URL", link}}, "${REDIS_URL:-1}") == link);
}

TEST_CASE("an unset variable is named with its place", "[config]") {
  auto result = load_text("{\"log\": {\n\"level\": \"${LEVEL}\"}}");
  CHECK(errors_as_text(result).find(
            "test.json:2:10: log.level: the environment variable LEVEL is not set") == 0);
}

TEST_CASE("a message about a value tells which variable it came from", "[config]") {
  auto wrong = [](const char* text, std::map<std::string, std::string> variables) {
    auto result = load_text(text, environment_of(std::move(variables)));
    REQUIRE(result.errors.size() == 1);
    return result.errors[0].message;
  };
  CHECK(wrong(R"({"server": {"idle_timeout": "${IDLE}"}})", {{"IDLE", "abc"}}) ==
        "expected a duration such as \"500ms\", found `abc` (from IDLE)");
  CHECK(wrong(R"({"server": {"port": "${PORT:-8080}"}})", {{"PORT", "x"}}) ==
        "expected a port number from 0 to 65535, found `x` (from PORT)");
  CHECK(wrong(R"({"server": {"idle_timeout": "${A}${B}${A}"}})", {{"A", "x"}, {"B", "y"}}) ==
        "expected a duration such as \"500ms\", found `xyx` (from A and B)");
  CHECK(wrong(R"({"upstreams": {"u": {"url": "${URL}"}}})", {{"URL", "ftp://h"}}) ==
        "expected an `http://` or `https://` URL (from URL)");
  // What stands in the file is found there.
  CHECK(wrong(R"({"server": {"port": "${PORT:-x}"}})", {}) ==
        "expected a port number from 0 to 65535, found `x`");
}

TEST_CASE("what may be a secret is in no message, wherever it was put", "[config]") {
  auto* put =
      GENERATE(R"({"server": {"port": "${S}"}})", R"({"server": {"idle_timeout": "${S}"}})",
               R"({"server": {"limits": {"headers": "${S}"}}})", R"({"log": {"level": "${S}"}})",
               R"({"upstreams": {"u": {"url": "http://h", "back_pressure": {"enabled": "${S}"}}}})",
               R"({"upstreams": {"u": {"url": "http://h"}}, "endpoints": {"e": {"path": "/",
          "parts": {"p": {"upstream": "u", "path": "/", "query": {"a": "${S}"}}}}}})",
               R"({"upstreams": {"u": {"url": "http://h"}}, "endpoints": {"e": {"path": "/",
          "parts": {"p": {"upstream": "${S}", "path": "/"}}}}})");
  auto* value = GENERATE("hush", "12hush", "{hush}", "hush`hush", "12 hush`");
  std::string text{put};
  auto replaced = text.find("${S}");
  auto check_hidden = [&](const char* reference, const environment& env, const char* origin) {
    auto result = load_text(std::string{text}.replace(replaced, 4, reference), env);
    auto told = errors_as_text(result);
    CAPTURE(put, value, told);
    CHECK(told.find("hush") == std::string::npos);
    // Only a value that does for a query is right.
    CHECK((told.find(origin) != std::string::npos || result.value));
  };
  check_hidden("${API_TOKEN}", environment_of({{"API_TOKEN", value}}), "(from API_TOKEN)");
  check_hidden("${file:s}", environment_of({}, {{"s", value}}), "(from the file s)");
  check_hidden("${URL}", environment_of({{"URL", std::string{"x://u:"} + value + "@h"}}),
               "(from URL)");
}

}  // namespace tributary::config
