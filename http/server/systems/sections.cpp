// SPDX-License-Identifier: MIT
#include "http/server/systems/sections.hpp"

#include "actors/market/market_state.hpp"
#include "config/sections/aggregate_section.hpp"
#include "config/sections/market_section.hpp"

namespace tributary::http::server {

const config::section_list& systems_sections() {
  static const config::section_list result{
      {config::aggregate_section(), config::market_section(actors::market::vocabulary())}};
  return result;
}

}  // namespace tributary::http::server
