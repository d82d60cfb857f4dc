// SPDX-License-Identifier: MIT
#pragma once

#include "providers/market/yahoo/yahoo.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace tributary::providers::market::yahoo {

/// Two or three requests to a session: a page that sets the cookie, another one if it did not, and
/// the crumb.
class handshake {
 public:
  wire_request next() const;

  /// The session or why there is none; nothing while there is more to ask.
  std::optional<std::variant<session, failure>> take(const wire_answer& answer);

 private:
  enum class step : std::uint8_t { cookie, cookie_page, crumb };

  wire_request next_step() const;
  std::optional<std::variant<session, failure>> take_cookie(const wire_answer& answer);

  step step_ = step::cookie;
  std::string cookie_;
};

}  // namespace tributary::providers::market::yahoo
