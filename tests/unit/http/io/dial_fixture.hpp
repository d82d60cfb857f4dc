// SPDX-License-Identifier: MIT
#pragma once

#include "http/io/dialer.hpp"
#include "loop_fixture.hpp"
#include "support/manual_resolver.hpp"
#include "support/stub_upstream.hpp"

#include <boost/asio/ssl/context.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace tributary::tests {

using namespace http::io;
namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;

/// Dials, keeps what came of it and stops the loop then.
class dial_fixture : public loop_fixture, public dial_owner {
 public:
  virtual ~dial_fixture() = default;

  static tls_terms trusting(const tls_identity& identity, std::string name = {}) {
    auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
    context->set_verify_mode(ssl::verify_peer);
    context->load_verify_file(identity.certificate_file());
    return {context, std::move(name)};
  }

  void dial(const std::string& host, std::uint16_t port, steady_time::duration timeout = 10s) {
    target.addresses.reset(new host_addresses{loop, host, port, resolver});
    dial_again(timeout);
  }

  void dial_again(steady_time::duration timeout = 10s) {
    const auto now = std::chrono::steady_clock::now();
    dialing.reset(new dialer{loop, target, *this});
    dialing->start(now, now + timeout);
  }

  /// Dials and waits for what comes of it.
  void connect(const std::string& host, std::uint16_t port, steady_time::duration timeout = 10s) {
    dial(host, port, timeout);
    if (!failure) run_until_stopped();
  }

  /// The addresses that the next two connections would try first.
  std::string first_choices() {
    struct : address_waiter {
      void on_addresses(std::shared_ptr<const address_answer> answer) override {
        told += (told.empty() ? "" : " ") + address_text(answer->endpoints.front());
      }
      std::string told;
    } asked;
    for (int i = 0; i < 2; ++i) target.addresses->wait(asked, std::chrono::steady_clock::now());
    return asked.told;
  }

  void on_dialed(std::unique_ptr<client_stream> made) override {
    stream = std::move(made);
    on_told();
  }
  void on_dial_failed(const dial_failure& why) override {
    failure = why;
    on_told();
  }

  std::shared_ptr<manual_resolver> resolver = std::make_shared<manual_resolver>();
  dial_target target;
  boost::intrusive_ptr<dialer> dialing;
  std::unique_ptr<client_stream> stream;
  std::optional<dial_failure> failure;
  int told = 0;
  std::function<void()> when_told;

 private:
  void on_told() {
    ++told;
    if (when_told) when_told();
    loop.stop();
  }
};

}  // namespace tributary::tests
