// SPDX-License-Identifier: MIT
#include "actors/aggregation/judge.hpp"
#include "actors/aggregation/merge.hpp"
#include "http/wire/json_check.hpp"
#include "http/wire/json_scan.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

/// The first byte chooses how conflicts are settled; the rest is three bodies between bytes 0x1e.
/// What another parser takes must pass the check, and what has passed must merge into valid JSON.
namespace {

using namespace tributary;
using namespace tributary::actors::aggregation;
using namespace tributary::http::wire;

void require(bool condition) {
  if (!condition) std::abort();
}

std::shared_ptr<const endpoint_plan> make_plan(config::merge_conflict rule) {
  config::endpoint_settings endpoint;
  endpoint.name = "fuzzed";
  for (auto name : {"a", "b", "c"}) {
    config::part_settings part;
    part.name = name;
    part.upstream = "up";
    part.path = "/";
    part.required = false;
    part.on_conflict = rule;
    part.merge = *name == 'c' ? config::merge_mode::member : config::merge_mode::root;
    endpoint.parts.push_back(part);
  }
  endpoint.parts[0].default_json = R"({"a":[1],"d":{}})";
  config::upstream_settings upstream;
  upstream.name = "up";
  auto result = compile(endpoint, {upstream});
  require(result.plan != nullptr);
  return result.plan;
}

std::array<std::string_view, 3> split(std::string_view text) {
  std::array<std::string_view, 3> bodies;
  for (auto& body : bodies) {
    body = text.substr(0, text.find('\x1e'));
    text.remove_prefix(std::min(text.size(), body.size() + 1));
  }
  return bodies;
}

/// nlohmann/json skips a byte order mark and stops at a NUL; it knows no depth limit.
void compare(std::string_view body, const json_verdict& verdict) {
  if (verdict || verdict.error == "nested too deeply") return;
  if (body.starts_with("\xef") || body.find('\0') != std::string_view::npos) return;
  require(!nlohmann::json::accept(body));
}

/// An array comes apart into as many JSON texts as it has elements, and nothing else does.
void take_apart(const shared_bytes& body) {
  const auto split = split_array(body);
  const auto* elements = std::get_if<0>(&split);
  if (elements == nullptr) return;
  const auto document = nlohmann::json::parse(body.view(), nullptr, false);
  require(document.is_discarded() || elements->size() == document.size());
  for (const auto element : *elements) require(bool{check_json(shared_bytes{element})});
}

bool is_json(const fragments& body) {
  std::string text;
  for (const auto& fragment : body) text += fragment.view();
  auto bytes = shared_bytes{text};
  auto verdict = check_json(bytes);
  return verdict || verdict.error == "nested too deeply";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using enum config::merge_conflict;
  static const std::array plans{make_plan(error), make_plan(first), make_plan(last),
                                make_plan(concat), make_plan(deep)};
  if (size == 0) return 0;
  const auto& plan = *plans[data[0] % plans.size()];
  std::vector<part_outcome> outcomes;
  for (auto text : split({reinterpret_cast<const char*>(data + 1), size - 1})) {
    auto body = shared_bytes{text};
    auto verdict = check_json(body);
    compare(text, verdict);
    take_apart(body);
    outcomes.push_back(received(200, body, std::chrono::milliseconds{1}));
  }
  auto answer = judge(plan, {7, strictness::unsaid, "id"}, outcomes);
  require(is_json(answer.body));
  require(judge(plan, {7, strictness::unsaid, "id"}, outcomes).body_size == answer.body_size);
  return 0;
}
