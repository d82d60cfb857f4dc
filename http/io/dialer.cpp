// SPDX-License-Identifier: MIT
#include "http/io/dialer.hpp"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <string_view>
#include <utility>

namespace tributary::http::io {

using std::chrono::steady_clock;
using reason = dial_failure::reason;

namespace {

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
  loop_.arm_at(timer_, now + (deadline_ - now) / left);
  const auto& endpoint = addresses_->endpoints[next_address_++];
  auto& socket = stream_->socket();
  boost::system::error_code error;
  socket.close(error);
  socket.open(endpoint.protocol(), error);
  if (!error) socket.set_option(asio::ip::tcp::no_delay{true}, error);
  if (error) return on_connect_error(error);
  socket.async_connect(endpoint, [self = pointer{this}, attempt = ++attempt_](const auto& failed) {
    self->on_connected(failed, attempt);
  });
}

void dialer::on_connected(const boost::system::error_code& error, unsigned attempt) {
  if (step_ != dial_step::connecting || attempt != attempt_) return;
  if (error) return on_connect_error(error);
  if (target_.tls) return shake_hands();
  succeed();
}

void dialer::on_connect_error(const boost::system::error_code& error) {
  if (next_address_ < addresses_->endpoints.size()) return try_next_address();
  target_.addresses->distrust();
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
  const auto complaint = certificate_complaint(stream_->tls_session());
  if (!complaint.empty()) return fail(reason::certificate, std::string{complaint}, error);
  fail(reason::failed, error.message(), error);
}

void dialer::on_timer() {
  if (step_ == dial_step::connecting) {
    if (next_address_ < addresses_->endpoints.size()) return try_next_address();
    target_.addresses->distrust();
  }
  fail(reason::timed_out, std::string{too_late(step_)});
}

void dialer::succeed() {
  step_ = dial_step::ended;
  timer_.cancel();
  std::exchange(owner_, nullptr)->on_dialed(std::move(stream_));
}

void dialer::fail(dial_failure::reason why, std::string detail, boost::system::error_code error) {
  const pointer self{this};
  const dial_failure failure{step_, why, error, std::move(detail)};
  auto* owner = owner_;
  cancel();
  owner->on_dial_failed(failure);
}

void dialer::cancel() noexcept {
  if (step_ == dial_step::ended || step_ == dial_step::idle) return;
  if (step_ == dial_step::looking_up) target_.addresses->leave(*this);
  step_ = dial_step::ended;
  owner_ = nullptr;
  timer_.cancel();
  if (stream_ != nullptr) stream_->close();
}

}  // namespace tributary::http::io
