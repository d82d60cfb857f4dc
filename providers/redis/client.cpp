// SPDX-License-Identifier: MIT
#include "providers/redis/client.hpp"

#include "providers/redis/command.hpp"
#include "providers/redis/link.hpp"

#include <deque>
#include <string>
#include <utility>

namespace tributary::providers::redis {

namespace {

constexpr auto relaxed = std::memory_order_relaxed;

}  // namespace

/// Commands that wait for their replies, in the order in which they were sent.
class client_core final : public link {
 public:
  client_core(http::io::event_loop& loop, client_settings settings, client_services services,
              client_hooks hooks)
      : link(loop, std::move(settings), std::move(services)), hooks_(std::move(hooks)) {}

  using link::start;
  bool connected() const noexcept { return ready_transport() != nullptr; }
  void send(std::span<const std::string_view> arguments, http::io::steady_time deadline,
            client::callback done);
  void shutdown();

 private:
  /// Lives in `entries_` for ever and is used again and again: its address is what timers know.
  struct pending {
    explicit pending(client_core& owner) : core(owner) {}
    client_core& core;
    http::io::timer timer{&client_core::on_deadline, this};
    http::io::steady_time deadline{};
    client::callback done;
    bool late = false;  ///< `done` was told, and the reply is still to come
    pending* next = nullptr;
  };
  struct refusal {
    failure why;
    client::callback done;
  };

  void on_up() override;
  void on_answer(reply&& answer) override;
  void on_down(failure why) override;
  static void on_deadline(void* context);
  void on_hung();
  void watch_oldest();
  void refuse(failure why, client::callback done);
  void tell_refused();
  void tell_pending(failure first, failure others);
  void append(http::io::steady_time deadline, client::callback done);
  client::callback take_oldest();

  client_hooks hooks_;
  std::deque<pending> entries_;
  pending* unused_ = nullptr;
  pending* oldest_ = nullptr;
  pending* newest_ = nullptr;
  std::size_t count_ = 0;
  std::deque<refusal> refused_;
  bool refusals_posted_ = false;
  http::io::timer hung_{http::io::call_member<&client_core::on_hung, client_core>, this};
};

void client_core::send(std::span<const std::string_view> arguments, http::io::steady_time deadline,
                       client::callback done) {
  if (stopped()) return refuse(failure::shut_down, std::move(done));
  auto* transport = ready_transport();
  if (transport == nullptr) return refuse(failure::not_connected, std::move(done));
  // Redis does not answer a command without words, so that all replies after it would be mistaken.
  if (arguments.empty()) return refuse(failure::protocol, std::move(done));
  if (count_ >= settings_.max_pending || transport->unsent() >= settings_.max_unsent) {
    return refuse(failure::overloaded, std::move(done));
  }
  append_command(transport->outgoing(), arguments);
  transport->flush_soon();
  state_->commands.fetch_add(1, relaxed);
  append(deadline, std::move(done));
}

void client_core::append(http::io::steady_time deadline, client::callback done) {
  if (unused_ == nullptr) unused_ = &entries_.emplace_back(*this);
  auto* entry = std::exchange(unused_, unused_->next);
  entry->deadline = deadline;
  entry->done = std::move(done);
  entry->late = false;
  entry->next = nullptr;
  (oldest_ == nullptr ? oldest_ : newest_->next) = entry;
  newest_ = entry;
  ++count_;
  loop_.arm_at(entry->timer, deadline);
}

/// There must be one.
client::callback client_core::take_oldest() {
  auto* entry = std::exchange(oldest_, oldest_->next);
  --count_;
  entry->timer.cancel();
  entry->next = std::exchange(unused_, entry);
  return std::exchange(entry->done, nullptr);
}

void client_core::on_answer(reply&& answer) {
  if (oldest_ == nullptr) return drop(failure::protocol, "a reply that nobody asked for");
  if (answer.kind == reply_kind::error) state_->errors.fetch_add(1, relaxed);
  // Whatever was late is served again.
  if (hung_.armed()) hung_.cancel();
  const auto done = take_oldest();
  if (oldest_ != nullptr && oldest_->late) watch_oldest();
  std::string wrong;
  if (is_wrong_server(answer)) wrong = answer.text;
  const boost::intrusive_ptr<client_core> self{this};
  if (done) done({failure::none, std::move(answer)});
  if (wrong.empty() || !connected()) return;
  drop(failure::connection_lost, wrong);
  if (!stopped() && hooks_.on_wrong_server) hooks_.on_wrong_server();
}

void client_core::on_deadline(void* context) {
  auto& entry = *static_cast<pending*>(context);
  auto& self = entry.core;
  entry.late = true;
  self.state_->timeouts.fetch_add(1, relaxed);
  if (!self.hung_.armed()) self.watch_oldest();
  const auto done = std::exchange(entry.done, nullptr);
  if (done) done({failure::timed_out, {}});
}

void client_core::watch_oldest() { loop_.arm_at(hung_, oldest_->deadline + settings_.hung_after); }

void client_core::on_hung() { drop(failure::connection_lost, "Redis does not answer commands"); }

void client_core::on_up() {
  state_->set_connected(true);
  if (hooks_.on_link) hooks_.on_link(true);
}

void client_core::on_down(failure why) {
  state_->set_connected(false);
  hung_.cancel();
  tell_pending(why, failure::connection_lost);
  if (!stopped() && hooks_.on_link) hooks_.on_link(false);
}

/// A callback may send (it is refused, later) and shut down (that tells the rest).
void client_core::tell_pending(failure first, failure others) {
  auto why = first;
  while (oldest_ != nullptr) {
    const auto late = oldest_->late;
    const auto done = take_oldest();
    if (!late) state_->lost.fetch_add(1, relaxed);
    if (done) done({why, {}});
    why = others;
  }
}

void client_core::refuse(failure why, client::callback done) {
  state_->refused.fetch_add(1, relaxed);
  refused_.push_back({why, std::move(done)});
  if (std::exchange(refusals_posted_, true)) return;
  loop_.post([self = boost::intrusive_ptr<client_core>{this}] {
    self->refusals_posted_ = false;
    self->tell_refused();
  });
}

/// Those of now: a callback may send again, and be refused again, for ever.
void client_core::tell_refused() {
  for (auto left = refused_.size(); left > 0 && !refused_.empty(); --left) {
    const auto next = std::move(refused_.front());
    refused_.pop_front();
    if (next.done) next.done({next.why, {}});
  }
}

void client_core::shutdown() {
  const boost::intrusive_ptr<client_core> self{this};
  stop();
  state_->set_connected(false);
  hung_.cancel();
  tell_pending(failure::shut_down, failure::shut_down);
  tell_refused();
}

client::client(http::io::event_loop& loop, client_settings settings, client_services services,
               client_hooks hooks)
    : core_(new client_core{loop, std::move(settings), std::move(services), std::move(hooks)}) {
  core_->start();
}

client::~client() { shutdown(); }

void client::send(std::span<const std::string_view> arguments, http::io::steady_time deadline,
                  callback done) {
  core_->send(arguments, deadline, std::move(done));
}

bool client::connected() const noexcept { return core_->connected(); }

void client::shutdown() { core_->shutdown(); }

std::shared_ptr<const link_state> client::link() const noexcept { return core_->state(); }

}  // namespace tributary::providers::redis
