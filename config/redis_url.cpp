// SPDX-License-Identifier: MIT
#include "config/redis_url.hpp"

#include "config/url.hpp"
#include "config/url_parts.hpp"

#include <boost/url.hpp>
#include <charconv>

namespace tributary::config {

namespace urls = boost::urls;

namespace {

/// Redis itself has 16 databases unless told otherwise, and takes any number that an int holds.
constexpr unsigned max_database = 2'147'483'647;

/// RFC 3986, section 3.1: case does not count.
bool has_scheme(const urls::url_view& url, const char* name) {
  return urls::grammar::ci_is_equal(url.scheme(), name);
}

std::string judge_redis_parts(const urls::url_view& url) {
  if (!has_scheme(url, "redis") && !has_scheme(url, "rediss")) {
    return "expected a `redis://` or `rediss://` URL";
  }
  if (auto wrong = judge_url_parts(url); !wrong.empty()) return wrong;
  const auto userinfo = url.encoded_userinfo();
  if (!userinfo.empty() && url.encoded_password().empty()) {
    return "the URL has a user name and no password";
  }
  return {};
}

bool read_database(std::string_view path, unsigned& database) {
  database = 0;
  if (!path.empty()) path.remove_prefix(1);
  if (path.empty()) return true;
  const auto* end = path.data() + path.size();
  const auto [stop, failed] = std::from_chars(path.data(), end, database);
  return failed == std::errc{} && stop == end && database <= max_database;
}

}  // namespace

std::optional<redis_address> parse_redis_url(std::string_view text, std::string& error) {
  const auto parsed = urls::parse_uri({text.data(), text.size()});
  if (parsed.has_error()) {
    error = "not a URL such as `redis://host:6379/0`";
    return std::nullopt;
  }
  const urls::url_view url = *parsed;
  error = judge_redis_parts(url);
  if (!error.empty()) return std::nullopt;
  redis_address result;
  result.tls = has_scheme(url, "rediss");
  const auto host = url.host_address();
  result.host.assign(host.data(), host.size());
  if (!is_host(result.host)) error = "the host has characters that no host name has";
  if (url.port_number() != 0) result.port = url.port_number();
  result.user = url.user();
  result.password = url.password();
  const auto path = url.encoded_path();
  if (!read_database({path.data(), path.size()}, result.database)) {
    error = "the database is not a number such as in `/0`";
  }
  if (!error.empty()) return std::nullopt;
  return result;
}

}  // namespace tributary::config
