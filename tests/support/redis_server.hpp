// SPDX-License-Identifier: MIT
#pragma once

#include "support/stub_tls.hpp"

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tributary::tests {

struct redis_options {
  std::string password = {};                ///< of the default user; empty: none is asked for
  bool tls = false;                         ///< serves `tls_port` too, with a certificate of `name`
  std::string name = "127.0.0.1";           ///< what the certificate is for
  std::string maxmemory = {};               ///< such as `2mb`; beyond it commands answer OOM
  std::vector<std::string> arguments = {};  ///< further ones, such as `--timeout`, `1`
};

/// What Redis answered: the first character of the reply (`+`, `-`, `:`, `$`, `*`, and `_` for
/// nil), its text or number, and the items of an array.
struct redis_answer {
  char type = '_';
  std::string text;
  std::vector<redis_answer> items;
};

/// A real redis-server without persistence on a free port of 127.0.0.1, in a directory of its own.
/// It ends with this object, and with the thread that made it, however that ends.
///
/// Everything here blocks, for a few seconds at most, and throws std::runtime_error that says why:
/// most of all when there is no redis-server in PATH or /usr/bin.
class redis_server {
 public:
  /// Returns when it answers commands.
  explicit redis_server(redis_options options = {});
  ~redis_server();
  redis_server(const redis_server&) = delete;
  redis_server& operator=(const redis_server&) = delete;

  std::uint16_t port() const noexcept { return port_; }
  std::uint16_t tls_port() const noexcept { return tls_port_; }

  /// The CA to trust, with `tls`.
  const std::string& ca_file() const { return identity_->certificate_file(); }

  void kill();              ///< SIGKILL, and waits for its end; nothing when it is dead
  void stop_process();      ///< SIGSTOP: connections stay open and nothing is answered
  void continue_process();  ///< SIGCONT
  void restart();           ///< kills, and starts anew, empty, on the same ports

  /// One command on a connection of its own, past AUTH.
  redis_answer command(const std::vector<std::string>& arguments);

 private:
  void start();
  bool started();
  bool exited();
  void choose_ports();
  std::vector<std::string> command_line() const;
  std::string log() const;

  redis_options options_;
  std::unique_ptr<tls_identity> identity_;
  std::string directory_;
  std::uint16_t port_ = 0;
  std::uint16_t tls_port_ = 0;
  pid_t process_ = -1;
};

}  // namespace tributary::tests
