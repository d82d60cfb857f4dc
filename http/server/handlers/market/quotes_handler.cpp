// SPDX-License-Identifier: MIT
#include "http/server/handlers/market/quotes_handler.hpp"

#include "actors/market/messages.hpp"
#include "actors/runtime/observed_actor.hpp"
#include "actors/runtime/worker.hpp"
#include "http/server/handlers/market/quotes_input.hpp"
#include "http/server/handlers/market/quotes_output.hpp"
#include "http/server/problems.hpp"

#include <utility>

namespace tributary::http::server {

namespace market = actors::market;
namespace rt = actors::runtime;

/// An HTTP request that waits for its quotes. Dropped unanswered, its responder answers 500.
class quotes_handler::call final : public market::quotes_call {
 public:
  call(responder answer, std::chrono::milliseconds quote_ttl)
      : responder_(std::move(answer)), quote_ttl_(quote_ttl) {}

  void answer(market::quotes_reply&& reply) override {
    const auto now = std::chrono::steady_clock::now();
    auto rendered = render_quotes(responder_.get_request(), reply, quote_ttl_, now);
    rendered.log_cache = cache_word_of(reply);
    std::move(responder_).respond(std::move(rendered));
  }

  responder& duty() noexcept { return responder_; }

 private:
  responder responder_;
  std::chrono::milliseconds quote_ttl_;
};

quotes_handler::quotes_handler(const config::market_settings& settings,
                               std::vector<market_refs>& refs)
    : quote_ttl_(settings.quote_ttl), timeout_(settings.timeout), refs_(refs) {}

void quotes_handler::handle(const request& asked, responder answer) {
  auto input = read_quotes_input(asked.query);
  if (!input.errors.empty()) {
    std::move(answer).respond(refuse_symbols(asked, input));
    return;
  }
  const auto* board = refs_[rt::worker::current()->index()].board.get();
  if (board == nullptr) {
    std::move(answer).respond(overloaded(asked, "the board of quotes is being restarted"));
    return;
  }
  auto waiting = std::make_shared<call>(std::move(answer), quote_ttl_);
  waiting->symbols = std::move(input.symbols);
  waiting->deadline = asked.received + timeout_;
  waiting->duty().on_disconnect([weak = std::weak_ptr<call>(waiting)] {
    if (const auto left = weak.lock()) left->gone = true;
  });
  rt::tell(*board, market::look_up_quotes{std::move(waiting)});
}

}  // namespace tributary::http::server
