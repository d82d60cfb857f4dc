// SPDX-License-Identifier: MIT
#include "config/sections/tables.hpp"

namespace tributary::config {

using namespace std::chrono_literals;

namespace {

table<request_limits> limit_keys() {
  using s = request_limits;
  return {
      key("request_line", &s::request_line, bytes(256, 64 * kib),
          "Longest request line; a longer one is answered 414."),
      key("headers", &s::headers, bytes(kib, mib),
          "All header fields of a request together; more is answered 431."),
      key("header_count", &s::header_count, count(8, 1000),
          "Header fields of a request; more is answered 431."),
      key("body", &s::body, bytes(0, gib), "Body of a request; a larger one is answered 413."),
  };
}

}  // namespace

codec<unsigned> socket_mode() {
  return choice<unsigned>({{"0600", 0600}, {"0660", 0660}, {"0666", 0666}});
}

table<server_settings> server_keys() {
  using s = server_settings;
  return {
      key("address", &s::address, text("address"),
          "That clients connect to: an IP address, or `unix:/path` of a Unix socket. A socket that "
          "nobody accepts on is removed from there at the start; any other file ends it."),
      key("port", &s::port, port_number(),
          "Port of the IP address; 0 takes a free one and logs it."),
      key("socket_mode", &s::socket_mode, socket_mode(),
          "Permissions of the Unix socket: who may write to it may connect."),
      key("limits", &s::limits, object(limit_keys()), "What a request may weigh."),
      key("max_connections", &s::max_connections, count(1, 1'000'000),
          "Open client connections; one more is accepted and closed at once."),
      key("max_in_flight", &s::max_in_flight, count(1, 1'000'000),
          "Requests in work, streams and waiting ones aside; one more is answered 503 with "
          "`Retry-After: 1`."),
      key("pipeline_depth", &s::pipeline_depth, count(1, 1000),
          "Requests of one connection read ahead of their answers."),
      key("header_timeout", &s::header_timeout, duration(100ms, 5min),
          "From the first byte of a request to the end of its header; later is answered 408."),
      key("idle_timeout", &s::idle_timeout, duration(100ms, 1h),
          "Between two requests of a connection, which is then closed."),
      key("write_timeout", &s::write_timeout, duration(100ms, 1h),
          "How long a client may take nothing of an answer that waits for it; then closed."),
      key("write_min_rate", &s::write_min_rate, bytes(1, gib),
          "Bytes a second that a client takes of an answer that waits for it, on average over "
          "`write_timeout`; slower is closed."),
      key("body_min_rate", &s::body_min_rate, bytes(1, gib),
          "Bytes a second at which a body must arrive; slower is answered 408."),
      key("drain_delay", &s::drain_delay, duration(0ms, 10min),
          "Between SIGTERM and the closing of the listeners, with `/readyz` at 503."),
      key("drain_timeout", &s::drain_timeout, duration(0ms, 1h),
          "For requests in flight at shutdown; then they are cut off."),
  };
}

}  // namespace tributary::config
