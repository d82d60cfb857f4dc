// SPDX-License-Identifier: MIT
#pragma once

#include "actors/market/quotes.hpp"
#include "config/sections/market_settings.hpp"
#include "http/io/event_loop.hpp"
#include "http/server/exchange.hpp"
#include "http/server/handlers/market/quote_events.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tributary::http::server {

/// What the hubs of all loops have in common. Any thread may read the counters.
struct quote_streams {
  explicit quote_streams(const config::market_settings& settings);

  const std::string epoch;  ///< tells the revisions of this process from those of any other
  const std::size_t max_streams;
  const std::size_t max_backlog;  ///< bytes
  const std::chrono::milliseconds heartbeat;
  const std::chrono::milliseconds timeout;    ///< of the quotes that a stream begins with
  const std::chrono::milliseconds quote_ttl;  ///< how long a quote may be given without asking

  std::atomic<std::size_t> clients{0};    ///< now
  std::atomic<std::uint64_t> events{0};   ///< of quotes, sent
  std::atomic<std::uint64_t> dropped{0};  ///< clients that read too slowly
  std::atomic<std::uint64_t> refused{0};  ///< clients beyond `max_streams`
};

/// How a hub reaches actors; called on the hub's loop.
struct quote_links {
  /// Has the call answered. False, with nothing done, when nobody is there to do so.
  std::function<bool(std::shared_ptr<actors::market::quotes_call>)> look_up;
  /// Tells the quote book what is followed from now on, and what no longer. False when it is down.
  std::function<bool(std::vector<providers::market::symbol>, std::vector<std::string>)> follow;
  /// Changes whenever the quote book has forgotten what it was told.
  std::function<std::uint64_t()> book_life;
};

/// The clients of the stream of quotes on one event loop. An update costs one closure for the loop,
/// one rendered event for each quote that somebody here follows, and one write for each client.
///
/// A client is sent at once what is known, and the rest as it comes; later also that a quote has
/// become stale, and that there is none any more. What this hub does not know
/// itself it asks for once, however many of its clients wait for it.
///
/// Everything on the loop's thread but `publish`. When it goes, no client may be left: the listener
/// has been closed before.
class quote_hub final : public actors::market::quote_feed,
                        public std::enable_shared_from_this<quote_hub> {
 public:
  quote_hub(io::event_loop& loop, std::shared_ptr<quote_streams> shared, quote_links to);
  ~quote_hub() override;

  io::event_loop& loop() noexcept { return loop_; }

  void publish(std::shared_ptr<const actors::market::quote_update> update) override;

  /// Answers with a stream of these symbols, each given once, or refuses.
  void open(const request& asked, std::vector<providers::market::symbol> symbols, responder answer);

 private:
  struct client;
  struct topic;
  struct question;
  struct news;
  class look_up;
  class busy_guard;
  using client_ptr = std::shared_ptr<client>;

  /// A client at a topic.
  struct subscriber {
    client* who = nullptr;
    std::uint32_t place = 0;  ///< in the client's subscriptions
    std::uint64_t seen = 0;   ///< the newest revision that it has
    bool waiting = true;      ///< was told nothing yet
  };
  /// A topic that a client follows.
  struct subscription {
    topic* at = nullptr;
    std::uint32_t place = 0;  ///< in the topic's subscribers
  };

  void admit(const request& asked, std::vector<providers::market::symbol> symbols,
             responder answer);
  void subscribe(client& who, std::vector<providers::market::symbol> symbols);
  void unsubscribe(client& who);
  void follow_all_anew();

  // What is not known here
  bool begin(client& who, steady_time now);
  bool ask(const std::vector<topic*>& about, steady_time deadline);
  void learn(const std::shared_ptr<question>& asked, const actors::market::quotes_reply& reply,
             steady_time now);
  void on_part(const std::shared_ptr<question>& asked, const actors::market::quotes_reply& part);
  void on_answer(const std::shared_ptr<question>& asked,
                 const std::vector<providers::market::symbol>& symbols,
                 const actors::market::quotes_reply& reply);
  void end_question(topic& of);
  void tell_waiting(topic& of, const actors::market::quotes_reply::row* row,
                    const providers::market::failure* why, steady_time now);
  bool fresh(const actors::market::quote_ptr& quote, steady_time now) const noexcept;

  // News (quote_hub_news.cpp)
  void deliver(const actors::market::quote_update& update);
  void deliver_stale(const actors::market::quote_ptr& quote, std::uint64_t revision,
                     steady_time now);
  void deliver_withdrawn(const providers::market::failure& why, std::uint64_t revision);
  void touch(client& who);
  void tell(subscriber& to, std::uint64_t revision, const quote_event& event);
  void send(client& to, steady_time now);
  void render(client& to);
  void add_id(client& to, std::uint64_t revision);
  void write(client& to, std::span<const wire::byte_slice> slices, steady_time now);
  void after_write(client& to, steady_time now);
  void drop(client& slow);
  void note_drop(const client& slow, std::string_view reason);
  void on_stream_end(client& who, stream_end why);
  void leave(client& who);
  void remove(client& who);
  void on_beat();
  void arm_beat();
  const quote_event& event_of(topic& of);

  io::event_loop& loop_;
  std::shared_ptr<quote_streams> shared_;
  quote_links to_;
  std::list<client_ptr> clients_;  ///< who has had no news for longest first
  std::unordered_map<std::string_view, std::unique_ptr<topic>> topics_;  ///< by their own text
  std::uint64_t told_life_ = 0;   ///< of the book that knows all topics; 0: none does
  std::uint64_t delivered_ = 0;   ///< all updates up to this revision have come by here
  std::vector<client*> touched_;  ///< have something to be sent
  std::uint64_t id_line_of_ = 0;  ///< the revision of `id_line_`
  wire::byte_slice id_line_;      ///< the last one that was rendered by itself
  std::vector<wire::byte_slice> slices_;
  std::vector<client*> left_;  ///< to be removed when nothing refers to them any more
  bool busy_ = false;
  io::timer beat_;
};

}  // namespace tributary::http::server
