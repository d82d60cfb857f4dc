// SPDX-License-Identifier: MIT
#include "actors/supervision/commands.hpp"

namespace tributary::actors::supervision {

std::string_view to_string(directive value) noexcept {
  switch (value) {
    case directive::restart:
      return "restart";
    case directive::group_restart:
      return "group_restart";
    case directive::queued:
      return "queued";
    case directive::absorbed:
      return "absorbed";
    case directive::forget:
      return "forget";
    case directive::escalate:
      return "escalate";
  }
  return "unknown";
}

}  // namespace tributary::actors::supervision
