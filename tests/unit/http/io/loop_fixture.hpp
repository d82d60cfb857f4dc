// SPDX-License-Identifier: MIT
#pragma once

#include "http/io/event_loop.hpp"

#include <catch2/catch.hpp>

#include <chrono>

namespace tributary::tests {

using namespace std::chrono_literals;

/// A loop that is run by the test's own thread.
class loop_fixture {
 public:
  /// Runs the loop until somebody stops it, which must be within 20 seconds.
  void run_until_stopped() {
    auto stuck = false;
    struct {
      http::io::event_loop& loop;
      bool& stuck;
    } context{loop, stuck};
    http::io::timer limit{[](void* given) {
                            auto& of = *static_cast<decltype(context)*>(given);
                            of.stuck = true;
                            of.loop.stop();
                          },
                          &context};
    loop.arm(limit, 20s);
    loop.context().restart();
    loop.run();
    REQUIRE_FALSE(stuck);
  }

  /// Lets everything happen that is due by now.
  void run_due() {
    loop.context().restart();
    loop.post([this] { loop.post([this] { loop.stop(); }); });
    loop.run();
  }

  http::io::event_loop loop;
};

}  // namespace tributary::tests
