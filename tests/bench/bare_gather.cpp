// SPDX-License-Identifier: MIT
#include "tests/bench/bare_worker.hpp"

#include <boost/asio/write.hpp>

#include <array>
#include <charconv>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

/// The floor that a gather without cache is measured against: three upstream calls as one writes
/// them well with Asio callbacks, the bodies put together as strings, and nothing else: no
/// deadlines, no guards, no checks of what came. Connections to the upstream are kept and used
/// last in, first out; each thread has its own.
namespace {

namespace asio = boost::asio;
namespace io = tributary::http::io;

constexpr std::string_view asked_for = "/aggregated-data?customer_id=";
constexpr std::array<std::string_view, 3> names{R"({"customer_info":)", R"(,"master_data":)",
                                                R"(,"transaction_data":)"};
constexpr std::array<std::string_view, 3> paths{
    "/customers/", "/master-data?customer_id=", "/transactions?customer_id="};

/// Reads messages with `Content-Length`, the only kind that comes here, and knows no other field.
class message_reader {
 public:
  message_reader() { buffer_.reserve(16'384); }

  asio::mutable_buffer room() {
    if (buffer_.capacity() - size_ < 4096) buffer_.reserve(buffer_.capacity() * 2);
    buffer_.resize(buffer_.capacity());
    return {buffer_.data() + size_, buffer_.size() - size_};
  }

  /// Whether a whole message is there after `count` more bytes.
  bool came(std::size_t count) {
    size_ += count;
    const std::string_view text{buffer_.data(), size_};
    if (head_ == 0) {
      const auto end = text.find("\r\n\r\n");
      if (end == std::string_view::npos) return false;
      head_ = end + 4;
      constexpr std::string_view name = "\r\nContent-Length: ";
      const auto at = text.substr(0, head_).find(name);
      if (at != std::string_view::npos) {
        std::from_chars(text.data() + at + name.size(), text.data() + head_, body_);
      }
    }
    return size_ >= head_ + body_;
  }

  std::string_view head() const { return {buffer_.data(), head_}; }
  std::string_view body() const { return {buffer_.data() + head_, body_}; }
  void clear() { size_ = head_ = body_ = 0; }

 private:
  std::string buffer_;
  std::size_t size_ = 0;
  std::size_t head_ = 0;
  std::size_t body_ = 0;
};

struct upstream_connection {
  explicit upstream_connection(io::executor executor) : socket(executor) {}

  io::tcp_socket socket;
  std::string request;
  message_reader answer;
};

struct upstream {
  asio::ip::tcp::endpoint address;
  std::vector<std::unique_ptr<upstream_connection>> idle;
};

class session : public std::enable_shared_from_this<session> {
 public:
  session(io::tcp_socket socket, upstream& from) : socket_(std::move(socket)), upstream_(from) {}

  void read() {
    socket_.async_read_some(
        request_.room(),
        [self = shared_from_this()](boost::system::error_code error, std::size_t count) {
          if (error) return;
          if (self->request_.came(count)) {
            self->gather();
          } else {
            self->read();
          }
        });
  }

 private:
  void gather() {
    const auto at = request_.head().find(asked_for);
    if (at == std::string_view::npos) return;  // closes the connection
    const auto id = request_.head().substr(at + asked_for.size());
    const auto customer = id.substr(0, id.find(' '));
    missing_ = names.size();
    for (std::size_t i = 0; i < names.size(); ++i) call(i, customer);
    request_.clear();
  }

  void call(std::size_t index, std::string_view customer) {
    auto& ours = calls_[index];
    if (upstream_.idle.empty()) {
      ours = std::make_unique<upstream_connection>(socket_.get_executor());
      ours->socket.connect(upstream_.address);
      ours->socket.set_option(asio::ip::tcp::no_delay{true});
    } else {
      ours = std::move(upstream_.idle.back());
      upstream_.idle.pop_back();
    }
    ours->request.assign("GET ").append(paths[index]).append(customer);
    ours->request.append(" HTTP/1.1\r\nHost: bench\r\nAccept: application/json\r\n\r\n");
    ours->answer.clear();
    asio::async_write(
        ours->socket, asio::buffer(ours->request),
        [self = shared_from_this(), index](boost::system::error_code error, std::size_t) {
          if (!error) self->read_answer(index);
        });
  }

  void read_answer(std::size_t index) {
    calls_[index]->socket.async_read_some(
        calls_[index]->answer.room(),
        [self = shared_from_this(), index](boost::system::error_code error, std::size_t count) {
          if (error) return;
          if (!self->calls_[index]->answer.came(count)) {
            self->read_answer(index);
          } else if (--self->missing_ == 0) {
            self->answer();
          }
        });
  }

  void answer() {
    std::size_t length = 1;
    for (std::size_t i = 0; i < names.size(); ++i) {
      length += names[i].size() + calls_[i]->answer.body().size();
    }
    answer_.assign("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ");
    answer_.append(std::to_string(length)).append("\r\n\r\n");
    for (std::size_t i = 0; i < names.size(); ++i) {
      answer_.append(names[i]).append(calls_[i]->answer.body());
      upstream_.idle.push_back(std::move(calls_[i]));
    }
    answer_.push_back('}');
    asio::async_write(socket_, asio::buffer(answer_),
                      [self = shared_from_this()](boost::system::error_code error, std::size_t) {
                        if (!error) self->read();
                      });
  }

  io::tcp_socket socket_;
  upstream& upstream_;
  message_reader request_;
  std::array<std::unique_ptr<upstream_connection>, 3> calls_;
  std::size_t missing_ = 0;
  std::string answer_;
};

}  // namespace

/// bare_gather PORT UPSTREAM-PORT: `/aggregated-data?customer_id=ID` from three paths of one
/// upstream on loopback, on two threads until it is killed.
int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: bare_gather PORT UPSTREAM-PORT\n";
    return 2;
  }
  const auto port = static_cast<std::uint16_t>(std::atoi(argv[1]));
  const asio::ip::tcp::endpoint address{asio::ip::address_v4::loopback(),
                                        static_cast<std::uint16_t>(std::atoi(argv[2]))};
  tributary::bench::bare_worker first{port};
  tributary::bench::bare_worker second{port};
  const auto run = [&](tributary::bench::bare_worker& worker) {
    upstream from{address, {}};
    worker.run(
        [&](io::tcp_socket socket) { std::make_shared<session>(std::move(socket), from)->read(); });
  };
  std::thread thread{[&] { run(second); }};
  run(first);
  thread.join();
}
