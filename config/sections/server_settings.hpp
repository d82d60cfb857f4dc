// SPDX-License-Identifier: MIT
#pragma once

#include "config/milliseconds.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace tributary::config {

/// Limits of what a client may send.
struct request_limits {
  std::size_t request_line = 8 * 1024;  ///< bytes; over: 414
  std::size_t headers = 16 * 1024;      ///< bytes of all header fields; over: 431
  std::size_t header_count = 100;       ///< fields; over: 431
  std::size_t body = 1024 * 1024;       ///< bytes; over: 413
};

/// One listening HTTP server.
struct server_settings {
  std::string address = "0.0.0.0";  ///< or `unix:/path`
  std::uint16_t port = 8080;        ///< 0 takes a free port; the log names it
  unsigned socket_mode = 0660;      ///< permissions of the file at `unix:/path`
  request_limits limits;
  std::size_t max_connections = 20'000;  ///< open sockets; over: accepted and closed at once
  std::size_t max_in_flight = 10'000;    ///< requests being answered; over: 503, Retry-After: 1
  std::size_t pipeline_depth = 16;       ///< requests of one connection read ahead of their answers
  milliseconds header_timeout{5'000};    ///< first byte of a request to the end of its header; 408
  milliseconds idle_timeout{60'000};     ///< between two requests of a connection; closed
  milliseconds write_timeout{30'000};    ///< without taking anything of an answer; closed
  std::size_t write_min_rate = 1024;     ///< bytes a second of an answer that waits; closed
  std::size_t body_min_rate = 1024;      ///< bytes a second while a body is read; 408
  milliseconds drain_delay{0};           ///< between SIGTERM and closing the listeners
  milliseconds drain_timeout{30'000};    ///< for requests in flight at shutdown
};

}  // namespace tributary::config
