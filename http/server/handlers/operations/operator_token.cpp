// SPDX-License-Identifier: MIT
#include "http/server/handlers/operations/operator_token.hpp"

#include "actors/telemetry/events.hpp"
#include "actors/telemetry/logging.hpp"
#include "http/server/problems.hpp"

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

}  // namespace

bool has_operator_token(const request& asked, std::string_view token) noexcept {
  constexpr std::string_view scheme{"Bearer "};
  const auto field = asked.header("Authorization");
  return token.empty() ||
         (field.starts_with(scheme) && same_secret(field.substr(scheme.size()), token));
}

response operator_token_missing(const request& asked) {
  telemetry::log().write(config::log_level::warning, telemetry::events::admin_denied,
                         "an operator's call without the token", {{"path", asked.path}});
  auto p = wire::make_problem("UNAUTHORIZED");
  auto result = problem_response(asked, std::move(p));
  result.add_header("WWW-Authenticate", "Bearer");
  return result;
}

}  // namespace tributary::http::server
