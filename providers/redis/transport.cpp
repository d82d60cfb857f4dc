// SPDX-License-Identifier: MIT
#include "providers/redis/transport.hpp"

#include "providers/redis/command.hpp"

#include <chrono>
#include <initializer_list>
#include <utility>

namespace tributary::providers::redis {

namespace {

using std::chrono::steady_clock;
constexpr std::size_t kept_buffer = 256 * 1024;

/// How often a connection that nobody uses is looked at: an end that came together with the last
/// bytes shows in no other way (see `stream_socket`).
constexpr auto watch_interval = std::chrono::seconds{1};

void let_go(std::string& buffer) {
  buffer.clear();
  if (buffer.capacity() > kept_buffer) std::string{}.swap(buffer);
}

constexpr std::string_view no_answer = "no answer within `connect_timeout`";

std::string joined(std::string_view step, std::string_view text) {
  std::string result{step};
  return result.append(": ").append(text);
}

std::string_view name_of(http::io::dial_step step) noexcept {
  switch (step) {
    case http::io::dial_step::looking_up:
      return "look-up";
    case http::io::dial_step::shaking_hands:
      return "TLS";
    default:
      return "connect";
  }
}

}  // namespace

transport::transport(http::io::event_loop& loop, const client_settings& settings,
                     const http::io::dial_target& target, transport_owner& owner)
    : loop_(loop),
      settings_(settings),
      target_(target),
      owner_(owner),
      reader_(reply_limits{.bytes = settings.max_reply}) {}

transport::~transport() = default;

void transport::open() {
  const auto now = steady_clock::now();
  connect_deadline_ = now + settings_.connect_timeout;
  phase_ = phase::dialing;
  dialer_.reset(new http::io::dialer{loop_, target_, *this});
  const auto dialer = dialer_;  // it may fail inside the call, and is let go of then
  dialer->start(now, connect_deadline_);
}

void transport::on_dialed(std::unique_ptr<http::io::client_stream> stream) {
  dialer_ = nullptr;
  stream_ = std::move(stream);
  loop_.arm_at(timer_, connect_deadline_);
  greet();
}

void transport::on_dial_failed(const http::io::dial_failure& why) {
  const auto late = why.why == http::io::dial_failure::reason::timed_out;
  fail(failure::not_connected, joined(name_of(why.step), late ? no_answer : why.detail));
}

/// AUTH and SELECT before anything else, and a PING behind which Redis is known to work.
void transport::greet() {
  phase_ = phase::greeting;
  const auto ask = [this](std::initializer_list<std::string_view> command) {
    append_command(outgoing_, {command.begin(), command.size()});
    greeting_[greeting_size_++] = *command.begin();
  };
  const auto& to = settings_.address;
  if (!to.user.empty()) {
    ask({"AUTH", to.user, to.password});
  } else if (!to.password.empty()) {
    ask({"AUTH", to.password});
  }
  if (to.database != 0) ask({"SELECT", std::to_string(to.database)});
  ask({"PING"});
  flush();
  read();
}

void transport::on_greeting(const reply& answer) {
  const auto asked = greeting_[greeted_++];
  // A PING may be refused for reasons that leave other commands working, such as MISCONF or NOPERM.
  const auto word = error_word(answer);
  if (!word.empty() && (asked != "PING" || word == "NOAUTH" || word == "LOADING")) {
    return fail(failure::not_connected, joined(asked, answer.text));
  }
  if (greeted_ < greeting_size_) return;
  phase_ = phase::ready;
  loop_.arm(timer_, watch_interval);
  owner_.on_ready();
}

void transport::flush_soon() {
  if (flush_posted_ || writing_) return;  // what is being written is followed by the rest
  flush_posted_ = true;
  loop_.post([self = pointer{this}] {
    self->flush_posted_ = false;
    if (!self->writing_) self->flush();
  });
}

void transport::flush() {
  if (phase_ == phase::closed || outgoing_.empty()) return;
  sending_.swap(outgoing_);
  sending_left_ =
      stream_->write(sending_, [self = pointer{this}](const auto& error, std::size_t left) {
        self->on_written(error, left);
      });
  writing_ = sending_left_ != 0;
  if (!writing_) let_go(sending_);
}

void transport::on_written(const boost::system::error_code& error, std::size_t left) {
  if (phase_ == phase::closed) return;
  if (error) return fail(failure::connection_lost, joined("write", error.message()));
  sending_left_ = left;
  if (left != 0) return;
  writing_ = false;
  let_go(sending_);
  flush();
}

void transport::read() {
  const auto space = boost::asio::buffer(incoming_);
  stream_->read(space, [self = pointer{this}](const auto& error, std::size_t size) {
    self->on_read(error, size);
  });
}

void transport::on_read(const boost::system::error_code& error, std::size_t size) {
  if (phase_ == phase::closed) return;
  if (error == boost::asio::error::eof) return fail(failure::connection_lost, "closed by Redis");
  if (error) return fail(failure::connection_lost, joined("read", error.message()));
  reader_.feed({incoming_.data(), size});
  reply answer;
  for (;;) {
    switch (reader_.next(answer)) {
      case reply_reader::progress::need_more:
        return read();
      case reply_reader::progress::failed:
        return fail(failure::protocol, reader_.error());
      case reply_reader::progress::complete:
        if (phase_ == phase::ready) {
          owner_.on_reply(std::move(answer));
        } else {
          on_greeting(answer);
        }
        if (phase_ == phase::closed) return;
    }
  }
}

void transport::on_timer() {
  if (phase_ == phase::ready) {
    if (!stream_->encrypted() && stream_->socket().peer_has_closed()) {
      return fail(failure::connection_lost, "closed by Redis");
    }
    return loop_.arm(timer_, watch_interval);
  }
  fail(failure::not_connected, joined(greeting_[greeted_], no_answer));
}

void transport::fail(failure why, std::string_view text) {
  if (phase_ == phase::closed) return;
  const pointer self{this};
  close();
  owner_.on_closed(why, text);
}

void transport::close() {
  if (phase_ == phase::closed) return;
  phase_ = phase::closed;
  timer_.cancel();
  if (dialer_ != nullptr) std::exchange(dialer_, nullptr)->cancel();
  if (stream_ != nullptr) stream_->close();
}

}  // namespace tributary::providers::redis
