// SPDX-License-Identifier: MIT
#pragma once

#include "http/io/event_loop.hpp"
#include "providers/mock/request.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <memory>
#include <optional>
#include <string>
#include <unordered_set>

namespace tributary::providers::mock {

class session;

/// The open connections of one event loop. Loop thread only.
using session_set = std::unordered_set<std::shared_ptr<session>>;

/// One connection to a stand-in: reads a request, has it answered, and delivers the answer as late
/// and as broken as the script says. Loop thread only; `open` keeps it alive until it is closed.
class session : public std::enable_shared_from_this<session> {
 public:
  session(http::io::event_loop& loop, http::io::tcp_socket socket, responder& upstreams,
          session_set& open);

  void start();
  /// Drops whatever is under way.
  void close();

 private:
  using request_parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

  void do_read();
  void on_read(const boost::system::error_code& error);
  void ask(const wire_request& asked);
  void refuse(const boost::system::error_code& error);
  void do_answer();
  void do_discard();
  void do_linger();
  void do_write();
  void on_written(const boost::system::error_code& error);
  void on_timer();
  void write_header();

  http::io::event_loop& loop_;
  http::io::tcp_socket socket_;
  responder& upstreams_;
  session_set& open_;
  boost::beast::flat_buffer buffer_;
  std::optional<request_parser> parser_;
  scripted_reply reply_;
  std::string header_;
  bool head_only_ = false;
  bool keep_alive_ = true;
  bool delaying_ = false;  ///< the timer runs until the answer is due, else until we give up
  http::io::timer timer_;
};

}  // namespace tributary::providers::mock
