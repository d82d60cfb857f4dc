// SPDX-License-Identifier: MIT
#include "actors/supervision/errors.hpp"

#include <caf/exit_reason.hpp>
#include <caf/sec.hpp>
#include <catch2/catch.hpp>

namespace tributary::actors::supervision {

TEST_CASE("exits are normal, a shutdown or abnormal", "[supervision]") {
  CHECK(classify(caf::error{}) == exit_class::normal);
  CHECK(classify(caf::make_error(caf::exit_reason::normal)) == exit_class::normal);
  CHECK(classify(caf::exit_reason::user_shutdown) == exit_class::shutdown);
  CHECK(classify(caf::exit_reason::kill) == exit_class::abnormal);
  CHECK(classify(caf::exit_reason::unhandled_exception) == exit_class::abnormal);
  CHECK(classify(caf::sec::runtime_error) == exit_class::abnormal);
  CHECK(classify(caf::exit_reason::remote_link_unreachable) == exit_class::abnormal);
  CHECK(classify(caf::exit_reason::remote_link_unreachable, true) == exit_class::shutdown);
  CHECK(classify(make_error(supervision_error::intensity_exceeded)) == exit_class::abnormal);
}

TEST_CASE("an escalation keeps the cause through several levels", "[supervision]") {
  const auto cause = caf::make_error(caf::sec::runtime_error, std::string{"disk on fire"});
  const auto inner = make_escalation({"/a/b/c", 6, cause});
  const auto outer = make_escalation({"/a/b", 2, inner});
  const auto top = as_escalation(outer);
  REQUIRE(top.has_value());
  CHECK(top->child == "/a/b");
  CHECK(top->count == 2);
  CHECK(top->last_error == inner);
  CHECK(root_cause(outer) == cause);
  CHECK(describe(outer).find("/a/b/c, 6") != std::string::npos);
  CHECK(describe(outer).find("disk on fire") != std::string::npos);
  CHECK_FALSE(as_escalation(cause).has_value());
  CHECK_FALSE(as_escalation(make_error(supervision_error::intensity_exceeded)).has_value());
}

TEST_CASE("errors have a readable text", "[supervision]") {
  CHECK(describe(caf::error{}) == "normal");
  CHECK(describe(make_error(supervision_error::child_unavailable)) == "child_unavailable");
  CHECK(describe(caf::exit_reason::kill).find("kill") != std::string::npos);
}

}  // namespace tributary::actors::supervision
