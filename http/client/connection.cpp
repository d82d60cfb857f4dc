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
      reader_(pool.settings_.max_response_header, pool.settings_.max_response_body),
      opened_at_(steady_clock::now()) {}

void connection::open(std::shared_ptr<pending_fetch> call) {
  call_ = std::move(call);
  call_->connection = this;
  dialer_.reset(new io::dialer{pool_.loop_, pool_.target_, *this});
  const auto dialer = dialer_;  // it may fail inside the call, and is let go of then
  dialer->start(opened_at_, opened_at_ + pool_.settings_.connect_timeout);
}

void connection::start(std::shared_ptr<pending_fetch> call) {
  call_ = std::move(call);
  call_->connection = this;
  reused_ = true;
  begin_exchange();
}

void connection::on_dialed(std::unique_ptr<io::client_stream> stream) {
  dialer_ = nullptr;
  stream_ = std::move(stream);
  begin_exchange();
}

void connection::on_dial_failed(const io::dial_failure& why) {
  fail(dial_error_token(why), why.detail);
}

void connection::begin_exchange() {
  phase_ = phase::active;
  idle_end_.cancel();
  reader_.begin(call_->request().method == "HEAD");
  write_failed_ = false;
  const auto left =
      stream_->write(outgoing_, [self = pointer{this}](const auto& error, std::size_t more) {
        self->on_written(error, more);
      });
  writing_ = left != 0;
  // Also while the request is on its way: the answer may come before its end. With TLS the read
  // follows the first piece, since the two must not begin within one another.
  if (!stream_->encrypted() && !reading_) read();
}

void connection::on_written(const boost::system::error_code& error, std::size_t left) {
  writing_ = !error && left != 0;
  if (phase_ != phase::active) return;
  // A peer that has answered early and closed breaks the write; the read tells what happened.
  write_failed_ = static_cast<bool>(error);
  if (!reading_) return read();
  // A reset that came with the bytes before it is not told of to a read that waits.
  if (error && !stream_->encrypted() && stream_->socket().peer_has_closed()) {
    on_read_error(asio::error::eof);
  }
}

void connection::read() {
  reading_ = true;
  const auto space = reader_.prepare();
  const auto buffer = asio::buffer(space.data(), space.size());
  stream_->read(buffer, [self = pointer{this}](const auto& error, std::size_t size) {
    self->on_read(error, size);
  });
}

/// What follows the first piece of an answer. It has to be tried for: a reset that came together
/// with the bytes before is not told again.
void connection::read_on() {
  if (stream_->encrypted()) return read();
  reading_ = true;
  for (int turns = 0; turns < reads_per_turn; ++turns) {
    const auto space = reader_.prepare();
    const auto size =
        ::recv(stream_->socket().native_handle(), space.data(), space.size(), MSG_DONTWAIT);
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
  reading_ = false;
  // An idle connection whose peer closes, or speaks unasked, is of no use any more.
  if (phase_ == phase::idle) return close();
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

void connection::rest(io::steady_time expiry) {
  phase_ = phase::idle;
  if (outgoing_.capacity() > kept_outgoing) std::string{}.swap(outgoing_);
  pool_.loop_.arm_at(idle_end_, expiry);
  if (stream_->encrypted()) return;
  // The read of the next answer, begun early: until then it tells of the peer's end.
  reader_.begin(false);
  read();
}

bool connection::looks_alive() {
  char byte = 0;
  const auto size = ::recv(stream_->socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void connection::on_idle_end() { close(); }

void connection::on_deadline() {
  if (phase_ != phase::dialing) {
    return fail(wire::error_token::http_response_timeout, "deadline passed");
  }
  const auto looking_up = dialer_->step() == io::dial_step::looking_up;
  fail(looking_up ? wire::error_token::dns_timeout : wire::error_token::connection_timeout,
       "deadline passed");
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
  idle_end_.cancel();
  if (dialer_ != nullptr) std::exchange(dialer_, nullptr)->cancel();
  if (stream_ != nullptr) stream_->close();
  pool_.forget(*this, was_idle);
}

}  // namespace tributary::http::client
