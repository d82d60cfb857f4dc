// SPDX-License-Identifier: MIT
#include "providers/mock/wire/webhook_sender.hpp"

#include "providers/mock/wire/loopback_url.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <cstdio>
#include <exception>
#include <utility>

namespace tributary::providers::mock {

namespace http_ = boost::beast::http;
using boost::system::error_code;

namespace {

constexpr std::chrono::milliseconds longest_wait = std::chrono::hours{1};
constexpr std::uint64_t max_answer = 64 * 1024;

http_::request<http_::string_body> request_of(const outgoing_call& call, const loopback_url& to) {
  http_::request<http_::string_body> result{http_::verb::post, to.target, 11};
  result.set(http_::field::host, to.host);
  result.set(http_::field::user_agent, "tributary-mock");
  result.set(http_::field::content_type, "application/json");
  for (const auto& [name, value] : call.fields) result.set(name, value);
  result.body() = call.body;
  result.keep_alive(false);
  result.prepare_payload();
  return result;
}

}  // namespace

/// One call: waits, then connects, writes and reads. Loop thread only. The sender's set and the
/// handlers of its socket keep it alive; after `close` nobody is told any more.
class webhook_sender::delivery : public std::enable_shared_from_this<delivery> {
 public:
  delivery(webhook_sender& owner, outgoing_call call, loopback_url to, told done)
      : owner_(owner),
        to_(std::move(to)),
        call_(std::move(call)),
        done_(std::move(done)),
        socket_(owner.loop_.get_executor()),
        timer_(http::io::call_member<&delivery::on_timer, delivery>, this) {
    parser_.body_limit(max_answer);
  }

  void start() {
    if (call_.after.count() > 0) {
      owner_.loop_.arm(timer_, call_.after);
    } else {
      do_connect();
    }
  }

  void close() {
    closed_ = true;
    timer_.cancel();
    error_code ignored;
    socket_.close(ignored);
  }

 private:
  void on_timer() {
    if (sent_) {
      finish({0, {}, "no answer within " + std::to_string(call_.deadline.count()) + " ms"});
    } else {
      do_connect();
    }
  }

  void do_connect() {
    sent_ = true;
    if (!is_wanted()) return finish({0, {}, "withdrawn"});
    request_ = request_of(call_, to_);
    owner_.loop_.arm(timer_, call_.deadline);
    socket_.async_connect(to_.endpoint, [self = shared_from_this()](const error_code& error) {
      if (self->is_over(error)) return;
      self->do_write();
    });
  }

  /// Asks whoever posted it, who may change it still.
  bool is_wanted() {
    try {
      return !call_.when_due || call_.when_due(call_);
    } catch (const std::exception& problem) {
      std::fprintf(stderr, "tributary mock: before a call: %s\n", problem.what());
      return false;
    }
  }

  void do_write() {
    http_::async_write(socket_, request_,
                       [self = shared_from_this()](const error_code& error, std::size_t) {
                         if (self->is_over(error)) return;
                         self->do_read();
                       });
  }

  void do_read() {
    http_::async_read(socket_, buffer_, parser_,
                      [self = shared_from_this()](const error_code& error, std::size_t) {
                        if (self->is_over(error)) return;
                        auto answer = self->parser_.release();
                        self->finish({answer.result_int(), std::move(answer.body()), {}});
                      });
  }

  /// True when there is nothing left to do, because of `error` or because it was closed before.
  bool is_over(const error_code& error) {
    if (closed_) return true;
    if (error) finish({0, {}, error.message()});
    return closed_;
  }

  void finish(call_result result) {
    const auto self = shared_from_this();
    close();
    owner_.end(*this);
    try {
      if (done_) done_(std::move(result));
    } catch (const std::exception& problem) {
      // A mistake in one stand-in must not end the others.
      std::fprintf(stderr, "tributary mock: after a call: %s\n", problem.what());
    }
  }

  webhook_sender& owner_;
  const loopback_url to_;
  outgoing_call call_;
  http_::request<http_::string_body> request_;  ///< once it is due
  const told done_;
  http::io::tcp_socket socket_;
  boost::beast::flat_buffer buffer_;
  http_::response_parser<http_::string_body> parser_;
  bool sent_ = false;  ///< the timer runs until its deadline, else until it is sent
  bool closed_ = false;
  http::io::timer timer_;
};

webhook_sender::webhook_sender() = default;

webhook_sender::~webhook_sender() { stop(); }

void webhook_sender::start() {
  if (thread_.joinable()) return;
  thread_ = std::thread{[this] { loop_.run(); }};
}

void webhook_sender::stop() {
  {
    const std::lock_guard lock{mutex_};
    if (std::exchange(stopped_, true)) return;
  }
  loop_.post([this] {
    for (const auto& each : deliveries_) each->close();
    deliveries_.clear();
    pending_ = 0;
    loop_.stop();
  });
  if (thread_.joinable()) thread_.join();
}

std::optional<std::string> webhook_sender::post(outgoing_call call, told done) {
  auto to = parse_loopback_url(call.url);
  if (!to) return std::string{only_here};
  if (call.after.count() < 0 || call.after > longest_wait || call.deadline.count() <= 0 ||
      call.deadline > longest_wait) {
    return "calls wait for an hour at most";
  }
  const std::lock_guard lock{mutex_};
  if (stopped_) return "the mock is stopped";
  if (pending_.load(std::memory_order_relaxed) >= most_pending) return "too many calls are pending";
  pending_.fetch_add(1, std::memory_order_relaxed);
  auto made = std::make_shared<delivery>(*this, std::move(call), *std::move(to), std::move(done));
  loop_.post([this, made = std::move(made)] {
    deliveries_.insert(made);
    made->start();
  });
  return std::nullopt;
}

void webhook_sender::end(delivery& ended) {
  deliveries_.erase(ended.shared_from_this());
  pending_.fetch_sub(1, std::memory_order_relaxed);
}

}  // namespace tributary::providers::mock
