// SPDX-License-Identifier: MIT
#pragma once

#include "http/server/handlers/market/quote_hub.hpp"

/// What the parts of `quote_hub` share with nobody else.
namespace tributary::http::server {

/// What the board was asked for one new client. It answers in parts.
struct quote_hub::question {
  std::size_t topics = 0;  ///< not answered yet, and followed by somebody still
  std::weak_ptr<actors::market::quotes_call> call;
};

/// A symbol that some client here follows.
struct quote_hub::topic {
  providers::market::symbol symbol;
  actors::market::quote_ptr latest;  ///< newest quote that this hub was told; null before
  quote_event event;                 ///< of `latest`; rendered when it is first needed
  quote_event marked;                ///< `latest` said to be stale
  std::uint64_t stale_since = 0;     ///< revision of the update that said so; 0: none did
  std::optional<providers::market::failure> withdrawn;  ///< why there was none at some time
  std::uint64_t withdrawn_at = 0;  ///< revision of the update that said so: what is older is void
  std::vector<subscriber> subscribers;
  std::shared_ptr<question> asked;  ///< not answered yet
};

/// An event that is due for a client. The topic has it.
struct quote_hub::news {
  std::uint64_t revision = 0;
  const quote_event* event = nullptr;
};

struct quote_hub::client {
  stream out;
  std::vector<subscription> subscriptions;  ///< in the order of the request
  std::size_t waiting = 0;                  ///< for so many of them
  std::vector<news> batch;                  ///< to be sent in one write
  std::string errors;                       ///< rendered, to go with it
  std::uint64_t newest = 0;                 ///< the highest revision among all that it was sent
  std::uint64_t id = 0;                     ///< highest revision up to which this client has
                                            ///< received everything and was told so by an event id
  std::list<client_ptr>::iterator place;
  steady_time last_news;
  std::size_t backlog = 0;  ///< after the last write
  std::string remote_address;
  bool over = false;
};

/// While it lives no client is removed; those who have left meanwhile are at its end.
class quote_hub::busy_guard {
 public:
  explicit busy_guard(quote_hub& of) noexcept : of_(of), outer_(std::exchange(of.busy_, true)) {}
  ~busy_guard() {
    of_.busy_ = outer_;
    if (outer_) return;
    for (auto* each : std::exchange(of_.left_, {})) of_.remove(*each);
  }
  busy_guard(const busy_guard&) = delete;
  busy_guard& operator=(const busy_guard&) = delete;

 private:
  quote_hub& of_;
  bool outer_;
};

}  // namespace tributary::http::server
