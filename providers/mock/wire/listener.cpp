// SPDX-License-Identifier: MIT
#include "providers/mock/wire/listener.hpp"

#include "providers/mock/wire/session.hpp"

#include <chrono>
#include <future>
#include <thread>
#include <utility>

namespace tributary::providers::mock {

using boost::asio::ip::tcp;
using boost::system::error_code;

/// One thread with its loop and its connections.
class listener::worker {
 public:
  explicit worker(responder& by) : by_(by) {}

  http::io::event_loop& loop() { return loop_; }

  void start() {
    thread_ = std::thread{[this] { loop_.run(); }};
  }

  /// Takes over a connection; loop thread.
  void adopt(http::io::tcp_socket socket) {
    auto opened = std::make_shared<session>(loop_, std::move(socket), by_, sessions_);
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
  responder& by_;
  session_set sessions_;  ///< outlives the loop, whose handlers hold sessions too
  http::io::event_loop loop_;
  std::thread thread_;
};

listener::listener(std::size_t threads, responder& by)
    : retry_(http::io::call_member<&listener::do_accept, listener>, this) {
  for (std::size_t i = 0; i < threads; ++i) workers_.push_back(std::make_unique<worker>(by));
  acceptor_.emplace(workers_.front()->loop().get_executor());
}

listener::~listener() = default;

error_code listener::open(const tcp::endpoint& where) {
  error_code error;
  acceptor_->open(where.protocol(), error);
  if (!error) acceptor_->set_option(tcp::acceptor::reuse_address{true}, error);
  if (!error) acceptor_->bind(where, error);
  if (!error) acceptor_->listen(4096, error);
  if (!error) port_ = acceptor_->local_endpoint(error).port();
  return error;
}

void listener::start() {
  do_accept();
  for (auto& each : workers_) each->start();
}

void listener::stop() {
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

void listener::do_accept() {
  auto& next = *workers_[turn_++ % workers_.size()];
  acceptor_->async_accept(next.loop().context(),
                          [this, &next](const error_code& error, http::io::tcp_socket socket) {
                            on_accept(error, next, std::move(socket));
                          });
}

void listener::on_accept(const error_code& error, worker& to, http::io::tcp_socket socket) {
  if (!acceptor_->is_open()) return;
  if (error) {
    // Out of descriptors, most likely: a little later some are free again.
    workers_.front()->loop().arm(retry_, std::chrono::milliseconds{50});
    return;
  }
  to.loop().post([&to, moved = std::move(socket)]() mutable { to.adopt(std::move(moved)); });
  do_accept();
}

}  // namespace tributary::providers::mock
