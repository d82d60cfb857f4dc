// SPDX-License-Identifier: MIT
#pragma once

#include "actors/supervision/slot.hpp"

#include <string>
#include <vector>

namespace tributary::providers::redis {
struct subscriber_hooks;
}

namespace tributary::actors::store {

/// The channels that instances talk on.
namespace channels {
inline constexpr const char* invalidate = "tributary:invalidate";
inline constexpr const char* breaker = "tributary:breaker";
}  // namespace channels

/// A channel of Redis, and the actor that hears of it.
struct channel_listener {
  std::string channel;
  supervision::slot_ptr to;
};

/// Hooks for one subscriber to the channels of all these listeners: each gets the messages of its
/// channel (`subscription_message`), and all of them `subscription_state` when the subscription
/// begins or is lost. A listener that is not running misses them: whoever begins reads what it
/// needs.
providers::redis::subscriber_hooks hooks_for(std::vector<channel_listener> listeners);

}  // namespace tributary::actors::store
