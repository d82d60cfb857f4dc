// SPDX-License-Identifier: MIT
#include "http/wire/origin.hpp"

#include "http/wire/characters.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>

namespace tributary::http::wire {

namespace {

struct host_and_port {
  std::string_view host;  ///< an IPv6 address within its brackets
  std::string_view port;  ///< empty: none
};

host_and_port split(std::string_view authority) noexcept {
  const auto bracket = authority.rfind(']');
  const auto colon = authority.find(':', bracket == authority.npos ? 0 : bracket);
  if (colon == authority.npos) return {authority, {}};
  return {authority.substr(0, colon), authority.substr(colon + 1)};
}

/// The bytes of an address that inet_pton reads; false for any other text.
template <std::size_t Size>
bool read_address(int family, std::string_view text, std::array<unsigned char, Size>& to) noexcept {
  char terminated[INET6_ADDRSTRLEN] = {};
  if (text.size() >= sizeof terminated) return false;
  std::copy(text.begin(), text.end(), terminated);
  return ::inet_pton(family, terminated, to.data()) == 1;
}

bool is_loopback_ipv6(std::string_view bracketed) noexcept {
  if (bracketed.size() < 2 || bracketed.back() != ']') return false;
  std::array<unsigned char, 16> address{};
  if (!read_address(AF_INET6, bracketed.substr(1, bracketed.size() - 2), address)) return false;
  std::array<unsigned char, 16> loopback{};
  loopback.back() = 1;
  return address == loopback;
}

bool is_local_name(std::string_view name) noexcept {
  constexpr std::string_view local = "localhost";
  if (!name.empty() && name.back() == '.') name.remove_suffix(1);
  if (name.size() < local.size()) return false;
  const auto above = name.size() - local.size();
  return same_without_case(name.substr(above), local) && (above == 0 || name[above - 1] == '.');
}

}  // namespace

bool is_loopback_authority(std::string_view authority) noexcept {
  const auto host = split(authority).host;
  if (!host.empty() && host.front() == '[') return is_loopback_ipv6(host);
  std::array<unsigned char, 4> address{};
  if (read_address(AF_INET, host, address)) return address.front() == 127;
  return is_local_name(host);
}

bool is_same_origin(std::string_view origin, std::string_view authority) noexcept {
  const auto mark = origin.find("://");
  if (mark == origin.npos) return false;
  const auto scheme = origin.substr(0, mark);
  const auto secure = same_without_case(scheme, "https");
  if (!secure && !same_without_case(scheme, "http")) return false;
  const auto from = split(origin.substr(mark + 3));
  const auto to = split(authority);
  const std::string_view usual = secure ? "443" : "80";
  const auto port = [&](std::string_view given) { return given.empty() ? usual : given; };
  return !to.host.empty() && same_without_case(from.host, to.host) &&
         port(from.port) == port(to.port);
}

}  // namespace tributary::http::wire
