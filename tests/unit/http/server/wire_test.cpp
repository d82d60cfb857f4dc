// SPDX-License-Identifier: MIT
#include "http/wire/content_coding.hpp"
#include "http/wire/via.hpp"
#include "support/gateway_fixture.hpp"

#include <catch2/catch.hpp>

#include <string>

/// What clients and upstreams really send, through a whole gateway.
namespace tributary::tests {

namespace {

/// `/e` of the one part `p`, which passes the query `q`, the field X-List and an Accept of its own.
config::settings one_part(const stub_upstream& upstream, const std::string& more = "") {
  return configured(R"({ "upstreams": { "u": { "url": ")" + upstream.url() + R"(" } },
    "endpoints": { "e": { "path": "/e",
      "parameters": { "q": {}, "X-List": { "in": "header" } },
      "parts": { "p": { "upstream": "u", "path": "/p", "query": { "q": "{q}" },
        "headers": { "X-List": "{X-List}", "accept": "application/vnd.x+json" })" +
                    more + R"( } } } } })");
}

std::size_t count_of(const std::string& text, std::string_view what) {
  std::size_t result = 0;
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++result;
  return result;
}

}  // namespace

TEST_CASE("an upstream without content makes a complete answer", "[wire]") {
  stub_upstream upstream;
  running_gateway gateway{one_part(upstream)};
  for (const auto& silent :
       {script{}.send("HTTP/1.1 204 No Content\r\n\r\n"), answer("", 205), answer("")}) {
    upstream.next(silent);
    const auto got = gateway.get("/e");
    CHECK(status_of(got) == 200);
    CHECK(body_of(got) == R"({"p":null})");
    CHECK(header_of(got, "Aggregate-Complete") == "?1");
  }
  running_gateway with_default{one_part(upstream, R"(, "required": false, "default": [])")};
  upstream.next(answer("", 204));
  CHECK(body_of(with_default.get("/e")) == R"({"p":[]})");
}

TEST_CASE("marked and packed answers are read, and others told by their name", "[wire]") {
  stub_upstream upstream;
  running_gateway gateway{one_part(upstream)};
  upstream.next(answer("\xef\xbb\xbf{\"v\":1}"));
  CHECK(body_of(gateway.get("/e")) == R"({"p":{"v":1}})");
  upstream.next(answer(http::wire::gzip(R"({"v":2})"), 200, "Content-Encoding: gzip\r\n"));
  CHECK(body_of(gateway.get("/e")) == R"({"p":{"v":2}})");
  upstream.next(answer("xx", 200, "Content-Encoding: br\r\n"));
  CHECK(has(header_of(gateway.get("/e"), "Aggregate-Status"),
            "p;error=http_protocol_error;detail=content_encoding_br;status=200"));
  upstream.next(answer("{}", 200, "Content-Type: application/json; charset=iso-8859-1\r\n"));
  CHECK(has(header_of(gateway.get("/e"), "Aggregate-Status"), "detail=charset_not_utf8"));
}

TEST_CASE("what goes upstream means what came in", "[wire]") {
  stub_upstream upstream;
  upstream.always(answer("1"));
  running_gateway gateway{one_part(upstream)};
  gateway.get("/e?q=new+york%2Bx&filter[name]={x}|^`\\", "X-List: de\r\nx-list: en\r\n");
  gateway.get("/e?q=a[b]|^{}`\\");
  gateway.get("http://other.example:8080/e?q=1");
  const auto requests = upstream.requests();
  REQUIRE(requests.size() == 3);
  CHECK(requests[0].target == "/p?q=new%20york%2Bx");
  CHECK(requests[0].field("X-List") == "de, en");
  CHECK(requests[0].field("Accept") == "application/vnd.x+json");
  CHECK(count_of(requests[0].head, "ccept: ") == 1);
  CHECK(requests[0].field("Via") == http::wire::own_via());
  CHECK(requests[1].target == "/p?q=a%5Bb%5D%7C%5E%7B%7D%60%5C");
  CHECK(requests[2].target == "/p?q=1");
}

TEST_CASE("a request that this process has sent itself is a loop", "[wire]") {
  stub_upstream upstream;
  running_gateway gateway{one_part(upstream)};
  const auto via = std::string{http::wire::own_via()};
  const auto got = gateway.get("/e", "Via: 1.1 other\r\nVia: 1.0 x, " + via + "\r\n");
  CHECK(status_of(got) == 508);
  CHECK(header_of(got, "Proxy-Status") == "tributary; error=proxy_loop_detected");
  CHECK(has(body_of(got), R"("code":"LOOP_DETECTED")"));
  CHECK(upstream.requests().empty());
  upstream.always(answer("1"));
  CHECK(status_of(gateway.get("/e", "Via: 1.1 tributary-00000000x\r\n")) == 200);
}

TEST_CASE("metrics come in the format and coding that are asked for", "[wire][metrics]") {
  stub_upstream upstream;
  running_gateway gateway{one_part(upstream)};
  const auto plain = gateway.admin("GET", "/metrics");
  CHECK(header_of(plain, "Content-Type") == "text/plain; version=0.0.4; charset=utf-8");
  CHECK_FALSE(has(body_of(plain), "# EOF"));
  const auto open = gateway.admin(
      "GET", "/metrics",
      "Accept: application/openmetrics-text;version=1.0.0;q=0.75,text/plain;version=0.0.4;q=0.5\r\n"
      "Accept-Encoding: deflate, gzip\r\n");
  CHECK(header_of(open, "Content-Type") ==
        "application/openmetrics-text; version=1.0.0; charset=utf-8");
  CHECK(header_of(open, "Content-Encoding") == "gzip");
  const auto text = http::wire::unpack("gzip", body_of(open), 1'000'000).bytes;
  CHECK(text.ends_with("\n# EOF\n"));
  CHECK(has(text, "# TYPE tributary_shed counter\n"));
  CHECK(has(text, "\ntributary_shed_total{"));
}

TEST_CASE("redirects are followed where the upstream says so, three times on its own origin",
          "[wire]") {
  stub_upstream upstream;
  const auto to = [](const std::string& where) {
    return answer("", 302, "Location: " + where + "\r\n");
  };
  auto settings = one_part(upstream);
  running_gateway strict{settings};
  upstream.next(to("/1"));
  CHECK(has(header_of(strict.get("/e"), "Aggregate-Status"),
            "error=http_response_status;status=302"));
  settings.upstreams.front().follow_redirects = true;
  running_gateway gateway{settings};
  upstream.next(to("/1?a=b"));
  upstream.next(to(upstream.url() + "/2"));
  upstream.next(to("3"));
  upstream.next(answer("7"));
  const auto got = gateway.get("/e");
  CHECK(body_of(got) == R"({"p":7})");
  const auto requests = upstream.requests();
  REQUIRE(requests.size() == 5);
  CHECK(requests[2].target == "/1?a=b");
  CHECK(requests[3].target == "/2");
  CHECK(requests[4].target == "/3");
  CHECK(requests[4].field("Accept") == "application/vnd.x+json");
  upstream.always(to("/again"));
  CHECK(has(header_of(gateway.get("/e"), "Aggregate-Status"), "status=302"));
  CHECK(upstream.requests().size() == 9);
  upstream.always(to("http://127.0.0.1:1/"));
  CHECK(has(header_of(gateway.get("/e"), "Aggregate-Status"), "status=302"));
  CHECK(upstream.requests().size() == 10);
}

TEST_CASE("a pause until a date is as long as the sender's own clock says", "[wire]") {
  stub_upstream upstream;
  running_gateway gateway{one_part(upstream)};
  upstream.next(answer("", 503,
                       "Date: Thu, 01 Jan 2037 00:00:00 GMT\r\n"
                       "Retry-After: Thu, 01 Jan 2037 00:00:07 GMT\r\n"));
  CHECK(header_of(gateway.get("/e"), "Retry-After") == "7");
}

TEST_CASE("the root names the product and its routes unless an endpoint is there", "[wire]") {
  stub_upstream upstream;
  upstream.always(answer("1"));
  auto settings = one_part(upstream);
  running_gateway gateway{settings};
  const auto got = gateway.get("/");
  CHECK(status_of(got) == 200);
  CHECK(header_of(got, "Content-Type") == "application/json");
  CHECK(has(body_of(got), R"({"product":"tributary","version":")"));
  CHECK(has(body_of(got), R"({"method":"GET","path":"/e","summary":)"));
  alter_endpoint(settings, [](auto& endpoint) { endpoint.path = "/"; });
  running_gateway other{settings};
  CHECK(body_of(other.get("/")) == R"({"p":1})");
}

}  // namespace tributary::tests
