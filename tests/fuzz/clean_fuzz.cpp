// SPDX-License-Identifier: MIT
#include "actors/jobs/cleaning/clean.hpp"
#include "actors/jobs/job_options.hpp"
#include "http/wire/json_check.hpp"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>

/// The first byte chooses the rules; the rest is a payload, and a plain text. A cleaned payload is
/// JSON, is the same when it is cleaned again, and has none of the canaries, which are whole texts
/// that no spelling may save. Where it has options, what is left without them is JSON too.
namespace {

using namespace tributary::actors::jobs;
using namespace tributary::actors::jobs::cleaning;
using tributary::http::wire::check_json;
using tributary::http::wire::shared_bytes;

void require(bool condition) {
  if (!condition) std::abort();
}

cleaning_settings with_ip() {
  cleaning_settings result;
  result.detectors.insert(detector::ip);
  return result;
}

cleaning_settings with_operators() {
  auto result = with_ip();
  result.fields = {{"k", cleaning_operator::keep},
                   {"m", cleaning_operator::mask},
                   {"h", cleaning_operator::hash},
                   {"d", cleaning_operator::drop}};
  result.paths = {{"/a/*", cleaning_operator::drop},
                  {"/a/a", cleaning_operator::keep},
                  {"/*/b", cleaning_operator::mask},
                  {"/k/c", cleaning_operator::redact}};
  result.hash_key = "key";
  return result;
}

void clean_twice(const cleaning_rules& rules, std::string_view json) {
  const auto once = clean_json(rules, json);
  const shared_bytes body{once};
  const auto verdict = check_json(body);
  require(bool{verdict} && verdict.text == body.view());
  require(clean_json(rules, once) == once);
}

/// An email between characters that cannot be a part of it does not get through.
void hide_canary(const cleaning_rules& rules, std::string_view text) {
  constexpr std::string_view canary = "canary@nest.example";
  const auto cleaned =
      clean_text(rules, std::string{text}.append("; ").append(canary).append("; "));
  require(cleaned.find(canary) == cleaned.npos);
}

void part(std::string_view json) {
  static const option_rules rules{{{"sync", 8}}, {{"/q", "1", "sync"}}, "sync"};
  const auto result = read_job_request(json, rules, {}, true);
  if (const auto* request = std::get_if<job_request>(&result)) {
    require(bool{check_json(shared_bytes{request->payload})});
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::array rules{cleaning_rules{}, cleaning_rules{with_ip()},
                                cleaning_rules{with_operators()}};
  if (size == 0) return 0;
  const auto& chosen = rules[data[0] % rules.size()];
  const std::string_view text{reinterpret_cast<const char*>(data + 1), size - 1};
  const auto once = clean_text(chosen, text);
  require(clean_text(chosen, once) == once);
  hide_canary(chosen, text);
  const shared_bytes body{text};
  if (const auto verdict = check_json(body)) {
    clean_twice(chosen, verdict.text);
    part(verdict.text);
  }
  return 0;
}
