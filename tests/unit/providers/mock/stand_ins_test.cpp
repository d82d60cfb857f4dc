// SPDX-License-Identifier: MIT
#include "providers/mock/stand_ins.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>

namespace tributary::providers::mock {

TEST_CASE("no two services have a name, or a path on one listener, in common", "[mock]") {
  std::set<std::string_view> names;
  std::set<std::pair<const port_flag*, std::string_view>> places;
  for (const auto* each : services()) {
    INFO(each->name);
    CHECK(names.insert(each->name).second);
    CHECK(places.insert({&each->on, each->path}).second);
    CHECK((each->path.empty() || each->path.front() == '/'));
    CHECK_FALSE(each->path.ends_with('/'));
  }
}

TEST_CASE("names of services can be written in a path and before a dot, and none is `all`",
          "[mock]") {
  for (const auto* each : services()) {
    INFO(each->name);
    CHECK(each->name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == each->name.npos);
    CHECK(each->name != "all");
  }
}

TEST_CASE("paths that every listener has are no service's", "[mock]") {
  for (const auto* each : services()) {
    INFO(each->path);
    CHECK_FALSE(each->path.starts_with("/_"));
    CHECK(each->path != "/health");
  }
}

TEST_CASE("no two listeners have a flag or a port in common", "[mock]") {
  std::set<std::string_view> flags{"address", "seed", "threads", "knob", "help"};
  std::set<std::uint16_t> ports;
  for (const auto* each : listeners_of(services())) {
    INFO(each->name);
    CHECK(flags.insert(each->name).second);
    CHECK(ports.insert(each->number).second);
    CHECK_FALSE(each->serves.empty());
  }
}

TEST_CASE("knobs of a service have names of their own and defaults within their range", "[mock]") {
  for (const auto* each : services()) {
    std::set<std::string_view> names;
    for (const auto& one : common_knobs()) names.insert(one.name);
    for (const auto& one : each->own_knobs) {
      INFO(each->name << '.' << one.name);
      CHECK(names.insert(one.name).second);
      if (const auto* whole = std::get_if<std::int64_t>(&one.standard)) {
        CHECK(
            (one.least <= static_cast<double>(*whole) && static_cast<double>(*whole) <= one.most));
      }
      if (const auto* number = std::get_if<double>(&one.standard)) {
        CHECK((one.least <= *number && *number <= one.most));
      }
    }
  }
}

}  // namespace tributary::providers::mock
