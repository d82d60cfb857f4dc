// SPDX-License-Identifier: MIT
#include "http/server/gateway/connections.hpp"

#include "actors/actor_tree.hpp"
#include "actors/runtime/runtime.hpp"
#include "http/client/connection_pool.hpp"
#include "http/client/tls_context.hpp"
#include "http/io/name_resolver.hpp"
#include "providers/redis/client.hpp"
#include "providers/redis/subscriber.hpp"

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace tributary::http::server {

namespace redis = providers::redis;
using actors::guards::upstream_resources;
using actors::runtime::runtime;
using actors::store::redis_resources;
using resolver_ptr = std::shared_ptr<io::name_resolver>;

namespace {

/// A pool belongs to its loop's thread from beginning to end.
void open_pools(upstream_resources& upstream, runtime& threads, const resolver_ptr& resolver) {
  client::pool_services services{resolver, nullptr};
  if (upstream.settings.tls) {
    std::string error;
    services.tls = client::make_tls_context(upstream.settings.tls_options, error);
    if (services.tls == nullptr) {
      throw std::runtime_error{"upstream " + upstream.settings.name + ": " + error};
    }
  }
  threads.on_each_loop([&](std::size_t i) {
    upstream.pools.push_back(std::make_unique<client::connection_pool>(
        *threads.loops()[i], upstream.settings, services));
  });
}

/// On the first loop's thread.
void subscribe(redis_resources& store, runtime& threads, const redis::client_services& services) {
  std::vector<std::string> names;
  for (const auto& each : store.channels) names.push_back(each.channel);
  store.subscriber = std::make_unique<redis::subscriber>(
      *threads.loops().front(), redis::settings_of(store.settings, store.address), services,
      std::move(names), actors::store::hooks_for(store.channels));
  store.subscription = store.subscriber->link();
  store.links.push_back(store.subscription);
}

void open_clients(redis_resources& store, runtime& threads, const resolver_ptr& resolver) {
  redis::client_services services{resolver, nullptr, {}};
  if (store.address.tls) {
    std::string error;
    services.tls = redis::make_tls_context(store.settings.tls_options, error);
    if (services.tls == nullptr) throw std::runtime_error{store.name + ": " + error};
  }
  threads.on_each_loop([&](std::size_t i) {
    redis::client_hooks hooks;
    // The subscriber is on this loop too, and hears of no failover by itself.
    if (i == 0) {
      hooks.on_wrong_server = [&store] {
        if (store.subscriber != nullptr) store.subscriber->renew();
      };
    }
    store.clients.push_back(std::make_unique<redis::client>(
        *threads.loops()[i], redis::settings_of(store.settings, store.address), services,
        std::move(hooks)));
    store.links.push_back(store.clients.back()->link());
    if (i == 0 && !store.channels.empty()) subscribe(store, threads, services);
  });
}

}  // namespace

void open_connections(actors::tree_state& tree, runtime& threads, const resolver_ptr& resolver) {
  for (const auto& upstream : tree.upstreams.all()) open_pools(*upstream, threads, resolver);
  if (tree.redis != nullptr) open_clients(*tree.redis, threads, resolver);
  if (tree.redis_cache != tree.redis) open_clients(*tree.redis_cache, threads, resolver);
}

void close_connections(actors::tree_state& tree, runtime& threads) {
  threads.on_each_loop([&](std::size_t i) {
    for (const auto& store : {tree.redis, tree.redis_cache}) {
      if (store == nullptr) continue;
      if (i == 0) store->subscriber.reset();
      if (i < store->clients.size()) store->clients[i].reset();
    }
    for (const auto& upstream : tree.upstreams.all()) {
      if (i < upstream->pools.size()) upstream->pools[i].reset();
    }
  });
}

}  // namespace tributary::http::server
