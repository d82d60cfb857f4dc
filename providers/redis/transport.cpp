// SPDX-License-Identifier: MIT
#include "providers/redis/transport.hpp"

#include "http/client/connection_errors.hpp"
#include "http/client/name_resolver.hpp"
#include "providers/redis/command.hpp"

#include <sys/socket.h>

#include <chrono>
#include <initializer_list>
#include <mutex>
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

std::string joined(std::string_view step, std::string_view text) {
  std::string result{step};
  return result.append(": ").append(text);
}

}  // namespace

/// Between the transport and the resolver's threads.
struct transport_lookup {
  std::mutex mutex;
  http::io::event_loop* loop;  ///< guarded; null: nobody waits any more
  transport* waiting;          ///< loop thread only
};

transport::transport(http::io::event_loop& loop, const client_settings& settings,
                     const client_services& services, transport_owner& owner)
    : loop_(loop),
      settings_(settings),
      services_(services),
      owner_(owner),
      socket_(loop.context()),
      reader_(reply_limits{.bytes = settings.max_reply}) {}

transport::~transport() = default;

void transport::open() {
  connect_deadline_ = steady_clock::now() + settings_.connect_timeout;
  loop_.arm_at(timer_, connect_deadline_);
  boost::system::error_code not_numeric;
  const auto address = asio::ip::make_address(settings_.address.host, not_numeric);
  if (not_numeric) return look_up();
  on_looked_up({{address, settings_.address.port}}, {});
}

void transport::look_up() {
  phase_ = phase::resolving;
  if (services_.resolver == nullptr) return fail(failure::not_connected, "look-up: no resolver");
  lookup_ = std::make_shared<transport_lookup>();
  lookup_->loop = &loop_;
  lookup_->waiting = this;
  services_.resolver->resolve(
      settings_.address.host,
      [lookup = lookup_, port = settings_.address.port](http::client::resolution answer) {
        endpoints found;
        found.reserve(answer.addresses.size());
        for (const auto& address : answer.addresses) found.emplace_back(address, port);
        const std::lock_guard lock{lookup->mutex};
        if (lookup->loop == nullptr) return;
        lookup->loop->post([lookup, found = std::move(found), error = std::move(answer.error)] {
          if (lookup->waiting != nullptr) lookup->waiting->on_looked_up(found, error);
        });
      });
}

void transport::on_looked_up(endpoints found, std::string_view error) {
  lookup_ = nullptr;
  if (found.empty()) return fail(failure::not_connected, joined("look-up", error));
  addresses_ = std::move(found);
  phase_ = phase::connecting;
  try_next_address();
}

void transport::try_next_address() {
  // What is left of the time is shared by the addresses that are left.
  const auto now = steady_clock::now();
  const auto left = static_cast<int>(addresses_.size() - next_address_);
  loop_.arm_at(timer_, now + (connect_deadline_ - now) / left);
  const auto& endpoint = addresses_[next_address_++];
  boost::system::error_code error;
  socket_.close(error);
  socket_.open(endpoint.protocol(), error);
  if (!error) socket_.set_option(asio::ip::tcp::no_delay{true}, error);
  if (error) return on_connect_error(error.message());
  socket_.async_connect(endpoint, [self = pointer{this}, attempt = ++attempt_](const auto& failed) {
    self->on_connected(failed, attempt);
  });
}

void transport::on_connected(const boost::system::error_code& error, unsigned attempt) {
  if (phase_ != phase::connecting || attempt != attempt_) return;
  if (error) return on_connect_error(error.message());
  loop_.arm_at(timer_, connect_deadline_);
  if (settings_.address.tls) return shake_hands();
  greet();
}

void transport::on_connect_error(std::string_view text) {
  if (next_address_ < addresses_.size()) return try_next_address();
  fail(failure::not_connected, joined("connect", text));
}

void transport::shake_hands() {
  phase_ = phase::handshaking;
  if (services_.tls == nullptr) return fail(failure::not_connected, "TLS: no context");
  tls_.emplace(socket_, *services_.tls);
  const auto& name = settings_.server_name;
  if (!http::client::expect_peer(tls_->native_handle(),
                                 name.empty() ? settings_.address.host : name)) {
    return fail(failure::not_connected, "TLS: unusable server name");
  }
  tls_->async_handshake(asio::ssl::stream_base::client,
                        [self = pointer{this}](const auto& error) { self->on_handshake(error); });
}

void transport::on_handshake(const boost::system::error_code& error) {
  if (phase_ != phase::handshaking) return;
  if (!error) return greet();
  const auto why = http::client::handshake_failure(tls_->native_handle(), error);
  fail(failure::not_connected, joined("TLS", why.detail));
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

/// Commands nearly always fit into the socket's buffer: then one system call is all of the writing.
/// What goes wrong is met again, and told, by the write or read that follows.
void transport::flush() {
  if (phase_ == phase::closed || outgoing_.empty()) return;
  written_ = 0;
  if (!tls_) {
    const auto size = ::send(socket_.native_handle(), outgoing_.data(), outgoing_.size(),
                             MSG_DONTWAIT | MSG_NOSIGNAL);
    if (size > 0) written_ = static_cast<std::size_t>(size);
    if (written_ == outgoing_.size()) {
      written_ = 0;
      return let_go(outgoing_);
    }
  }
  sending_.swap(outgoing_);
  write();
}

void transport::write() {
  writing_ = true;
  const auto rest = asio::buffer(sending_) + written_;
  auto handler = [self = pointer{this}](const auto& error, std::size_t size) {
    self->on_written(error, size);
  };
  if (tls_) {
    tls_->async_write_some(rest, std::move(handler));
  } else {
    socket_.async_write_some(rest, std::move(handler));
  }
}

void transport::on_written(const boost::system::error_code& error, std::size_t size) {
  if (phase_ == phase::closed) return;
  if (error) return fail(failure::connection_lost, joined("write", error.message()));
  written_ += size;
  if (written_ < sending_.size()) return write();
  writing_ = false;
  written_ = 0;
  let_go(sending_);
  flush();
}

void transport::read() {
  const auto space = asio::buffer(incoming_);
  auto handler = [self = pointer{this}](const auto& error, std::size_t size) {
    self->on_read(error, size);
  };
  if (tls_) {
    tls_->async_read_some(space, std::move(handler));
  } else {
    socket_.async_read_drained(space, std::move(handler));
  }
}

void transport::on_read(const boost::system::error_code& error, std::size_t size) {
  if (phase_ == phase::closed) return;
  if (error == asio::error::eof) return fail(failure::connection_lost, "closed by Redis");
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
    if (!tls_ && socket_.peer_has_closed()) {
      return fail(failure::connection_lost, "closed by Redis");
    }
    return loop_.arm(timer_, watch_interval);
  }
  if (phase_ == phase::connecting && next_address_ < addresses_.size()) return try_next_address();
  fail(failure::not_connected, joined(current_step(), "no answer within `connect_timeout`"));
}

std::string_view transport::current_step() const noexcept {
  switch (phase_) {
    case phase::resolving:
      return "look-up";
    case phase::handshaking:
      return "TLS";
    case phase::greeting:
      return greeting_[greeted_];
    default:
      return "connect";
  }
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
  if (lookup_ != nullptr) {
    const std::lock_guard lock{lookup_->mutex};
    lookup_->loop = nullptr;
    lookup_->waiting = nullptr;
  }
  lookup_ = nullptr;
  boost::system::error_code ignored;
  socket_.close(ignored);
}

}  // namespace tributary::providers::redis
