// SPDX-License-Identifier: MIT
#include "providers/redis/subscriber.hpp"

#include "providers/redis/command.hpp"
#include "providers/redis/link.hpp"

#include <array>
#include <chrono>
#include <span>
#include <utility>

namespace tributary::providers::redis {

class subscriber_core final : public link {
 public:
  subscriber_core(http::io::event_loop& loop, client_settings settings, client_services services,
                  std::vector<std::string> channels, subscriber_hooks hooks)
      : link(loop, std::move(settings), std::move(services)),
        channels_(std::move(channels)),
        hooks_(std::move(hooks)) {}

  using link::start;
  bool subscribed() const noexcept { return subscribed_; }
  void renew();
  void shutdown();

 private:
  void on_up() override;
  void on_answer(reply&& answer) override;
  void on_down(failure why) override;
  void on_confirmed();
  void on_timer();
  void write(std::span<const std::string_view> command);

  const std::vector<std::string> channels_;
  subscriber_hooks hooks_;
  http::io::timer timer_{http::io::call_member<&subscriber_core::on_timer, subscriber_core>, this};
  std::size_t confirmed_ = 0;
  bool subscribed_ = false;
  http::io::steady_time subscribed_at_{};
  bool asked_ = false;  ///< the timer is for an answer
};

void subscriber_core::on_up() {
  std::vector<std::string_view> command{"SUBSCRIBE"};
  command.insert(command.end(), channels_.begin(), channels_.end());
  confirmed_ = 0;
  write(command);
}

/// Every question has a time limit.
void subscriber_core::write(std::span<const std::string_view> command) {
  auto& transport = *ready_transport();
  append_command(transport.outgoing(), command);
  transport.flush_soon();
  state_->commands.fetch_add(1, std::memory_order_relaxed);
  asked_ = true;
  loop_.arm(timer_, settings_.ping_timeout);
}

void subscriber_core::on_answer(reply&& answer) {
  if (answer.kind == reply_kind::error) {
    state_->errors.fetch_add(1, std::memory_order_relaxed);
    return drop(failure::connection_lost, "SUBSCRIBE: " + answer.text);
  }
  if (answer.kind != reply_kind::array || answer.items.empty()) {
    return drop(failure::protocol, "a reply that is no message");
  }
  const auto& kind = answer.items.front().text;
  if (kind == "message" && answer.items.size() == 3) {
    if (subscribed_ && hooks_.on_message) {
      hooks_.on_message(answer.items[1].text, answer.items[2].text);
    }
  } else if (kind == "subscribe") {
    if (++confirmed_ == channels_.size()) on_confirmed();
  } else if (kind == "pong") {
    asked_ = false;
    loop_.arm(timer_, settings_.ping_interval);
  }
}

void subscriber_core::on_confirmed() {
  asked_ = false;
  loop_.arm(timer_, settings_.ping_interval);
  subscribed_ = true;
  subscribed_at_ = std::chrono::steady_clock::now();
  state_->set_connected(true);
  if (hooks_.on_subscribed) hooks_.on_subscribed();
}

void subscriber_core::on_timer() {
  if (asked_) {
    state_->timeouts.fetch_add(1, std::memory_order_relaxed);
    const auto* question = subscribed_ ? "PING" : "SUBSCRIBE";
    return drop(failure::connection_lost, std::string{question} + ": no answer in time");
  }
  constexpr std::array<std::string_view, 1> ping{"PING"};
  write(ping);
}

void subscriber_core::on_down(failure) {
  timer_.cancel();
  if (!std::exchange(subscribed_, false)) return;
  state_->set_connected(false);
  if (hooks_.on_lost) hooks_.on_lost();
}

void subscriber_core::renew() {
  const auto now = std::chrono::steady_clock::now();
  if (!subscribed_ || now < subscribed_at_ + settings_.renew_after) return;
  drop(failure::connection_lost, "another connection has found a server that is the wrong one");
}

void subscriber_core::shutdown() {
  stop();
  timer_.cancel();
  subscribed_ = false;
  state_->set_connected(false);
}

subscriber::subscriber(http::io::event_loop& loop, client_settings settings,
                       client_services services, std::vector<std::string> channels,
                       subscriber_hooks hooks)
    : core_(new subscriber_core{loop, std::move(settings), std::move(services), std::move(channels),
                                std::move(hooks)}) {
  core_->start();
}

subscriber::~subscriber() { shutdown(); }

bool subscriber::subscribed() const noexcept { return core_->subscribed(); }

void subscriber::renew() { core_->renew(); }

void subscriber::shutdown() { core_->shutdown(); }

std::shared_ptr<const link_state> subscriber::link() const noexcept { return core_->state(); }

}  // namespace tributary::providers::redis
