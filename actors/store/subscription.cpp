// SPDX-License-Identifier: MIT
#include "actors/store/subscription.hpp"

#include "actors/messages.hpp"
#include "actors/runtime/observed_actor.hpp"
#include "providers/redis/subscriber.hpp"

#include <memory>
#include <string_view>
#include <utility>

namespace tributary::actors::store {

providers::redis::subscriber_hooks hooks_for(std::vector<channel_listener> listeners) {
  const auto all = std::make_shared<const std::vector<channel_listener>>(std::move(listeners));
  const auto tell_state = [all](bool subscribed) {
    for (const auto& each : *all) {
      if (const auto to = each.to->current()) runtime::tell(to, subscription_state{subscribed});
    }
  };
  providers::redis::subscriber_hooks hooks;
  hooks.on_message = [all](std::string_view channel, std::string_view text) {
    for (const auto& each : *all) {
      if (each.channel != channel) continue;
      if (const auto to = each.to->current()) {
        runtime::tell(to, subscription_message{each.channel, std::string{text}});
      }
    }
  };
  hooks.on_subscribed = [tell_state] { tell_state(true); };
  hooks.on_lost = [tell_state] { tell_state(false); };
  return hooks;
}

}  // namespace tributary::actors::store
