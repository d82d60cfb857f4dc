// SPDX-License-Identifier: MIT
#include "http/server/listener.hpp"

#include "config/url.hpp"
#include "http/io/event_loop.hpp"
#include "http/server/session_group.hpp"
#include "http/server/socket_file.hpp"

#include <boost/asio/local/stream_protocol.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <utility>

namespace tributary::http::server {

namespace {

using namespace std::chrono_literals;
using boost::system::error_code;
using io::asio::ip::tcp;

constexpr int accepts_per_turn = 64;
constexpr auto accept_pause = 100ms;  ///< after an error that the next try would meet again
constexpr int backlog = 4096;

/// A connected socket on its way to its group.
class descriptor {
 public:
  explicit descriptor(int value) noexcept : value_(value) {}
  descriptor(descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  descriptor& operator=(descriptor&&) = delete;
  ~descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  int release() noexcept { return std::exchange(value_, -1); }

 private:
  int value_;
};

bool is_passing(int error) noexcept {
  return error == EINTR || error == ECONNABORTED || error == EPROTO;
}

}  // namespace

/// Lives on the first loop's thread once it listens, kept by its wait and by the listener.
class listener::acceptor : public std::enable_shared_from_this<acceptor> {
 public:
  acceptor(std::shared_ptr<serving> shared, const std::vector<io::event_loop*>& loops,
           const std::shared_ptr<const generation>& served)
      : shared_(std::move(shared)),
        socket_(loops.front()->get_executor()),
        pause_(io::call_member<&acceptor::wait, acceptor>, this) {
    for (auto* loop : loops) {
      groups_.push_back(std::make_shared<session_group>(*loop, shared_, served));
    }
  }

  error_code listen() {
    const auto path = config::unix_socket_path(shared_->settings.address);
    auto error = path ? bind_file(*path) : bind_address();
    if (!error) socket_.listen(backlog, error);
    if (!error) socket_.non_blocking(true, error);
    return error;
  }

  std::uint16_t port() const {
    error_code ignored;
    return io::port_of(socket_.local_endpoint(ignored));
  }

  io::event_loop& loop() { return groups_.front()->loop(); }
  const serving& shared() const noexcept { return *shared_; }

  void wait() {
    if (!socket_.is_open()) return;
    socket_.async_wait(io::plain_acceptor::wait_read,
                       [self = shared_from_this()](const error_code& error) {
                         if (!error) self->on_ready();
                       });
  }

  void stop(std::chrono::steady_clock::duration timeout, std::function<void()> on_drained) {
    error_code ignored;
    file_.remove();
    socket_.close(ignored);
    pause_.cancel();
    on_drained_ = std::move(on_drained);
    draining_ = groups_.size();
    for (const auto& served : groups_) {
      served->loop().post([self = shared_from_this(), served, timeout] {
        served->drain(timeout, [self] { self->on_group_drained(); });
      });
    }
  }

  void serve(const std::shared_ptr<const generation>& served) {
    for (const auto& group : groups_) {
      group->loop().post([group, served] { group->serve(served); });
    }
  }

  void say_close() {
    for (const auto& group : groups_) {
      group->loop().post([group] { group->say_close(); });
    }
  }

  std::atomic_flag stopped = ATOMIC_FLAG_INIT;

 private:
  error_code bind_address() {
    error_code error;
    const auto address = io::asio::ip::make_address(shared_->settings.address, error);
    if (error) return error;
    const tcp::endpoint local(address, shared_->settings.port);
    socket_.open(local.protocol(), error);
    if (!error) socket_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) socket_.set_option(tcp::no_delay(true), error);  // accepted sockets inherit it
    if (!error) socket_.bind(local, error);
    return error;
  }

  error_code bind_file(const std::string& path) {
    error_code error;
    socket_.open(io::asio::local::stream_protocol{}, error);
    if (!error) error = file_.bind(socket_.native_handle(), path, shared_->settings.socket_mode);
    return error;
  }

  void on_ready() {
    for (int i = 0; i < accepts_per_turn && socket_.is_open(); ++i) {
      io::endpoint remote;
      auto size = static_cast<socklen_t>(remote.capacity());
      const int accepted =
          ::accept4(socket_.native_handle(), remote.data(), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (accepted >= 0) {
        remote.resize(size);
        deal(descriptor(accepted), remote);
      } else if (errno == EAGAIN) {
        break;
      } else if (!is_passing(errno)) {
        shared_->counters.accept_errors.fetch_add(1, std::memory_order_relaxed);
        return loop().arm(pause_, accept_pause);
      }
    }
    wait();
  }

  void deal(descriptor accepted, const io::endpoint& remote) {
    auto& counters = shared_->counters;
    counters.accepted.fetch_add(1, std::memory_order_relaxed);
    const auto others = counters.open_connections.fetch_add(1, std::memory_order_relaxed);
    if (others >= shared_->settings.max_connections) {
      counters.open_connections.fetch_sub(1, std::memory_order_relaxed);
      counters.refused_connections.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    const auto& served = groups_[next_++ % groups_.size()];
    if (&served->loop() == &loop())
      return served->admit(accepted.release(), io::address_text(remote));
    served->loop().post(
        [served, from = io::address_text(remote), taken = std::move(accepted)]() mutable {
          served->admit(taken.release(), std::move(from));
        });
  }

  void on_group_drained() {
    if (draining_.fetch_sub(1) == 1 && on_drained_) std::exchange(on_drained_, nullptr)();
  }

  std::shared_ptr<serving> shared_;
  io::plain_acceptor socket_;
  socket_file file_;  ///< goes before the socket
  io::timer pause_;
  std::vector<std::shared_ptr<session_group>> groups_;
  std::size_t next_ = 0;
  std::atomic<std::size_t> draining_{0};
  std::function<void()> on_drained_;
};

listener::listener(config::server_settings settings, std::vector<io::event_loop*> loops,
                   std::shared_ptr<const generation> served) {
  auto shared = std::make_shared<serving>();
  shared->settings = std::move(settings);
  acceptor_ = std::make_shared<acceptor>(std::move(shared), loops, served);
}

listener::~listener() = default;

std::error_code listener::start() {
  if (const auto error = acceptor_->listen()) return error;
  port_ = acceptor_->port();
  acceptor_->loop().post([accepting = acceptor_] { accepting->wait(); });
  return {};
}

void listener::say_close() { acceptor_->say_close(); }

void listener::stop(std::chrono::steady_clock::duration timeout, std::function<void()> on_drained) {
  if (acceptor_->stopped.test_and_set()) return;
  acceptor_->loop().post(
      [stopping = acceptor_, timeout, on_drained = std::move(on_drained)]() mutable {
        stopping->stop(timeout, std::move(on_drained));
      });
}

void listener::serve(std::shared_ptr<const generation> served) { acceptor_->serve(served); }

const serving_counters& listener::counters() const noexcept { return acceptor_->shared().counters; }

}  // namespace tributary::http::server
