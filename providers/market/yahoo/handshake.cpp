// SPDX-License-Identifier: MIT
#include "providers/market/yahoo/handshake.hpp"

#include "providers/market/answer.hpp"
#include "providers/market/yahoo/errors.hpp"

#include <utility>

namespace tributary::providers::market::yahoo {

wire_request handshake::next() const {
  auto request = next_step();
  request.opens_session = true;
  return request;
}

wire_request handshake::next_step() const {
  switch (step_) {
    case step::cookie:
      return cookie_request();
    case step::cookie_page:
      return cookie_page_request();
    case step::crumb:
      break;
  }
  return crumb_request(cookie_);
}

std::optional<std::variant<session, failure>> handshake::take(const wire_answer& answer) {
  if (step_ != step::crumb) return take_cookie(answer);
  auto got = read_crumb(answer);
  if (!got.error) return session{cookie_, std::move(got.crumb)};
  // In our own words: whoever refuses a cookie may repeat it.
  got.error->detail = "no session: no crumb was given";
  return std::move(*got.error);
}

std::optional<std::variant<session, failure>> handshake::take_cookie(const wire_answer& answer) {
  if (auto cookie = read_cookie(answer.header_block)) {
    cookie_ = *std::move(cookie);
    step_ = step::crumb;
    return {};
  }
  if (is_throttled(answer)) return throttled(answer);
  if (std::exchange(step_, step::cookie_page) == step::cookie) return {};
  return failed(error_kind::unavailable, "no session: no cookie was set");
}

}  // namespace tributary::providers::market::yahoo
