// SPDX-License-Identifier: MIT
#include "providers/mock/wire/loopback_url.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace tributary::providers::mock {

namespace asio = boost::asio;
namespace urls = boost::urls;

namespace {

constexpr std::uint16_t http_port = 80;

/// The address of a host, where it is one of this machine.
std::optional<asio::ip::address> loopback_of(const urls::url_view& url) {
  asio::ip::address result;
  if (url.host_type() == urls::host_type::ipv4) {
    result = asio::ip::address_v4{url.host_ipv4_address().to_uint()};
  } else if (url.host_type() == urls::host_type::ipv6) {
    result = asio::ip::address_v6{url.host_ipv6_address().to_bytes()};
  } else if (url.host_name() == "localhost") {
    result = asio::ip::address_v4::loopback();
  }
  if (!result.is_loopback()) return std::nullopt;
  return result;
}

}  // namespace

std::optional<loopback_url> parse_loopback_url(std::string_view text) {
  const auto parsed = urls::parse_uri({text.data(), text.size()});
  if (!parsed || parsed->scheme_id() != urls::scheme::http || parsed->has_userinfo()) {
    return std::nullopt;
  }
  const auto address = loopback_of(*parsed);
  const auto port =
      parsed->has_port() && !parsed->port().empty() ? parsed->port_number() : http_port;
  if (!address || port == 0) return std::nullopt;
  loopback_url result;
  result.endpoint = {*address, port};
  const auto host = parsed->encoded_host_and_port();
  result.host.assign(host.data(), host.size());
  const auto target = parsed->encoded_target();
  result.target.assign(target.data(), target.size());
  if (!result.target.starts_with('/')) result.target.insert(0, 1, '/');
  return result;
}

}  // namespace tributary::providers::mock
