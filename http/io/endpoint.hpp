// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/generic/stream_protocol.hpp>

#include <cstdint>
#include <string>

namespace tributary::http::io {

/// An address to connect to or to listen on, of whatever family: IPv4, IPv6 or a Unix socket.
using endpoint = boost::asio::generic::stream_protocol::endpoint;

/// The IP address in numbers, without the port, IPv4 as such also where it is mapped into IPv6;
/// `unix` for a Unix socket.
std::string address_text(const endpoint& of);

/// 0 for a Unix socket.
std::uint16_t port_of(const endpoint& of);

/// A Unix socket.
/// @param path absolute, at most 107 bytes, which is what an address has room for
endpoint file_endpoint(const std::string& path);

bool is_file(const endpoint& of) noexcept;

}  // namespace tributary::http::io
