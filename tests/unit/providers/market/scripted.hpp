// SPDX-License-Identifier: MIT
#pragma once

#include "answers.hpp"
#include "providers/market/provider.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// A provider at the other end of a conversation: answers by the target, and keeps what was asked.
namespace tributary::tests {

using namespace providers::market;

struct scripted_answer {
  int status;
  std::string body;
  std::string headers = {};
};

class scripted_provider {
 public:
  /// Answers to targets that contain `part`, in this order; the last one stays.
  scripted_provider& on(std::string_view part, std::vector<scripted_answer> answers) {
    rules_.push_back({std::string(part), std::move(answers), 0});
    return *this;
  }

  wire_answer answer(const wire_request& request) {
    asked.push_back(request);
    for (auto& at_part : rules_) {
      if (request.target.find(at_part.part) == std::string::npos) continue;
      const auto& one = at_part.answers[std::min(at_part.used, at_part.answers.size() - 1)];
      ++at_part.used;
      return {one.status, one.headers, one.body, at};
    }
    FAIL("nothing answers " << request.target);
    return {};
  }

  std::size_t count(std::string_view part) const {
    return static_cast<std::size_t>(std::count_if(
        asked.begin(), asked.end(),
        [&](const wire_request& one) { return one.target.find(part) != std::string::npos; }));
  }

  std::vector<wire_request> asked;
  system_time at = now;  ///< when answers are received

 private:
  struct rule {
    std::string part;
    std::vector<scripted_answer> answers;
    std::size_t used;
  };
  std::vector<rule> rules_;
};

/// Leads a conversation to its end. @returns the failures it told of the provider
inline std::vector<failure> talk(conversation& with, scripted_provider& other) {
  constexpr std::size_t most_requests = 100;
  std::vector<failure> told;
  for (std::size_t sent = 0; const auto request = with.next(); ++sent) {
    REQUIRE(sent < most_requests);
    if (auto why = with.take(other.answer(*request))) told.push_back(*std::move(why));
  }
  return told;
}

inline std::vector<symbol> syms(std::initializer_list<std::string_view> texts) {
  std::vector<symbol> result;
  for (const auto text : texts) result.push_back(sym(text));
  return result;
}

/// What came of conversations one after the other, as `AAPL 231.4` and `NOSUCH not_found`.
struct outcome {
  std::vector<std::string> quotes;
  std::vector<std::string> errors;
  std::vector<failure> told;
  quotes_result raw;
};

inline outcome ask_all(provider& of, std::vector<symbol> what, scripted_provider& other) {
  outcome result;
  const auto otherwise = failure{error_kind::unavailable, "", "broken off", {}};
  for (auto& one : of.ask(std::move(what))) {
    for (auto& why : talk(*one, other)) result.told.push_back(std::move(why));
    auto part = one->finish(otherwise);
    for (auto& got : part.quotes) result.raw.quotes.push_back(std::move(got));
    for (auto& why : part.errors) result.raw.errors.push_back(std::move(why));
  }
  for (const auto& one : result.raw.quotes) {
    result.quotes.push_back(one.symbol + " " + one.price.text);
  }
  for (const auto& one : result.raw.errors) {
    result.errors.push_back(one.symbol + " " + std::string(to_string(one.kind)));
  }
  return result;
}

struct list_outcome {
  assets_result list;
  std::vector<failure> told;
};

inline list_outcome fetch_list(provider& of, asset_class kind, scripted_provider& other) {
  const auto asking = of.list(kind);
  REQUIRE(asking);
  list_outcome result;
  result.told = talk(*asking, other);
  result.list = asking->finish();
  CHECK(result.list.error.has_value() == result.list.assets.empty());
  of.learn(*asking);
  return result;
}

using texts = std::vector<std::string>;

}  // namespace tributary::tests
