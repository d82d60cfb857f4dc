// SPDX-License-Identifier: MIT
#pragma once

#include "support/stub_tls.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace tributary::tests {

/// A latch that a script waits for and a test opens. Copies are the same gate. Gates that a stub
/// still waits for are opened when it is destroyed.
class gate {
 public:
  void open() const;
  void wait() const;

 private:
  struct state {
    std::mutex mutex;
    std::condition_variable changed;
    bool open = false;
  };
  std::shared_ptr<state> state_ = std::make_shared<state>();
};

/// What the stub does with one request, step by step. After the last step the connection serves the
/// next request, unless a step has ended it.
///
///   stub.always(answer("{}"));
///   stub.on("/slow", script{}.wait(told).send(answer("{}")));
///   stub.next(script{}.send("HTTP/1.1 200 OK\r\nContent-Len").reset());
class script {
 public:
  script& send(std::string bytes);                          ///< raw, in one write
  script& send(const script& other);                        ///< all steps of another script
  script& drip(std::string_view bytes, std::size_t piece);  ///< `piece` bytes a packet
  script& wait(gate told);
  script& pause(std::chrono::milliseconds time);  ///< a slow server
  script& close();                                ///< in order (FIN)
  script& half_close();                           ///< FIN, and reads on whatever comes
  script& reset();                                ///< RST
  script& hang();                                 ///< reads and says nothing until the peer closes

 private:
  friend class stub_upstream;
  enum class action { send, wait, pause, close, half_close, reset, hang };
  struct step {
    action what;
    std::string bytes;
    gate told;
    std::chrono::milliseconds time{0};
  };
  std::vector<step> steps_;
};

/// A whole answer with Content-Length. `fields` are raw lines with CRLF.
script answer(std::string_view body, int status = 200, std::string_view fields = {});

/// A whole answer in the chunked coding, a chunk for each of `pieces`.
script chunked_answer(const std::vector<std::string>& pieces, std::string_view fields = {});

struct received_request {
  std::string method;
  std::string target;
  std::string head;  ///< as it came, request line to empty line
  std::string body;
  int connection = 0;                          ///< from 1, in order of acceptance
  std::chrono::steady_clock::time_point at{};  ///< when it had come whole

  /// First field of that name, trimmed; empty when there is none.
  std::string field(std::string_view name) const;
};

/// A scripted HTTP/1.1 server on 127.0.0.1 and a free port, with a thread for each connection. All
/// members may be called from any thread; the destructor ends every connection.
class stub_upstream {
 public:
  stub_upstream();
  explicit stub_upstream(const tls_identity& identity);    ///< speaks TLS
  explicit stub_upstream(const std::string& socket_path);  ///< listens on a Unix socket instead
  ~stub_upstream();
  stub_upstream(const stub_upstream&) = delete;
  stub_upstream& operator=(const stub_upstream&) = delete;

  std::uint16_t port() const noexcept { return port_; }
  std::string url() const;  ///< origin without path

  /// Which script a request gets: the oldest one of `next` that was not used yet; else the one for
  /// its path (without query); else `always` (404 unless set).
  void next(script steps);
  void on(std::string path, script steps);
  void always(script steps);

  /// Ends all connections and refuses new ones, until `serve_again`.
  void refuse();
  void serve_again();

  /// Runs when a connection is accepted, before anything is read.
  void on_connect(script steps);

  int connections() const;
  int closed_by_peer() const;  ///< connections on which the stub has seen the peer's end
  std::vector<received_request> requests() const;

  /// Wait until the count is at least `n`; false when that took more than ten seconds.
  bool await_connections(int n) const;
  bool await_requests(int n) const;
  bool await_closed_by_peer(int n) const;
  bool await_half_closed(int n) const;  ///< connections that a `half_close` has ended
  bool await_ended(
      int n) const;  ///< connections that are closed on the stub's side, for any reason

 private:
  class peer;
  enum class ending { none, ended };

  void listen();
  void accept_loop();
  void serve(int descriptor, int number);
  std::optional<received_request> read_request(peer& from, std::string& buffer);
  script script_for(const received_request& request);
  ending run(const script& steps, peer& with);
  void drain(peer& from);
  template <class Predicate>
  bool await(Predicate predicate) const;

  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::string socket_path_;
  std::shared_ptr<void> tls_;  ///< SSL_CTX
  std::thread acceptor_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  bool stopping_ = false;
  std::vector<std::thread> servers_;
  std::vector<int> open_;
  std::vector<gate> gates_;
  std::vector<script> queue_;
  std::map<std::string, script> by_path_;
  script fallback_ = answer("", 404);
  script greeting_;
  std::vector<received_request> requests_;
  int connections_ = 0;
  int closed_by_peer_ = 0;
  int half_closed_ = 0;
  int ended_ = 0;
};

/// A port of 127.0.0.1 that refuses connections for as long as this lives.
class refusing_port {
 public:
  refusing_port();
  ~refusing_port();
  refusing_port(const refusing_port&) = delete;
  refusing_port& operator=(const refusing_port&) = delete;
  std::uint16_t number() const noexcept { return port_; }

 private:
  int descriptor_;
  std::uint16_t port_;
};

/// A port of 127.0.0.1, or of another host, whose backlog is full, so that connecting to it neither
/// works nor fails.
class silent_port {
 public:
  explicit silent_port(std::uint16_t port = 0, std::uint8_t host = 1);
  ~silent_port();
  silent_port(const silent_port&) = delete;
  silent_port& operator=(const silent_port&) = delete;
  std::uint16_t number() const noexcept { return port_; }

 private:
  int descriptor_;
  std::uint16_t port_;
  std::vector<int> fillers_;
};

/// `stub.always(steps)` as a function, for tables of faults.
inline void always(stub_upstream& stub, script steps) { stub.always(std::move(steps)); }

}  // namespace tributary::tests
