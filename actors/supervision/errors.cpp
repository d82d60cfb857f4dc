// SPDX-License-Identifier: MIT
#include "actors/supervision/errors.hpp"

#include <caf/atom.hpp>
#include <caf/exit_reason.hpp>
#include <caf/message.hpp>
#include <caf/sec.hpp>

#include <utility>

namespace tributary::actors::supervision {

namespace {

constexpr auto category = caf::atom("supervise");
constexpr auto exit_category = caf::atom("exit");
constexpr auto system_category = caf::atom("system");

std::string_view name_of(supervision_error code) {
  switch (code) {
    case supervision_error::child_unavailable:
      return "child_unavailable";
    case supervision_error::intensity_exceeded:
      return "supervisor_intensity";
    case supervision_error::start_timeout:
      return "start_timeout";
    case supervision_error::spawn_failed:
      return "spawn_failed";
    case supervision_error::pool_refused:
      return "pool_refused";
  }
  return "unknown";
}

std::string describe_ours(const caf::error& error) {
  std::string result{name_of(static_cast<supervision_error>(error.code()))};
  if (const auto what = as_escalation(error)) {
    result += "{" + what->child + ", " + std::to_string(what->count) + ", " +
              describe(what->last_error) + "}";
  } else if (!error.context().empty()) {
    result += caf::to_string(error.context());
  }
  return result;
}

}  // namespace

caf::error make_error(supervision_error code) {
  return caf::error{static_cast<std::uint8_t>(code), category};
}

caf::error make_spawn_error(std::string text) {
  return caf::error{static_cast<std::uint8_t>(supervision_error::spawn_failed), category,
                    caf::make_message(std::move(text))};
}

caf::error make_escalation(const escalation& what) {
  return caf::error{static_cast<std::uint8_t>(supervision_error::intensity_exceeded), category,
                    caf::make_message(what.child, what.count, what.last_error)};
}

std::optional<escalation> as_escalation(const caf::error& error) {
  if (!error || error.category() != category ||
      error.code() != static_cast<std::uint8_t>(supervision_error::intensity_exceeded) ||
      !error.context().match_elements<std::string, std::uint32_t, caf::error>()) {
    return std::nullopt;
  }
  const auto& context = error.context();
  return escalation{context.get_as<std::string>(0), context.get_as<std::uint32_t>(1),
                    context.get_as<caf::error>(2)};
}

caf::error root_cause(const caf::error& error) {
  auto current = error;
  while (auto what = as_escalation(current)) current = std::move(what->last_error);
  return current;
}

std::string describe(const caf::error& error) {
  if (!error) return "normal";
  if (error.category() == category) return describe_ours(error);
  if (error.category() == exit_category) {
    return to_string(static_cast<caf::exit_reason>(error.code()));
  }
  auto name = error.category() == system_category
                  ? to_string(static_cast<caf::sec>(error.code()))
                  : to_string(error.category()) + "(" + std::to_string(error.code()) + ")";
  return error.context().empty() ? name : name + caf::to_string(error.context());
}

exit_class classify(const caf::error& reason, bool draining) {
  if (!reason) return exit_class::normal;
  if (reason.category() != exit_category) return exit_class::abnormal;
  const auto code = static_cast<caf::exit_reason>(reason.code());
  if (code == caf::exit_reason::user_shutdown ||
      (draining && code == caf::exit_reason::remote_link_unreachable)) {
    return exit_class::shutdown;
  }
  return exit_class::abnormal;
}

}  // namespace tributary::actors::supervision
