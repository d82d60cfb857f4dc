// SPDX-License-Identifier: MIT
#include "http/server/handlers/market/quote_stream.hpp"

#include "actors/market/messages.hpp"
#include "actors/runtime/observed_actor.hpp"
#include "actors/telemetry/metrics.hpp"
#include "config/sections/market_section.hpp"
#include "http/server/handlers/market/quotes_handler.hpp"
#include "http/server/handlers/market/quotes_input.hpp"
#include "http/server/router.hpp"

#include <algorithm>
#include <utility>

namespace tributary::http::server {

namespace market = actors::market;
namespace rt = actors::runtime;

namespace {

quote_links links_to(std::vector<market_refs>& refs, std::size_t loop) {
  quote_links links;
  links.look_up = [&refs, loop](std::shared_ptr<market::quotes_call> call) {
    const auto* board = refs[loop].board.get();
    if (board == nullptr) return false;
    rt::tell(*board, market::look_up_quotes{std::move(call)});
    return true;
  };
  links.follow = [&refs, loop](std::vector<providers::market::symbol> follow,
                               std::vector<std::string> unfollow) {
    const auto* book = refs[loop].quote_book.get();
    if (book == nullptr) return false;
    rt::tell(*book, market::follow_symbols{std::move(follow), std::move(unfollow)});
    return true;
  };
  links.book_life = [&refs, loop]() -> std::uint64_t {
    const auto& place = refs[loop].quote_book.target();
    return place == nullptr ? 0 : place->incarnation();
  };
  return links;
}

}  // namespace

quote_stream_handler::quote_stream_handler(std::vector<std::shared_ptr<quote_hub>> hubs)
    : hubs_(std::move(hubs)) {}

void quote_stream_handler::handle(const request& asked, responder answer) {
  auto input = read_quotes_input(asked.query);
  if (!input.errors.empty()) {
    return std::move(answer).respond(refuse_symbols(asked, input));
  }
  const auto hub = std::ranges::find_if(
      hubs_, [](const auto& each) { return &each->loop() == io::event_loop::current(); });
  if (hub == hubs_.end()) return;  // a listener on loops without hubs: wired wrongly
  (*hub)->open(asked, std::move(input.symbols), std::move(answer));
}

std::vector<std::shared_ptr<quote_hub>> make_quote_hubs(std::shared_ptr<quote_streams> shared,
                                                        const std::vector<io::event_loop*>& loops,
                                                        std::vector<market_refs>& refs) {
  std::vector<std::shared_ptr<quote_hub>> hubs;
  for (std::size_t i = 0; i < loops.size(); ++i) {
    hubs.push_back(std::make_shared<quote_hub>(*loops[i], shared, links_to(refs, i)));
  }
  return hubs;
}

void watch_streams(actors::telemetry::registry& metrics,
                   std::shared_ptr<const quote_streams> streams) {
  metrics.make_callback("tributary_stream_clients",
                        [streams] { return static_cast<double>(streams->clients.load()); });
  metrics.make_callback("tributary_stream_events_total",
                        [streams] { return static_cast<double>(streams->events.load()); });
  const auto end = [&metrics](std::string_view reason, std::function<double()> read) {
    metrics.make_callback("tributary_stream_denied_total", std::move(read), {{"reason", reason}});
  };
  end("slow", [streams] { return static_cast<double>(streams->dropped.load()); });
  end("too_many", [streams] { return static_cast<double>(streams->refused.load()); });
}

void add_quote_routes(router& routes, const config::market_settings& settings,
                      std::vector<market_refs>& refs,
                      std::vector<std::shared_ptr<quote_hub>> hubs) {
  route_options json;
  json.produces = {"application/json"};
  routes.add(method::get, config::quotes_path,
             std::shared_ptr<handler>(std::make_shared<quotes_handler>(settings, refs)),
             std::move(json));
  route_options events;
  events.produces = {"text/event-stream"};
  routes.add(method::get, config::quote_stream_path,
             std::shared_ptr<handler>(std::make_shared<quote_stream_handler>(std::move(hubs))),
             std::move(events));
}

}  // namespace tributary::http::server
