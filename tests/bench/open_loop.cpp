// SPDX-License-Identifier: MIT
#include "http/io/event_loop.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <sys/prctl.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <iostream>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

/// Load that does not wait for answers: requests come at random moments of a fixed mean rate
/// (a Poisson process), as those of many users do. A request's time counts from the moment at which
/// it was due, also when every connection was busy then: a closed loop, which asks again when it
/// was answered, leaves out the requests that a slow moment would have met.
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace io = tributary::http::io;
using clock = std::chrono::steady_clock;

constexpr std::uint64_t customers = 1000;
constexpr std::chrono::seconds grace{3};  // after the last request was due

class load;

class connection {
 public:
  connection(io::executor executor, const asio::ip::tcp::endpoint& address, load& owner)
      : socket_(executor), load_(owner) {
    socket_.connect(address);
    socket_.set_option(asio::ip::tcp::no_delay{true});
  }

  void ask(clock::time_point due, std::string request);

 private:
  void on_written(boost::system::error_code error);
  void on_answer(boost::system::error_code error);

  io::tcp_socket socket_;
  load& load_;
  clock::time_point due_;
  std::string request_;
  beast::flat_buffer buffer_;
  std::optional<http::response_parser<http::string_body>> parser_;
};

class load {
 public:
  load(const asio::ip::tcp::endpoint& address, std::string path, double rate, double seconds,
       int connections)
      : path_(std::move(path)), gap_(rate), timer_(context_) {
    for (int i = 0; i < connections; ++i) {
      all_.push_back(std::make_unique<connection>(context_.get_executor(), address, *this));
      idle_.push_back(all_.back().get());
    }
    next_ = clock::now() + gap();
    end_ = clock::now() + in_clock(seconds);
  }

  void run() {
    wait();
    context_.run_until(end_ + grace);
  }

  /// An answer, or none because the connection failed, for what was due at `due`.
  void done(connection& by, clock::time_point due, bool good) {
    if (good) {
      milliseconds_.push_back(std::chrono::duration<float, std::milli>(clock::now() - due).count());
    } else {
      ++bad_;
    }
    idle_.push_back(&by);
    send();
    if (clock::now() >= end_ && waiting_.empty() && idle_.size() == all_.size()) context_.stop();
  }

  void report() {
    std::sort(milliseconds_.begin(), milliseconds_.end());
    const auto answered = milliseconds_.size();
    std::cout << R"({"answered": )" << answered << R"(, "bad": )" << bad_ << R"(, "unanswered": )"
              << (sent_ + waiting_.size()) - answered - bad_;
    if (answered > 0) {
      for (const auto& [name, share] :
           {std::pair{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}}) {
        std::cout << ", \"" << name << "\": "
                  << milliseconds_[static_cast<std::size_t>(share * static_cast<double>(answered))];
      }
      std::cout << R"(, "max": )" << milliseconds_.back();
    }
    std::cout << "}\n";
  }

 private:
  static clock::duration in_clock(double seconds) {
    return std::chrono::duration_cast<clock::duration>(std::chrono::duration<double>{seconds});
  }

  clock::duration gap() { return in_clock(gap_(random_)); }

  void wait() {
    if (next_ >= end_) return;
    timer_.expires_at(next_);
    timer_.async_wait([this](boost::system::error_code) {
      for (const auto now = clock::now(); next_ <= now && next_ < end_; next_ += gap()) {
        waiting_.push_back(next_);
      }
      send();
      wait();
    });
  }

  void send() {
    while (!waiting_.empty() && !idle_.empty()) {
      auto* const by = idle_.back();
      idle_.pop_back();
      const auto due = waiting_.front();
      waiting_.pop_front();
      by->ask(due, "GET " + path_ + std::to_string(1 + sent_++ % customers) +
                       " HTTP/1.1\r\nHost: bench\r\n\r\n");
    }
  }

  std::string path_;
  std::mt19937_64 random_{42};
  std::exponential_distribution<double> gap_;
  asio::io_context context_{1};
  asio::steady_timer timer_;
  std::vector<std::unique_ptr<connection>> all_;
  std::vector<connection*> idle_;
  std::deque<clock::time_point> waiting_;  // when each was due
  clock::time_point next_;
  clock::time_point end_;
  std::vector<float> milliseconds_;
  std::uint64_t sent_ = 0;
  std::uint64_t bad_ = 0;
};

void connection::ask(clock::time_point due, std::string request) {
  due_ = due;
  request_ = std::move(request);
  parser_.emplace();
  asio::async_write(socket_, asio::buffer(request_),
                    [this](boost::system::error_code error, std::size_t) { on_written(error); });
}

void connection::on_written(boost::system::error_code error) {
  if (error) return on_answer(error);
  http::async_read(socket_, buffer_, *parser_,
                   [this](boost::system::error_code failed, std::size_t) { on_answer(failed); });
}

void connection::on_answer(boost::system::error_code error) {
  if (error) {
    std::cerr << "a connection failed: " << error.message() << '\n';
    std::exit(1);
  }
  load_.done(*this, due_, parser_->get().result() == http::status::ok);
}

}  // namespace

/// open_loop PORT PATH RATE SECONDS CONNECTIONS: asks a server on loopback for PATH with a number
/// from 1 to 1000 behind it, and says as JSON what became of the requests, in milliseconds.
int main(int argc, char** argv) {
  if (argc != 6) {
    std::cerr << "usage: open_loop PORT PATH RATE SECONDS CONNECTIONS\n";
    return 2;
  }
  ::prctl(PR_SET_TIMERSLACK, 1UL);  // the kernel may wake a process 50 µs late otherwise
  load all{{asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(std::atoi(argv[1]))},
           argv[2],
           std::atof(argv[3]),
           std::atof(argv[4]),
           std::atoi(argv[5])};
  all.run();
  all.report();
}
