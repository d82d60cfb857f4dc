// SPDX-License-Identifier: MIT
#pragma once

#include "providers/mock/market/market_services.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tributary::tests {

namespace mock = providers::mock;

using header_list = std::vector<std::pair<std::string, std::string>>;

/// Asks the stand-ins without a socket, at a time that a test sets.
class market_client {
 public:
  mock::reply get(std::string_view target, const header_list& headers = {}) {
    return ask("GET", target, headers).answer;
  }

  mock::scripted_reply ask(std::string_view method, std::string_view target,
                           const header_list& headers = {}, std::string_view body = {}) {
    const listed_fields fields{headers};
    return front_.answer({method, target, body, fields});
  }

  /// A Friday, 20:00:07.250 UTC.
  std::chrono::system_clock::time_point now{std::chrono::milliseconds{1'763'755'207'250}};
  mock::desk knobs_and_counts{1, {}};

 private:
  class listed_fields final : public mock::header_fields {
   public:
    explicit listed_fields(const header_list& all) : all_(all) {}
    std::string_view find(std::string_view name) const override {
      for (const auto& [key, value] : all_) {
        if (same(key, name)) return value;
      }
      return {};
    }

   private:
    static bool same(std::string_view a, std::string_view b) {
      const auto low = [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; };
      if (a.size() != b.size()) return false;
      for (std::size_t i = 0; i < a.size(); ++i) {
        if (low(a[i]) != low(b[i])) return false;
      }
      return true;
    }
    const header_list& all_;
  };

  mock::market_services front_{1, knobs_and_counts, [this] { return now; }};
};

/// What stands between `from` and the next `to`; empty when `from` is not there.
inline std::string between(std::string_view text, std::string_view from, std::string_view to) {
  const auto begin = text.find(from);
  if (begin == text.npos) return {};
  const auto rest = text.substr(begin + from.size());
  return std::string{rest.substr(0, rest.find(to))};
}

}  // namespace tributary::tests
