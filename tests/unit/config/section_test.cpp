// SPDX-License-Identifier: MIT
#include "config/section.hpp"

#include "config/check.hpp"
#include "config/reference.hpp"
#include "support.hpp"

#include <catch2/catch.hpp>

namespace tributary::config {

using namespace tests;

namespace {

/// What a made-up system has in the file: `postage` and `stamps`.
struct postage_settings {
  std::string office;
  std::size_t letters = 12;
  std::size_t stamps = 3;
  bool judged = false;  ///< set by the check
};

class postage_section final : public section_of<postage_settings> {
 public:
  explicit postage_section(bool always = false) : always_(always) {}

  std::string name() const override { return "the post"; }

  std::vector<top_key> keys() const override {
    using s = postage_settings;
    return {at_top(group("postage",
                         table<s>{key("office", &s::office, text(), "Where letters go."),
                                  key("letters", &s::letters, count(1, 100), "How many.")},
                         "The post."),
                   "log"),
            at_top(key("stamps", &s::stamps, count(0, 9), "On each letter."))};
  }

  void begin(settings& target) const override {
    if (always_) target.sections.put(postage_settings{});
  }

  std::vector<std::string> paths() const override { return {"/post", "/post/{town}"}; }
  std::vector<std::string> key_prefixes() const override { return {"letter:"}; }

 private:
  void check(postage_settings& value, const section_scope& scope) const override {
    value.judged = true;
    if (value.letters * value.stamps > scope.all.log.queue) {
      scope.out.add({"postage", "letters"}, "more stamps than the log holds");
    }
    for (const auto& taken : scope.taken_upstreams) {
      if (taken == value.office) {
        scope.out.add({"postage", "office"}, "an upstream has this name already");
      }
    }
  }

  std::vector<upstream_settings> upstreams(const postage_settings& value) const override {
    if (value.office.empty()) return {};
    upstream_settings result;
    result.name = value.office;
    return {result};
  }

  bool always_;
};

/// A system that is there or not, as its one key says.
struct lamp_settings {
  std::size_t watts = 40;
};

class lamp_section final : public section_of<lamp_settings> {
 public:
  std::string name() const override { return "lamps"; }
  std::vector<top_key> keys() const override {
    using s = lamp_settings;
    return {object_or_nothing(
        "lamp", table<s>{key("watts", &s::watts, count(1, 100), "Its power.")}, "A lamp.")};
  }
  std::vector<std::string> paths() const override { return {"/lamp"}; }

 private:
  /// Tells what the sections before it have taken.
  void check(lamp_settings&, const section_scope& scope) const override {
    std::string names;
    for (const auto& each : scope.taken_upstreams) names += each + " ";
    if (names == "u town ") scope.out.add({"lamp", "watts"}, "declared: " + scope.upstreams.at(0));
  }
};

const section_list& with_postage() {
  static const section_list result{
      {aggregate_section(), std::make_shared<postage_section>(), std::make_shared<lamp_section>()}};
  return result;
}

std::vector<upstream_settings> added_upstreams(const settings& all) {
  std::vector<upstream_settings> result;
  for (const auto& section : with_postage()) {
    for (auto& upstream : section->upstreams_of(all)) result.push_back(std::move(upstream));
  }
  return result;
}

settings loaded(std::string_view text, const section_list& sections = with_postage()) {
  auto result = load_text(text, environment_of(), sections);
  INFO(errors_as_text(result));
  REQUIRE(result.value);
  return *result.value;
}

std::string complaints_about(std::string_view text, const section_list& sections = with_postage()) {
  return errors_as_text(load_text(text, environment_of(), sections));
}

constexpr const char* with_endpoint = R"({"upstreams": {"u": {"url": "http://h"}},
  "endpoints": {"e": {"path": "PATH", "parameters": {"x": {"in": "path"}},
    "cache": {"key": "KEY"}, "parts": {"p": {"upstream": "u", "path": "/"}}}}, "MORE": 4})";

std::string endpoint_text(std::string_view path, std::string_view key, std::string_view more) {
  std::string result = with_endpoint;
  const auto fill = [&](std::string_view name, std::string_view value) {
    result.replace(result.find(name), name.size(), value);
  };
  fill("PATH", path);
  fill("KEY", key);
  fill("MORE", more);
  return result;
}

}  // namespace

TEST_CASE("a section that the list does not hold is an unknown key", "[config][section]") {
  CHECK(complaints_about(R"({"postage": {}})", all_sections()) ==
        "test.json:1:2: postage: unknown key\n");
  CHECK(complaints_about(R"({"market": {}})") == "test.json:1:2: market: unknown key\n");
  CHECK(complaints_about(R"({"endpoints": {}})", section_list{{}}) ==
        "test.json:1:2: endpoints: unknown key\n");
}

TEST_CASE("a misspelt section is told which one was meant", "[config][section]") {
  CHECK(complaints_about(R"({"postagee": {}})") ==
        "test.json:1:2: postagee: unknown key (did you mean `postage`?)\n");
  CHECK(complaints_about(R"({"postage": {"ofice": "x"}})") ==
        "test.json:1:14: postage.ofice: unknown key (did you mean `office`?)\n");
}

TEST_CASE("several keys of a section fill one value, with defaults for the others",
          "[config][section]") {
  const auto all = loaded(R"({"stamps": 5, "postage": {"office": "town"}})");
  const auto* post = all.section<postage_settings>();
  REQUIRE(post != nullptr);
  CHECK(post->office == "town");
  CHECK(post->letters == 12);
  CHECK(post->stamps == 5);
  CHECK(post->judged);
}

TEST_CASE("a section is there when one of its keys is, or when it is always there",
          "[config][section]") {
  CHECK(loaded("{}").section<postage_settings>() == nullptr);
  CHECK(loaded(R"({"stamps": 1})").section<postage_settings>() != nullptr);
  const section_list always{{std::make_shared<postage_section>(true)}};
  const auto all = loaded("{}", always);
  REQUIRE(all.section<postage_settings>() != nullptr);
  CHECK(all.section<postage_settings>()->judged);
}

TEST_CASE("a section that can be left out is not there when it is `false`", "[config][section]") {
  CHECK(loaded(R"({"lamp": false})").section<lamp_settings>() == nullptr);
  const auto all = loaded(R"({"lamp": {}})");
  REQUIRE(all.section<lamp_settings>() != nullptr);
  CHECK(all.section<lamp_settings>()->watts == 40);
  CHECK(complaints_about(R"({"lamp": true})") ==
        "test.json:1:10: lamp: expected an object, found a boolean\n");
}

TEST_CASE("the check of a section sees the rest of the settings", "[config][section]") {
  CHECK(complaints_about(R"({"log": {"queue": 64}, "stamps": 9, "postage": {"letters": 9}})") ==
        "test.json:1:60: postage.letters: more stamps than the log holds\n");
  CHECK(complaints_about(R"({"log": {"queue": 81}, "stamps": 9, "postage": {"letters": 9}})")
            .empty());
}

TEST_CASE("upstreams that a section adds have names that others cannot take", "[config][section]") {
  const auto text = R"({"upstreams": {"u": {"url": "http://h"}}, "postage": {"office": "OFFICE"},
    "lamp": {"watts": 1}})";
  const auto with = [&](std::string_view office) {
    return std::string{text}.replace(std::string_view{text}.find("OFFICE"), 6, office);
  };
  CHECK(complaints_about(with("u")).find("postage.office: an upstream has this name already") !=
        std::string::npos);
  CHECK(complaints_about(with("town")).find("lamp.watts: declared: u") != std::string::npos);
  const auto all = loaded(with("city"));
  const auto added = added_upstreams(all);
  REQUIRE(added.size() == 1);
  CHECK(added[0].name == "city");
  CHECK(all.upstreams.size() == 1);
  CHECK(added_upstreams(loaded("{}")).empty());
}

TEST_CASE("an endpoint cannot have a path that a section has taken, where the section is there",
          "[config][section]") {
  CHECK(complaints_about(endpoint_text("/post/{x}", "k", "stamps"))
            .find("endpoints.e.path: this path is the server's own") != std::string::npos);
  CHECK(complaints_about(endpoint_text("/mail/{x}", "k", "stamps")).empty());
  auto absent = endpoint_text("/post/{x}", "k", "stamps");
  absent.replace(absent.find(", \"stamps\": 4"), 13, "");
  CHECK(complaints_about(absent).empty());
  CHECK(with_postage().taken_paths(loaded(R"({"stamps": 1})")) ==
        std::vector<std::string>{"/livez", "/readyz", "/health", "/post", "/post/{town}"});
}

TEST_CASE("keys in Redis that belong to a section are taken, whether it is there or not",
          "[config][section]") {
  for (const auto* more : {"stamps", "none"}) {
    auto text = endpoint_text("/e/{x}", "letter:{x}", more);
    if (more == std::string_view{"none"}) text.replace(text.find(", \"none\": 4"), 11, "");
    CHECK(complaints_about(text).find(
              "keys that begin with `letter:` are the gateway's own in Redis") !=
          std::string::npos);
  }
  CHECK(loaded("{}").key_prefixes ==
        std::vector<std::string>{
            "circuit_breaker:", "rate_limit:", "cache_tag:", "cache_parts:", "letter:"});
}

TEST_CASE("keys of a section are printed and described in the place that they ask for",
          "[config][section]") {
  const auto printed =
      print_effective(loaded(R"({"stamps": 5, "postage": {"office": "town"}})"), with_postage());
  const auto json = ordered_json::parse(printed);
  std::vector<std::string> names;
  for (const auto& [name, value] : json.items()) names.push_back(name);
  CHECK(names == std::vector<std::string>{"server", "admin", "log", "postage", "runtime", "cache",
                                          "part_cache", "redis", "upstreams", "endpoints",
                                          "data_dir", "stamps"});
  CHECK(json["postage"] == ordered_json::parse(R"({"office": "town", "letters": 12})"));
  CHECK(print_effective(loaded(printed), with_postage()) == printed);
  const auto page = render_reference(with_postage());
  CHECK(page.find("## `postage`") < page.find("## `runtime`"));
  CHECK(page.find("| `letters` | integer | `12` | 1 to 100 | How many. |") != std::string::npos);
  CHECK(page.find("| the post | `/post`, `/post/{town}` | `letter:` |") != std::string::npos);
  const auto schema = ordered_json::parse(render_schema(with_postage()));
  CHECK(schema["properties"]["stamps"]["default"] == 3);
  CHECK(schema["properties"]["lamp"]["anyOf"][0]["const"] == false);
}

TEST_CASE("who has a value keeps it when another one takes its place", "[config][section]") {
  settings first;
  first.sections.put(lamp_settings{25});
  const auto kept = first.sections.share<lamp_settings>();
  auto second = first;
  second.sections.put(lamp_settings{75});
  CHECK(second.section<lamp_settings>()->watts == 75);
  CHECK(first.section<lamp_settings>() == kept.get());
  first.sections.drop<lamp_settings>();
  CHECK(first.section<lamp_settings>() == nullptr);
  CHECK(kept->watts == 25);
  CHECK(second.section<postage_settings>() == nullptr);
}

}  // namespace tributary::config
