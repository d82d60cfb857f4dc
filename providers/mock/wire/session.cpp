// SPDX-License-Identifier: MIT
#include "providers/mock/wire/session.hpp"

#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>

#include <array>
#include <chrono>
#include <cstdio>
#include <exception>

namespace tributary::providers::mock {

namespace asio = boost::asio;
namespace http_ = boost::beast::http;
using boost::system::error_code;
using namespace std::chrono_literals;

namespace {

constexpr std::uint32_t max_header = 16 * 1024;
constexpr std::uint64_t max_body = 1024 * 1024;
/// Between two requests, and for one to arrive: longer than a gateway keeps its idle connections.
constexpr auto read_deadline = 120s;
constexpr auto write_limit = 30s;
constexpr auto linger_limit = 2s;
/// Even a hanging request ends some time; no client waits as long.
constexpr auto hang_limit = 600s;

class received_fields final : public header_fields {
 public:
  explicit received_fields(const http_::fields& all) : all_(all) {}
  std::string_view find(std::string_view name) const override {
    const auto found = all_[boost::beast::string_view{name.data(), name.size()}];
    return {found.data(), found.size()};
  }

 private:
  const http_::fields& all_;
};

}  // namespace

session::session(http::io::event_loop& loop, http::io::tcp_socket socket, responder& upstreams,
                 session_set& open)
    : loop_(loop),
      socket_(std::move(socket)),
      upstreams_(upstreams),
      open_(open),
      timer_(http::io::call_member<&session::on_timer, session>, this) {
  // Beast reads into free capacity only; the default of 512 bytes would take several reads.
  buffer_.reserve(4096);
}

void session::start() {
  error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay{true}, ignored);
  do_read();
}

void session::close() {
  timer_.cancel();
  error_code ignored;
  socket_.close(ignored);
  open_.erase(shared_from_this());
}

void session::do_read() {
  parser_.emplace();
  parser_->header_limit(max_header);
  parser_->body_limit(max_body);
  loop_.arm(timer_, read_deadline);
  http_::async_read(
      socket_, buffer_, *parser_,
      [self = shared_from_this()](const error_code& error, std::size_t) { self->on_read(error); });
}

void session::on_read(const error_code& error) {
  if (!socket_.is_open()) return;
  if (error) {
    refuse(error);
    return;
  }
  const auto& request = parser_->get();
  const auto method = request.method_string();
  const auto target = request.target();
  keep_alive_ = request.keep_alive();
  head_only_ = request.method() == http_::verb::head;
  const received_fields headers{request};
  ask({{method.data(), method.size()}, {target.data(), target.size()}, request.body(), headers});
  do_answer();
}

void session::ask(const wire_request& asked) {
  try {
    reply_ = upstreams_.answer(asked);
  } catch (const std::exception& problem) {
    // A mistake in one stand-in must not end the others. The query may hold a key.
    const auto path = asked.target.substr(0, asked.target.find('?'));
    std::fprintf(stderr, "tributary mock: %.*s %.*s: %s\n", static_cast<int>(asked.method.size()),
                 asked.method.data(), static_cast<int>(path.size()), path.data(), problem.what());
    reply_ = {};
    reply_.answer.status = 500;
    reply_.answer.owned = R"({"error":"the stand-in failed"})";
  }
}

void session::refuse(const error_code& error) {
  keep_alive_ = false;
  head_only_ = false;
  reply_ = {};
  if (error == http_::error::body_limit) {
    reply_.answer.status = 413;
  } else if (error == http_::error::header_limit) {
    reply_.answer.status = 431;
  } else if (error.category() == http_::make_error_code(http_::error::bad_method).category() &&
             error != http_::error::end_of_stream && error != http_::error::partial_message) {
    reply_.answer.status = 400;
  } else {
    close();  // the client went away
    return;
  }
  reply_.answer.owned = R"({"error":"the request is malformed or too large"})";
  do_write();
}

void session::do_answer() {
  if (const auto hold = std::exchange(reply_.answer.hold, nullptr)) {
    // Until then the limit for reading goes on.
    return hold([weak = weak_from_this(), &loop = loop_] {
      if (auto self = weak.lock()) {
        loop.post([self = std::move(self)] {
          if (self->socket_.is_open()) self->do_answer();
        });
      }
    });
  }
  if (reply_.hang) {
    loop_.arm(timer_, hang_limit);
    do_discard();  // a pending read notices at once when the client gives up
  } else if (reply_.delay.count() > 0) {
    delaying_ = true;
    loop_.arm(timer_, reply_.delay);
  } else {
    do_write();
  }
}

void session::do_discard() {
  buffer_.clear();
  socket_.async_read_some(buffer_.prepare(4096),
                          [self = shared_from_this()](const error_code& error, std::size_t) {
                            if (!self->socket_.is_open()) return;
                            error ? self->close() : self->do_discard();
                          });
}

void session::write_header() {
  const auto& answer = reply_.answer;
  const auto reason = http_::obsolete_reason(static_cast<http_::status>(answer.status));
  header_.clear();
  header_ += "HTTP/1.1 ";
  header_ += std::to_string(answer.status);
  header_ += ' ';
  header_.append(reason.data(), reason.size());
  header_ += "\r\nContent-Type: ";
  header_ += answer.content_type;
  header_ += "\r\n";
  header_ += answer.fields;
  if (!answer.allow.empty()) {
    header_ += "Allow: ";
    header_ += answer.allow;
    header_ += "\r\n";
  }
  if (!keep_alive_) header_ += "Connection: close\r\n";
  header_ += "Content-Length: ";
  header_ += std::to_string(answer.body().size());
  header_ += "\r\n\r\n";
}

void session::do_write() {
  if (reply_.drop) return close();
  write_header();
  auto body = reply_.answer.body();
  if (reply_.truncate) {
    body = body.substr(0, body.size() / 2);
    keep_alive_ = false;
  }
  if (head_only_) body = {};
  loop_.arm(timer_, write_limit);
  const std::array<asio::const_buffer, 2> buffers{asio::buffer(header_),
                                                  asio::buffer(body.data(), body.size())};
  asio::async_write(socket_, buffers,
                    [self = shared_from_this()](const error_code& error, std::size_t) {
                      self->on_written(error);
                    });
}

void session::on_written(const error_code& error) {
  if (!socket_.is_open()) return;
  if (error) {
    close();
    return;
  }
  if (!keep_alive_) {
    do_linger();
    return;
  }
  do_read();
}

void session::do_linger() {
  // Closing with unread bytes resets the connection, and the client may lose the answer to that.
  error_code ignored;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  loop_.arm(timer_, linger_limit);
  do_discard();
}

void session::on_timer() {
  if (std::exchange(delaying_, false)) {
    do_write();
  } else {
    close();
  }
}

}  // namespace tributary::providers::mock
