// SPDX-License-Identifier: MIT
#include "http/client/connection.hpp"

#include "http/client/connection_errors.hpp"
#include "http/client/connection_pool.hpp"
#include "http/client/request_writer.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace tributary::http::client {

namespace {

using std::chrono::steady_clock;
constexpr std::size_t kept_outgoing = 64 * 1024;
constexpr int reads_per_turn = 32;

}  // namespace

connection::connection(connection_pool& pool)
    : pool_(pool),
      socket_(pool.loop_.context()),
      reader_(pool.settings_.max_response_header, pool.settings_.max_response_body),
      opened_at_(steady_clock::now()),
      connect_deadline_(opened_at_ + pool.settings_.connect_timeout) {}

void connection::open(std::shared_ptr<pending_fetch> call) {
  call_ = std::move(call);
  call_->connection = this;
  pool_.loop_.arm_at(timer_, connect_deadline_);
  if (pool_.has_addresses(opened_at_)) return on_addresses();
  pool_.look_up();
}

void connection::start(std::shared_ptr<pending_fetch> call) {
  call_ = std::move(call);
  call_->connection = this;
  reused_ = true;
  begin_exchange();
}

void connection::on_addresses() {
  addresses_ = pool_.addresses_;
  if (addresses_->empty()) return fail(wire::error_token::dns_error, pool_.lookup_error_);
  phase_ = phase::connecting;
  try_next_address();
}

void connection::try_next_address() {
  // What is left of the connect timeout is shared by the addresses that are left (a light form of
  // RFC 8305: one attempt at a time, but none can use up the time of all).
  const auto now = steady_clock::now();
  const auto left = static_cast<int>(addresses_->size() - next_address_);
  pool_.loop_.arm_at(timer_, now + (connect_deadline_ - now) / left);
  const auto& endpoint = (*addresses_)[next_address_++];
  boost::system::error_code error;
  socket_.close(error);
  socket_.open(endpoint.protocol(), error);
  if (!error) socket_.set_option(asio::ip::tcp::no_delay{true}, error);
  if (error) return on_connect_error(error);
  socket_.async_connect(endpoint, [self = pointer{this}, attempt = ++attempt_](const auto& failed) {
    self->on_connected(failed, attempt);
  });
}

void connection::on_connected(const boost::system::error_code& error, unsigned attempt) {
  if (phase_ != phase::connecting || attempt != attempt_) return;
  if (error) return on_connect_error(error);
  if (pool_.settings_.tls) return shake_hands();
  begin_exchange();
}

void connection::on_connect_error(const boost::system::error_code& error) {
  if (next_address_ < addresses_->size()) return try_next_address();
  pool_.distrust_addresses();
  fail(connect_error_token(error), error.message());
}

void connection::shake_hands() {
  if (pool_.services_.tls == nullptr) {
    return fail(wire::error_token::proxy_configuration_error, "no TLS context");
  }
  phase_ = phase::handshaking;
  pool_.loop_.arm_at(timer_, connect_deadline_);
  tls_.emplace(socket_, *pool_.services_.tls);
  const auto& name = pool_.settings_.tls_options.server_name;
  if (!expect_peer(tls_->native_handle(), name.empty() ? pool_.host_ : name)) {
    return fail(wire::error_token::proxy_configuration_error, "unusable TLS server name");
  }
  tls_->async_handshake(asio::ssl::stream_base::client,
                        [self = pointer{this}](const auto& error) { self->on_handshake(error); });
}

void connection::on_handshake(const boost::system::error_code& error) {
  if (phase_ != phase::handshaking) return;
  if (error) {
    const auto failure = handshake_failure(tls_->native_handle(), error);
    return fail(failure.token, failure.detail);
  }
  begin_exchange();
}

void connection::begin_exchange() {
  phase_ = phase::active;
  timer_.cancel();
  reader_.begin(call_->request().method == "HEAD");
  written_ = 0;
  reading_ = false;
  write_failed_ = false;
  if (tls_) return write();  // reads follow, since the two must not begin within one another
  send_now();
  if (written_ < outgoing_.size()) write();
  read();  // also while the request is on its way: the answer may come before its end
}

/// A request nearly always fits into the socket's buffer: then one system call is all of the
/// writing. What goes wrong is met again, and told, by the write or read that follows.
void connection::send_now() {
  const auto size = ::send(socket_.native_handle(), outgoing_.data(), outgoing_.size(),
                           MSG_DONTWAIT | MSG_NOSIGNAL);
  if (size > 0) written_ = static_cast<std::size_t>(size);
}

void connection::write() {
  writing_ = true;
  const auto rest = asio::buffer(outgoing_) + written_;
  auto handler = [self = pointer{this}](const auto& error, std::size_t size) {
    self->on_written(error, size);
  };
  if (tls_) {
    tls_->async_write_some(rest, std::move(handler));
  } else {
    socket_.async_write_some(rest, std::move(handler));
  }
}

void connection::on_written(const boost::system::error_code& error, std::size_t size) {
  writing_ = false;
  if (phase_ != phase::active) return;
  written_ += size;
  // A peer that has answered early and closed breaks the write; the read tells what happened.
  write_failed_ = static_cast<bool>(error);
  if (!error && written_ < outgoing_.size()) write();
  if (!reading_) read();
}

void connection::read() {
  reading_ = true;
  const auto space = reader_.prepare();
  const auto buffer = asio::buffer(space.data(), space.size());
  auto handler = [self = pointer{this}](const auto& error, std::size_t size) {
    self->on_read(error, size);
  };
  if (tls_) {
    tls_->async_read_some(buffer, std::move(handler));
  } else {
    // Most answers come whole with the first read; nothing is tried before they are there.
    socket_.async_read_drained(buffer, std::move(handler));
  }
}

/// What follows the first piece of an answer. It has to be tried for: an end of input that came
/// together with the bytes before is not told again.
void connection::read_on() {
  if (tls_) return read();
  for (int turns = 0; turns < reads_per_turn; ++turns) {
    const auto space = reader_.prepare();
    const auto size = ::recv(socket_.native_handle(), space.data(), space.size(), MSG_DONTWAIT);
    if (size == 0) return on_progress(reader_.commit_eof());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return read();
    if (size < 0) return on_read_error({errno, boost::system::system_category()});
    const auto made = reader_.commit(static_cast<std::size_t>(size));
    if (made != response_reader::progress::need_more) return on_progress(made);
  }
  // A fast upstream must not keep the thread from all others.
  pool_.loop_.post([self = pointer{this}] {
    if (self->phase_ == phase::active) self->read_on();
  });
}

void connection::on_read(const boost::system::error_code& error, std::size_t size) {
  if (phase_ != phase::active) return;
  if (error) return on_read_error(error);
  on_progress(reader_.commit(size));
}

void connection::on_read_error(const boost::system::error_code& error) {
  if (error == asio::error::eof) return on_progress(reader_.commit_eof());
  if (is_tls_error(error)) return fail(wire::error_token::tls_protocol_error, error.message());
  fail(reader_.untouched() ? wire::error_token::connection_terminated
                           : wire::error_token::http_response_incomplete,
       error.message());
}

void connection::on_progress(response_reader::progress made) {
  switch (made) {
    case response_reader::progress::need_more:
      return read_on();
    case response_reader::progress::complete:
      return complete();
    case response_reader::progress::failed:
      return fail(reader_.error(), reader_.detail());
  }
}

void connection::complete() {
  const pointer self{this};
  const auto now = steady_clock::now();
  const auto call = std::exchange(call_, nullptr);
  call->connection = nullptr;
  fetch_result result;
  reader_.take(result);
  result.ended = now;
  result.reused = reused_;
  if (reader_.reusable() && !writing_ && !write_failed_) {
    pool_.release(*this, now);
  } else {
    close();
  }
  call->finish(std::move(result));
}

void connection::rest(io::steady_time now, io::steady_time expiry) {
  phase_ = phase::idle;
  idle_since_ = now;
  if (outgoing_.capacity() > kept_outgoing) std::string{}.swap(outgoing_);
  pool_.loop_.arm_at(timer_, expiry);
}

bool connection::looks_alive() {
  char byte = 0;
  const auto size = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void connection::on_timer() {
  switch (phase_) {
    case phase::resolving:
      return fail(wire::error_token::dns_timeout, "look-up takes too long");
    case phase::connecting:
      if (next_address_ < addresses_->size()) return try_next_address();
      pool_.distrust_addresses();
      return fail(wire::error_token::connection_timeout, "no connection in time");
    case phase::handshaking:
      return fail(wire::error_token::connection_timeout, "no TLS handshake in time");
    case phase::idle:
      return close();
    case phase::active:
    case phase::closed:
      return;
  }
}

void connection::on_deadline() {
  switch (phase_) {
    case phase::resolving:
      return fail(wire::error_token::dns_timeout, "deadline passed");
    case phase::connecting:
    case phase::handshaking:
      return fail(wire::error_token::connection_timeout, "deadline passed");
    default:
      return fail(wire::error_token::http_response_timeout, "deadline passed");
  }
}

void connection::fail(wire::error_token error, std::string_view detail) {
  const pointer self{this};
  const auto call = std::exchange(call_, nullptr);
  auto& pool = pool_;
  const auto stale = reused_ && error == wire::error_token::connection_terminated &&
                     phase_ == phase::active && reader_.untouched();
  // `detail` may point into this or into the pool: both still exist when it is copied below.
  close();
  call->connection = nullptr;
  if (stale && !call->retried && is_idempotent(call->request().method)) {
    call->retried = true;
    return pool.assign(call, true);
  }
  call->fail(error, detail);
}

void connection::abandon() {
  if (call_ != nullptr) std::exchange(call_, nullptr)->connection = nullptr;
  close();
}

void connection::close() {
  if (phase_ == phase::closed) return;
  const auto was_idle = std::exchange(phase_, phase::closed) == phase::idle;
  timer_.cancel();
  boost::system::error_code ignored;
  socket_.close(ignored);
  pool_.forget(*this, was_idle);
}

}  // namespace tributary::http::client
