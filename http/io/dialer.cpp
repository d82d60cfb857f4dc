// SPDX-License-Identifier: MIT
#include "http/io/dialer.hpp"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <utility>

namespace tributary::http::io {

using std::chrono::steady_clock;
using reason = dial_failure::reason;

namespace {

/// Of the time, for each address: less is not enough for a peer that is far away.
constexpr auto least_share = std::chrono::milliseconds{100};
constexpr auto full_queue_pause = std::chrono::milliseconds{5};

/// Sets the name to be asked for (SNI, names only: RFC 6066, section 3) and to be verified.
bool expect_peer(SSL* session, const std::string& name) {
  boost::system::error_code not_numeric;
  asio::ip::make_address(name, not_numeric);
  if (!not_numeric) {
    return ::X509_VERIFY_PARAM_set1_ip_asc(::SSL_get0_param(session), name.c_str()) == 1;
  }
  ::SSL_set_hostflags(session, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return ::SSL_set1_host(session, name.c_str()) == 1 &&
         ::SSL_set_tlsext_host_name(session, name.c_str()) == 1;
}

/// What is wrong with the peer's certificate; empty when that is not what a handshake failed for.
std::string_view certificate_complaint(SSL* session) {
  const auto verdict = ::SSL_get_verify_result(session);
  if ((::SSL_get_verify_mode(session) & SSL_VERIFY_PEER) == 0 || verdict == X509_V_OK) return {};
  return ::X509_verify_cert_error_string(verdict);
}

std::string_view too_late(dial_step step) noexcept {
  switch (step) {
    case dial_step::looking_up:
      return "look-up takes too long";
    case dial_step::shaking_hands:
      return "no TLS handshake in time";
    default:
      return "no connection in time";
  }
}

}  // namespace

dialer::dialer(event_loop& loop, const dial_target& target, dial_owner& owner)
    : loop_(loop), target_(target), owner_(&owner) {}

void dialer::start(steady_time now, steady_time deadline) {
  const pointer self{this};
  deadline_ = deadline;
  step_ = dial_step::looking_up;
  loop_.arm_at(timer_, deadline_);
  target_.addresses->wait(*this, now);
}

void dialer::on_addresses(std::shared_ptr<const address_answer> answer) {
  const pointer self{this};
  addresses_ = std::move(answer);
  if (addresses_->endpoints.empty()) return fail(reason::failed, addresses_->error);
  step_ = dial_step::connecting;
  stream_ = std::make_unique<client_stream>(loop_);
  try_next_address();
}

void dialer::try_next_address() {
  const auto now = steady_clock::now();
  const auto left = static_cast<int>(addresses_->endpoints.size() - next_address_);
  const auto share = std::max<steady_time::duration>((deadline_ - now) / left, least_share);
  loop_.arm_at(timer_, std::min(deadline_, now + share));
  attempt_began_ = now;
  ++attempt_;
  again_.cancel();
  stream_->set_peer(addresses_->endpoints[next_address_++]);
  connect();
}

void dialer::connect() {
  const auto& peer = stream_->peer();
  auto& socket = stream_->socket();
  boost::system::error_code error;
  socket.close(error);
  socket.open(peer.protocol(), error);
  if (!error && !is_file(peer)) socket.set_option(asio::ip::tcp::no_delay{true}, error);
  if (!error) socket.non_blocking(true, error);
  if (error) return on_connect_error(error);
  if (is_file(peer)) return connect_to_file();
  socket.async_connect(peer, [self = pointer{this}, attempt = attempt_](const auto& failed) {
    self->on_connected(failed, attempt);
  });
}

/// A Unix socket connects at once or not at all: where the queue of the listener is full, the
/// kernel says so and tells of no end of it.
void dialer::connect_to_file() {
  const auto& peer = stream_->peer();
  if (::connect(stream_->socket().native_handle(), peer.data(),
                static_cast<socklen_t>(peer.size())) == 0) {
    return loop_.post(
        [self = pointer{this}, attempt = attempt_] { self->on_connected({}, attempt); });
  }
  if (errno == EAGAIN || errno == EINTR) return loop_.arm(again_, full_queue_pause);
  on_connect_error({errno, boost::system::system_category()});
}

void dialer::on_connected(const boost::system::error_code& error, unsigned attempt) {
  if (step_ != dial_step::connecting || attempt != attempt_) return;
  if (error) return on_connect_error(error);
  if (target_.tls) return shake_hands();
  succeed();
}

void dialer::on_connect_error(const boost::system::error_code& error) {
  put_aside_address();
  if (next_address_ < addresses_->endpoints.size()) return try_next_address();
  target_.addresses->doubt(steady_clock::now());
  fail(reason::failed, error.message(), error);
}

void dialer::shake_hands() {
  step_ = dial_step::shaking_hands;
  loop_.arm_at(timer_, deadline_);
  const auto& terms = *target_.tls;
  if (terms.context == nullptr) return fail(reason::unusable, "no TLS context");
  auto& tls = stream_->encrypt(*terms.context);
  const auto& name = terms.server_name.empty() ? target_.addresses->host() : terms.server_name;
  if (!expect_peer(tls.native_handle(), name)) {
    return fail(reason::unusable, "unusable TLS server name");
  }
  tls.async_handshake(asio::ssl::stream_base::client,
                      [self = pointer{this}](const auto& error) { self->on_handshake(error); });
}

void dialer::on_handshake(const boost::system::error_code& error) {
  if (step_ != dial_step::shaking_hands) return;
  if (!error) return succeed();
  put_aside_address();
  const auto complaint = certificate_complaint(stream_->tls_session());
  if (!complaint.empty()) return fail(reason::certificate, std::string{complaint}, error);
  fail(reason::failed, error.message(), error);
}

void dialer::on_timer() {
  const auto now = steady_clock::now();
  if (step_ == dial_step::connecting) {
    put_aside_address();
    const bool more = next_address_ < addresses_->endpoints.size();
    if (more && now < deadline_) return try_next_address();
    target_.addresses->doubt(now);
  }
  if (step_ == dial_step::shaking_hands) put_aside_address();
  fail(reason::timed_out, std::string{too_late(step_)});
}

void dialer::succeed() {
  step_ = dial_step::ended;
  timer_.cancel();
  target_.addresses->worked(stream_->peer());
  std::exchange(owner_, nullptr)->on_dialed(std::move(stream_));
}

void dialer::fail(dial_failure::reason why, std::string detail, boost::system::error_code error) {
  const pointer self{this};
  const dial_failure failure{step_, why, error, std::move(detail)};
  auto* owner = owner_;
  close();
  owner->on_dial_failed(failure);
}

void dialer::cancel() noexcept {
  // Given up for want of time, as far as anybody can tell here.
  const bool begun = step_ == dial_step::connecting || step_ == dial_step::shaking_hands;
  if (begun && steady_clock::now() >= attempt_began_ + least_share) put_aside_address();
  close();
}

void dialer::put_aside_address() noexcept {
  target_.addresses->failed(stream_->peer(), steady_clock::now());
}

void dialer::close() noexcept {
  if (step_ == dial_step::ended || step_ == dial_step::idle) return;
  if (step_ == dial_step::looking_up) target_.addresses->leave(*this);
  step_ = dial_step::ended;
  owner_ = nullptr;
  timer_.cancel();
  again_.cancel();
  if (stream_ != nullptr) stream_->close();
}

}  // namespace tributary::http::io
