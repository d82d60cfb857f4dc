// SPDX-License-Identifier: MIT
#include "config/environment.hpp"

#include "support.hpp"

#include <catch2/catch.hpp>

using namespace tributary::config;
using namespace tributary::config::test;

namespace {

struct outcome {
  node value;
  std::vector<config_error> errors;
};

outcome replaced(std::string text) {
  outcome out;
  out.value.kind = node_kind::string;
  out.value.text = std::move(text);
  error_list errors;
  substitute(out.value,
             environment_of({{"SET", "value"}, {"EMPTY", ""}, {"NESTED", "${SET}"}},
                            {{"etc/secret", "s3cret\r\n"}, {"/abs", "two\n\n"}}),
             "etc", errors);
  out.errors = errors.take();
  return out;
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
  auto out = replaced(row.text);
  REQUIRE(out.errors.empty());
  CHECK(out.value.text == row.expected);
  CHECK(out.value.whole_substitution == row.whole);
}

TEST_CASE("a reference that cannot be replaced is an error", "[config]") {
  auto text = GENERATE("${UNSET}", "${", "a${SET", "${}", "${1A}", "${SET-x}", "${file:}",
                       "${file:absent}", "${SET }");
  CAPTURE(text);
  CHECK(replaced(text).errors.size() == 1);
}

TEST_CASE("an unset variable is named with its place", "[config]") {
  auto result = load_text("{\"log\": {\n\"level\": \"${LEVEL}\"}}");
  CHECK(errors_as_text(result).find(
            "test.json:2:10: log.level: the environment variable LEVEL is not set") == 0);
}
