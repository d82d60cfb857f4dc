// SPDX-License-Identifier: MIT
#include "http/server/head_parser.hpp"

#include "http/wire/characters.hpp"
#include "http/wire/target.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include <cstdint>
#include <limits>

namespace tributary::http::server {

namespace {

namespace beast = boost::beast;

std::string_view to_view(beast::string_view text) noexcept { return {text.data(), text.size()}; }

/// Collects views where Beast's own parser copies each field into a container.
class field_collector final : public beast::http::basic_parser<true> {
 public:
  explicit field_collector(request& into) : into_(into) {
    header_limit(std::numeric_limits<std::uint32_t>::max());  // the judge has limited it already
    body_limit(boost::none);
  }

 private:
  using error_code = beast::error_code;

  void on_request_impl(beast::http::verb, beast::string_view name, beast::string_view target, int,
                       error_code&) override {
    into_.method_name = to_view(name);
    into_.method = to_method(into_.method_name);
    into_.is_head = into_.method == method::head;
    into_.target = to_view(target);
  }
  void on_response_impl(int, beast::string_view, int, error_code&) override {}
  void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value,
                     error_code&) override {
    into_.headers.push_back({to_view(name), wire::trim(to_view(value))});
  }
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(beast::string_view, error_code&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view, error_code&) override {
    return 0;
  }
  void on_finish_impl(error_code&) override {}

  request& into_;
};

/// The authority of a target in absolute form takes the place of Host, whatever that says.
void name_host(request& asked, std::string_view authority) {
  for (auto& field : asked.headers) {
    if (!request::same_field_name(field.name, "host")) continue;
    field.value = authority;
    return;
  }
  asked.headers.push_back({"Host", authority});
}

}  // namespace

bool parse_head(std::string_view head, request& into) {
  field_collector parser(into);
  beast::error_code error;
  parser.put(boost::asio::const_buffer(head.data(), head.size()), error);
  if (error || !parser.is_header_done()) return false;
  if (const auto parts = wire::parse_request_target(into.target)) {
    into.path = parts->origin.path;
    into.query = parts->origin.query;
    if (!parts->authority.empty()) name_host(into, parts->authority);
  }
  return true;
}

}  // namespace tributary::http::server
