// SPDX-License-Identifier: MIT
#include "http/io/endpoint.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <sys/socket.h>

#include <algorithm>
#include <cstring>

namespace tributary::http::io {

namespace {

namespace ip = boost::asio::ip;

ip::tcp::endpoint internet_endpoint(const endpoint& of) {
  ip::tcp::endpoint result;
  std::memcpy(result.data(), of.data(), std::min(of.size(), result.capacity()));
  return result;
}

}  // namespace

std::string address_text(const endpoint& of) {
  if (is_file(of)) return "unix";
  auto address = internet_endpoint(of).address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    address = ip::make_address_v4(ip::v4_mapped, address.to_v6());
  }
  return address.to_string();
}

std::uint16_t port_of(const endpoint& of) {
  return is_file(of) ? std::uint16_t{0} : internet_endpoint(of).port();
}

endpoint file_endpoint(const std::string& path) {
  return boost::asio::local::stream_protocol::endpoint{path};
}

bool is_file(const endpoint& of) noexcept { return of.data()->sa_family == AF_UNIX; }

}  // namespace tributary::http::io
