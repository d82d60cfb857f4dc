// SPDX-License-Identifier: MIT
#pragma once

#include "http/io/name_resolver.hpp"

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tributary::tests {

/// A resolver under the test's control; it is asked and answered on the test's thread.
class manual_resolver final : public http::io::name_resolver {
 public:
  void resolve(const std::string& host, callback done) override {
    asked.push_back(host);
    if (!immediate) waiting = std::move(done);
    if (when_asked) when_asked();
    if (immediate) done(*immediate);
  }

  std::optional<http::io::resolution> immediate;
  std::vector<std::string> asked;
  callback waiting;
  std::function<void()> when_asked;
};

}  // namespace tributary::tests
