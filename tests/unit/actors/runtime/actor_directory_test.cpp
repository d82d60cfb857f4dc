// SPDX-License-Identifier: MIT
#include "actors/runtime/actor_cell.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>

namespace tributary::actors::runtime {

namespace {

std::shared_ptr<actor_cell> listed(actor_directory& in, const std::string& path) {
  auto result = std::make_shared<actor_cell>(path, "test");
  in.add(result);
  return result;
}

std::string labels_of(const actor_directory& directory) {
  std::string result;
  for (const auto& series : directory.all_series()) {
    result.append(result.empty() ? "" : " ").append(series->label);
  }
  return result;
}

}  // namespace

TEST_CASE("an actor's series has its path for a label, and the root's is a slash", "[runtime]") {
  actor_directory directory;
  CHECK(listed(directory, "/guards/a/breaker")->series->label == "/guards/a/breaker");
  CHECK(listed(directory, "/")->series->label == "/");
  CHECK(listed(directory, "")->series->label == "/");
  CHECK(labels_of(directory) == "/ /guards/a/breaker");
}

TEST_CASE("members of a pool and what is below them share series", "[runtime]") {
  actor_directory directory;
  directory.add_pool("/jobs/running");
  CHECK(listed(directory, "/jobs/running")->series->label == "/jobs/running");
  CHECK(listed(directory, "/jobs/running/17")->series->label == "/jobs/running/*");
  CHECK(listed(directory, "/jobs/running/18/store")->series->label == "/jobs/running/*/store");
  CHECK(listed(directory, "/jobs/runnings/1")->series->label == "/jobs/runnings/1");
  // A pool in each member of a pool, and one right below the root.
  directory.add_pool("/jobs/running/17/calls");
  CHECK(listed(directory, "/jobs/running/18/calls/3")->series->label == "/jobs/running/*/calls/*");
  directory.add_pool("/");
  CHECK(listed(directory, "/19")->series->label == "/*");
}

TEST_CASE("series do not grow with those who come and go, and keep their counts", "[runtime]") {
  actor_directory directory;
  directory.add_pool("/jobs/running");
  for (int i = 0; i < 100; ++i) {
    const auto path = "/jobs/running/" + std::to_string(i);
    const auto cell = listed(directory, path);
    CHECK(directory.series_of(path) == cell->series);
    ++cell->series->restarts;
    directory.remove(*cell);
  }
  CHECK(directory.size() == 0);
  CHECK(labels_of(directory) == "/jobs/running/*");
  CHECK(directory.all_series().front()->restarts == 100);
}

}  // namespace tributary::actors::runtime
