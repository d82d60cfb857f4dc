// SPDX-License-Identifier: MIT
#include "config/codec.hpp"

#include <catch2/catch.hpp>

namespace tributary::config {

using namespace std::chrono_literals;

namespace {

template <class T>
struct codec_outcome {
  T value{};
  std::vector<config_error> errors;
};

/// Reads `text`, which is JSON, or a string that came from one `${…}`.
template <class T>
codec_outcome<T> read(const codec<T>& type, std::string_view text, bool from_environment = false) {
  codec_outcome<T> result;
  error_list errors;
  auto root = parse_document(text, errors);
  REQUIRE(root);
  root->whole_substitution = from_environment;
  reader in{errors};
  type.read(in, *root, result.value);
  result.errors = errors.take();
  return result;
}

}  // namespace

TEST_CASE("durations have a unit", "[config][codec]") {
  auto type = duration(0ms, 2h);
  CHECK(read(type, "\"500ms\"").value == 500ms);
  CHECK(read(type, "\"1.5s\"").value == 1500ms);
  CHECK(read(type, "\"1m\"").value == 1min);
  CHECK(read(type, "\"2h\"").value == 2h);
  CHECK(read(type, "\"0ms\"").value == 0ms);
  CHECK(read(duration(0ms, 720h), "\"7d\"").value == 168h);
  CHECK(read(duration(0ms, 720h), "\"0.5d\"").value == 12h);
}

TEST_CASE("what is no duration is refused with a suggestion", "[config][codec]") {
  struct bad {
    const char* text;
    const char* suggestion;
  };
  auto row =
      GENERATE(bad{"500", "\"500ms\""}, bad{"\"3\"", "\"3s\""}, bad{"\"5 sec\"", "5s"},
               bad{"\"5MIN\"", "5m"}, bad{"\"5S\"", "5s"}, bad{"\"5y\"", ""},
               bad{"\"2 days\"", "2d"}, bad{"\"1day\"", "1d"}, bad{"\"1D\"", "1d"},
               bad{"\"1d\"", ""}, bad{"\"-5s\"", ""}, bad{"\"\"", ""}, bad{"\"s\"", ""},
               bad{"\"3h\"", ""}, bad{"\"0.1ms\"", ""}, bad{"\"1e3s\"", ""}, bad{"\"infs\"", ""},
               bad{"\"99999999999999999999h\"", ""}, bad{"true", ""}, bad{"[]", ""});
  CAPTURE(row.text);
  auto result = read(duration(0ms, 2h), row.text);
  REQUIRE(result.errors.size() == 1);
  CHECK(result.errors[0].suggestion == row.suggestion);
  CHECK(result.value == 0ms);
}

TEST_CASE("seconds need no unit", "[config][codec]") {
  auto type = seconds(10ms, 24h);
  CHECK(read(type, "5").value == 5s);
  CHECK(read(type, "0.5").value == 500ms);
  CHECK(read(type, "86400").value == 24h);
  CHECK(read(type, "\"5\"").value == 5s);
  CHECK(read(type, "\"0.25\"", true).value == 250ms);
  CHECK(read(type, "\"300\"", true).value == 5min);
  CHECK(read(type, "\"1.5m\"").value == 90s);
  CHECK(read(type, "\"1d\"").value == 24h);
  CHECK(read(type, "\"10ms\"").value == 10ms);
}

TEST_CASE("what is neither seconds nor a duration is refused", "[config][codec]") {
  struct bad {
    const char* text;
    const char* message;
  };
  constexpr auto no_number =
      "expected a number of seconds, or a duration such as \"500ms\", found ";
  constexpr auto range = "expected a duration from 10ms to 24h, found ";
  auto row = GENERATE_COPY(
      bad{"-5", no_number}, bad{"\"-0.5\"", no_number}, bad{"\"abc\"", no_number},
      bad{"\"NaN\"", no_number}, bad{"\"inf\"", no_number}, bad{"\"\"", no_number},
      bad{"\" 5\"", no_number}, bad{"true", no_number}, bad{"\".5\"", no_number}, bad{"0", range},
      bad{"0.009", range}, bad{"\"86400.001\"", range}, bad{"\"25h\"", range},
      bad{"99999999999999999999", range}, bad{"0.0105", "finer than a millisecond"},
      bad{"1e3", "the units of a duration are ms, s, m, h and d"},
      bad{"\"5 s\"", "the units of a duration are ms, s, m, h and d"});
  CAPTURE(row.text);
  auto result = read(seconds(10ms, 24h), row.text, true);
  REQUIRE(result.errors.size() == 1);
  CHECK(result.errors[0].message.find(row.message) == 0);
  CHECK(result.value == 0ms);
}

TEST_CASE("sizes may have a unit", "[config][codec]") {
  auto type = bytes(1, 1ull << 40);
  CHECK(read(type, "1000").value == 1000);
  CHECK(read(type, "\"8KiB\"").value == 8192);
  CHECK(read(type, "\"1MB\"").value == 1'000'000);
  CHECK(read(type, "\"1.5MiB\"").value == 1'572'864);
  CHECK(read(type, "\"4096\"").value == 4096);
  CHECK(read(type, "\"64m\"").errors.at(0).suggestion == "64MiB");
  CHECK(read(type, "0").errors.size() == 1);
  CHECK(read(type, "-1").errors.size() == 1);
  CHECK(read(type, "0.5").errors.size() == 1);
  CHECK(read(type, "\"1.5B\"").errors.size() == 1);
}

TEST_CASE("numbers and booleans may come from the environment as text", "[config][codec]") {
  CHECK(read(port_number(), "\"8081\"", true).value == 8081);
  CHECK(read(flag(), "\"true\"", true).value);
  CHECK(read(real(0, 1), "\"0.5\"", true).value == 0.5);
  CHECK(read(port_number(), "\"8081\"").errors.at(0).message ==
        "expected a port number, found text");
  CHECK(read(port_number(), "\"80x\"", true).errors.size() == 1);
  CHECK(read(port_number(), "\"\"", true).errors.size() == 1);
  CHECK(read(flag(), "\"yes\"", true).errors.size() == 1);
  CHECK(read(real(0, 1), "\"nan\"", true).errors.size() == 1);
}

TEST_CASE("integers are whole and in range", "[config][codec]") {
  auto text = GENERATE("-1", "11", "1.5", "1e1", "true", "null", "18446744073709551616");
  CAPTURE(text);
  CHECK(read(count(0, 10), text).errors.size() == 1);
}

TEST_CASE("an unknown word is answered with the nearest one", "[config][codec]") {
  auto type = choice<int>({{"first", 1}, {"last", 2}});
  CHECK(read(type, "\"last\"").value == 2);
  auto result = read(type, "\"frist\"");
  CHECK(result.errors.at(0).suggestion == "first");
  CHECK(result.errors.at(0).message == "`frist` is none of `first`, `last`");
  CHECK(read(type, "\"LAST\"").errors.size() == 1);
}

TEST_CASE("durations and sizes print with their largest whole unit", "[config][codec]") {
  CHECK(print_duration(0ms) == "0ms");
  CHECK(print_duration(1500ms) == "1500ms");
  CHECK(print_duration(60s) == "1m");
  CHECK(print_duration(24h) == "24h");
  CHECK(print_duration(36h) == "36h");
  CHECK(print_duration(720h) == "30d");
  CHECK(print_bytes(0) == "0B");
  CHECK(print_bytes(65'536) == "64KiB");
  CHECK(print_bytes(1'000'000) == "1000000B");
}

}  // namespace tributary::config
