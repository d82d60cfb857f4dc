// SPDX-License-Identifier: MIT
#include "providers/mock/mock_server.hpp"

#include "http/io/event_loop.hpp"
#include "providers/mock/desk.hpp"
#include "providers/mock/market/market_services.hpp"
#include "providers/mock/services.hpp"
#include "providers/mock/session.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <chrono>
#include <future>
#include <thread>
#include <utility>
#include <vector>

namespace tributary::providers::mock {

namespace asio = boost::asio;
namespace io = http::io;
using asio::ip::tcp;
using boost::system::error_code;

/// One thread with its loop and its connections.
class mock_server::worker {
 public:
  explicit worker(responder& upstreams) : upstreams_(upstreams) {}

  io::event_loop& loop() { return loop_; }

  void start() {
    thread_ = std::thread{[this] { loop_.run(); }};
  }

  /// Takes over a connection; loop thread.
  void adopt(io::tcp_socket socket) {
    auto opened = std::make_shared<mock::session>(loop_, std::move(socket), upstreams_, sessions_);
    sessions_.insert(opened);
    opened->start();
  }

  /// Closes all connections and ends the thread. Any thread but its own.
  void stop() {
    loop_.post([this] {
      while (!sessions_.empty()) (*sessions_.begin())->close();
      loop_.stop();
    });
    thread_.join();
  }

 private:
  responder& upstreams_;
  session_set sessions_;  ///< outlives the loop, whose handlers hold sessions too
  io::event_loop loop_;
  std::thread thread_;
};

/// Accepts on the first worker's loop and deals the connections out in turn.
class mock_server::listener {
 public:
  listener(std::size_t threads, responder& upstreams) {
    for (std::size_t i = 0; i < threads; ++i) {
      workers_.push_back(std::make_unique<worker>(upstreams));
    }
    acceptor_.emplace(workers_.front()->loop().get_executor());
  }

  /// @returns the step that failed, or success
  error_code listen(const tcp::endpoint& where) {
    error_code error;
    acceptor_->open(where.protocol(), error);
    if (!error) acceptor_->set_option(tcp::acceptor::reuse_address{true}, error);
    if (!error) acceptor_->bind(where, error);
    if (!error) acceptor_->listen(4096, error);
    if (!error) port_ = acceptor_->local_endpoint(error).port();
    return error;
  }

  std::uint16_t port() const { return port_; }

  void start() {
    do_accept();
    for (auto& each : workers_) each->start();
  }

  void stop() {
    std::promise<void> closed;
    workers_.front()->loop().post([&] {
      error_code ignored;
      acceptor_->close(ignored);
      retry_.cancel();
      closed.set_value();
    });
    closed.get_future().wait();
    for (auto& each : workers_) each->stop();
  }

 private:
  void do_accept() {
    auto& next = *workers_[turn_++ % workers_.size()];
    acceptor_->async_accept(next.loop().context(),
                            [this, &next](const error_code& error, io::tcp_socket socket) {
                              on_accept(error, next, std::move(socket));
                            });
  }

  void on_accept(const error_code& error, worker& to, io::tcp_socket socket) {
    if (!acceptor_->is_open()) return;
    if (error) {
      // Out of descriptors, most likely: a little later some are free again.
      workers_.front()->loop().arm(retry_, std::chrono::milliseconds{50});
      return;
    }
    to.loop().post([&to, moved = std::move(socket)]() mutable { to.adopt(std::move(moved)); });
    do_accept();
  }

  std::vector<std::unique_ptr<worker>> workers_;
  std::optional<io::tcp_acceptor> acceptor_;  ///< goes before the loop it is registered with
  io::timer retry_{io::call_member<&listener::do_accept, listener>, this};
  std::size_t turn_ = 0;
  std::uint16_t port_ = 0;
};

std::optional<std::string> apply_knob(mock_options& options, std::string_view assignment) {
  const auto dot = assignment.find('.');
  const auto equals = assignment.find('=');
  if (dot == assignment.npos || equals == assignment.npos || equals < dot) {
    return "a knob is written SERVICE.KEY=VALUE, such as customer.latency_ms=50";
  }
  const auto name = assignment.substr(0, dot);
  bool known = false;
  for (unsigned i = 0; i < service_count; ++i) {
    if (name != "all" && name != to_string(static_cast<service>(i))) continue;
    known = true;
    auto problem = set_knob(options.initial[i], assignment.substr(dot + 1, equals - dot - 1),
                            assignment.substr(equals + 1));
    if (!problem.empty()) return problem;
  }
  if (known) return std::nullopt;
  return "unknown service " + std::string{name} + "; known are " + service_names() + ", all";
}

mock_server::mock_server(mock_options options)
    : options_(std::move(options)),
      desk_(std::make_unique<desk>(options_.seed, options_.initial)),
      services_(std::make_unique<services>(options_.seed, *desk_)),
      market_(std::make_unique<market_services>(options_.seed, *desk_)) {}

mock_server::~mock_server() { stop(); }

std::optional<std::string> mock_server::start() {
  if (options_.threads < 1 || options_.threads > 64) return "threads must be 1 to 64";
  auto problem = open(listener_, *services_, options_.port);
  if (!problem) problem = open(market_listener_, *market_, options_.market_port);
  if (problem) stop();
  return problem;
}

std::optional<std::string> mock_server::open(std::unique_ptr<listener>& where, responder& upstreams,
                                             std::uint16_t port) {
  error_code error;
  const auto address = asio::ip::make_address(options_.address, error);
  if (error) return options_.address + " is not an IP address";
  auto opened = std::make_unique<listener>(options_.threads, upstreams);
  error = opened->listen({address, port});
  if (error) {
    const auto host = address.is_v6() ? '[' + options_.address + ']' : options_.address;
    return host + ':' + std::to_string(port) + ": " + error.message();
  }
  opened->start();
  where = std::move(opened);
  return std::nullopt;
}

std::uint16_t mock_server::port() const noexcept { return listener_ ? listener_->port() : 0; }

std::uint16_t mock_server::market_port() const noexcept {
  return market_listener_ ? market_listener_->port() : 0;
}

void mock_server::stop() {
  for (auto* each : {&listener_, &market_listener_}) {
    if (*each == nullptr) continue;
    (*each)->stop();
    each->reset();
  }
}

void mock_server::set(service s, const knobs& k) { desk_->set(s, k); }

std::uint64_t mock_server::requests(service s) const noexcept { return desk_->requests(s); }

}  // namespace tributary::providers::mock
