// SPDX-License-Identifier: MIT
#include "http/server/handlers/operations/operator_access.hpp"

#include "actors/telemetry/events.hpp"
#include "actors/telemetry/logging.hpp"
#include "http/server/problems.hpp"
#include "http/wire/origin.hpp"
#include "http/wire/target.hpp"

#include <openssl/crypto.h>

#include <utility>

namespace tributary::http::server {

namespace telemetry = actors::telemetry;

namespace {

/// Compares in a time that does not depend on where the texts differ.
bool same_secret(std::string_view shown, std::string_view expected) noexcept {
  return shown.size() == expected.size() &&
         ::CRYPTO_memcmp(shown.data(), expected.data(), expected.size()) == 0;
}

bool shows_token(const request& asked, std::string_view token) noexcept {
  constexpr std::string_view scheme{"Bearer "};
  const auto field = asked.header("Authorization");
  return field.starts_with(scheme) && same_secret(field.substr(scheme.size()), token);
}

response denied(const request& asked, std::string_view why, wire::problem_code code) {
  telemetry::log().write(config::log_level::warning, telemetry::events::admin_denied, why,
                         {{"path", asked.path}});
  return problem_response(asked, wire::make_problem(code));
}

/// Why a call without a token in place is refused; nothing when it may go on. A page in a browser
/// on this machine reaches the port as well: by a foreign name that leads to a loopback address
/// (DNS rebinding), or as a request to another origin. Browsers always send Host.
std::optional<response> refuse_page(const request& asked) {
  const auto target = wire::parse_request_target(asked.target);
  const auto named = target ? target->authority : std::string_view{};
  const auto host = named.empty() ? asked.header("Host") : named;
  if (!host.empty() && !wire::is_loopback_authority(host)) {
    return denied(asked, "an operator's call with a foreign Host", "WRONG_HOST");
  }
  if (asked.has_header("Origin") && !wire::is_same_origin(asked.header("Origin"), host)) {
    return denied(asked, "an operator's call from a page of another origin", "CROSS_ORIGIN");
  }
  return std::nullopt;
}

}  // namespace

std::optional<response> refuse_call(const request& asked, std::string_view token, callers of) {
  if (token.empty()) return of == callers::operators ? refuse_page(asked) : std::nullopt;
  if (shows_token(asked, token)) return std::nullopt;
  auto result = denied(asked, "an operator's call without the token", "UNAUTHORIZED");
  result.add_header("WWW-Authenticate", "Bearer");
  return result;
}

}  // namespace tributary::http::server
