// SPDX-License-Identifier: MIT
#include "support/raw_client.hpp"
#include "support/test_server.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <vector>

namespace tributary::tests {

using http::server::make_response;
using http::server::request;
using http::server::responder;

namespace {

std::shared_ptr<http::server::router> echo_routes() {
  auto routes = std::make_shared<http::server::router>();
  const auto echo = [](const request& asked, responder answer) {
    std::move(answer).respond(make_response(200, "text/plain", asked.body));
  };
  routes->add(http::server::method::get, "/", echo);
  routes->add(http::server::method::post, "/", echo);
  return routes;
}

struct refused_row {
  const char* what;
  std::string bytes;
  int status;
};

std::string get_with(const std::string& fields) {
  return "GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}

std::string chunked(const std::string& body) {
  return "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body;
}

std::string with_target(const std::string& target) {
  return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n";
}

const std::vector<refused_row>& refused_rows() {
  static const std::vector<refused_row> rows = {
      {"Content-Length and Transfer-Encoding",
       "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: "
       "chunked\r\n\r\n0\r\n\r\n",
       400},
      {"the same in the other order",
       "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: "
       "5\r\n\r\n0\r\n\r\n",
       400},
      {"Content-Length twice", get_with("Content-Length: 0\r\nContent-Length: 1\r\n"), 400},
      {"equal Content-Length twice", get_with("Content-Length: 0\r\ncontent-length: 0\r\n"), 400},
      {"a list as Content-Length", get_with("Content-Length: 0, 0\r\n"), 400},
      {"a signed Content-Length", get_with("Content-Length: +1\r\n"), 400},
      {"a negative Content-Length", get_with("Content-Length: -1\r\n"), 400},
      {"a space in Content-Length", get_with("Content-Length: 1 0\r\n"), 400},
      {"an empty Content-Length", get_with("Content-Length: \r\n"), 400},
      {"a hexadecimal Content-Length", get_with("Content-Length: 0x1\r\n"), 400},
      {"a Content-Length beyond 64 bits", get_with("Content-Length: 18446744073709551616\r\n"),
       400},
      {"a folded line", get_with("X: a\r\n b\r\n"), 400},
      {"a folded line by tab", get_with("X: a\r\n\tb\r\n"), 400},
      {"a fold right after the request line", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400},
      {"a bare line feed", "GET / HTTP/1.1\r\nHost: a\n\r\n", 400},
      {"bare line feeds only", "GET / HTTP/1.1\nHost: a\n\n", 400},
      {"a bare carriage return", "GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n", 400},
      {"white space before the colon", get_with("X : a\r\n"), 400},
      {"a tab before the colon", get_with("X\t: a\r\n"), 400},
      {"white space within a name", get_with("X Y: a\r\n"), 400},
      {"an empty name", get_with(": a\r\n"), 400},
      {"no colon", get_with("hello\r\n"), 400},
      {"a name that is not a token", get_with("X(Y): a\r\n"), 400},
      {"a non-ASCII name", get_with("X\xc3\xa4: a\r\n"), 400},
      {"NUL in a value", get_with(std::string("X: a\0b\r\n", 8)), 400},
      {"a control character in a value", get_with("X: a\x01\r\n"), 400},
      {"DEL in a value", get_with("X: a\x7f\r\n"), 400},
      {"an unknown transfer coding", get_with("Transfer-Encoding: gzip\r\n"), 400},
      {"another coding and chunked", get_with("Transfer-Encoding: deflate, chunked\r\n"), 501},
      {"chunked and another coding", get_with("Transfer-Encoding: chunked, gzip\r\n"), 400},
      {"another coding and chunked twice",
       get_with("Transfer-Encoding: chunked, gzip, chunked\r\n"), 400},
      {"user information in an absolute form", with_target("http://u@a/"), 400},
      {"chunked twice in a list", get_with("Transfer-Encoding: chunked, chunked\r\n"), 400},
      {"Transfer-Encoding twice",
       get_with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400},
      {"a disguised chunked",
       get_with("Transfer-Encoding: \x0b"
                "chunked\r\n"),
       400},
      {"chunked with a parameter", get_with("Transfer-Encoding: chunked;x=1\r\n"), 400},
      {"a quoted chunked", get_with("Transfer-Encoding: \"chunked\"\r\n"), 400},
      {"an empty Transfer-Encoding", get_with("Transfer-Encoding:\r\n"), 400},
      {"identity", get_with("Transfer-Encoding: identity\r\n"), 400},
      {"Transfer-Encoding in HTTP/1.0",
       "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"a quote in Connection", get_with("Connection: keep-alive,\" close\r\n"), 400},
      {"no Host", "GET / HTTP/1.1\r\n\r\n", 400},
      {"two Hosts", get_with("Host: a\r\n"), 400},
      {"an empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 400},
      {"a Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
      {"a Host with user information", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400},
      {"a Host with a bad port", "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", 400},
      {"a Host with a space", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
      {"an open bracket in Host", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 400},
      {"non-ASCII in the target", with_target("/\xc3\xa4"), 400},
      {"a fragment", with_target("/a#b"), 400},
      {"a space in the target", with_target("/a b"), 400},
      {"a tab in the request line", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"two spaces in the request line", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"a bad escape", with_target("/%zz"), 400},
      {"a cut escape", with_target("/a%2"), 400},
      {"a quote in the target", with_target("/\"a\""), 400},
      {"an absolute form of another scheme", with_target("ftp://a/"), 400},
      {"authority-form", "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"asterisk-form with GET", with_target("*"), 400},
      {"no leading slash", with_target("a"), 400},
      {"HTTP/0.9", "GET /\r\n\r\n", 400},
      {"no method", " / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"a method that is no token", "G@T / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"lower-case http", "GET / http/1.1\r\nHost: a\r\n\r\n", 400},
      {"a version with text behind", "GET / HTTP/1.1x\r\nHost: a\r\n\r\n", 400},
      {"a version with two digits", "GET / HTTP/1.10\r\nHost: a\r\n\r\n", 400},
      {"HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505},
      {"HTTP/2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
      {"HTTP/2's preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"HTTP/0.9 in figures", "GET / HTTP/0.9\r\nHost: a\r\n\r\n", 505},
      {"a TLS hello", std::string("\x16\x03\x01\x02\x00\x01\x00\x01", 8), 400},
      {"plain text", "hello\r\n", 400},
      {"an endless stream of words", std::string(9000, 'a'), 414},
      {"two empty lines before", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"a long request line", with_target("/" + std::string(8192, 'a')), 414},
      {"a large header", get_with("X: " + std::string(16384, 'a') + "\r\n"), 431},
      {"a large header without an end",
       "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(17000, 'a'), 431},
      {"a large body", get_with("Content-Length: 1048577\r\n"), 413},
      {"a chunk size with a sign", chunked("+5\r\nhello\r\n0\r\n\r\n"), 400},
      {"a negative chunk size", chunked("-5\r\nhello\r\n0\r\n\r\n"), 400},
      {"a chunk size with 0x", chunked("0x5\r\nhello\r\n0\r\n\r\n"), 400},
      {"a chunk size beyond 64 bits", chunked("10000000000000005\r\nhello\r\n0\r\n\r\n"), 400},
      {"a chunk size with a space behind", chunked("5 \r\nhello\r\n0\r\n\r\n"), 400},
      {"a chunk size with a space before", chunked(" 5\r\nhello\r\n0\r\n\r\n"), 400},
      {"a space before an extension", chunked("5 ;a\r\nhello\r\n0\r\n\r\n"), 400},
      {"no chunk size", chunked("\r\nhello\r\n0\r\n\r\n"), 400},
      {"an extension without a size", chunked(";a\r\nhello\r\n0\r\n\r\n"), 400},
      {"a chunk size that is a word", chunked("five\r\nhello\r\n0\r\n\r\n"), 400},
      {"a bare line feed behind a chunk size", chunked("5\nhello\r\n0\r\n\r\n"), 400},
      {"a bare line feed in an extension", chunked("5;a\nhello\r\n0\r\n\r\n"), 400},
      {"a chunk longer than said", chunked("4\r\nhello\r\n0\r\n\r\n"), 400},
      {"a chunk that ends in a bare line feed", chunked("5\r\nhello\n0\r\n\r\n"), 400},
      {"a long extension", chunked("5;" + std::string(300, 'a') + "\r\nhello\r\n0\r\n\r\n"), 400},
      {"a folded trailer", chunked("0\r\nX: a\r\n b: c\r\n\r\n"), 400},
      {"a trailer without a colon", chunked("0\r\nX\r\n\r\n"), 400},
      {"a bare line feed in a trailer", chunked("0\r\nX: a\n\r\n"), 400},
      {"large trailers", chunked("0\r\nX: " + std::string(17000, 'a') + "\r\n\r\n"), 431},
      {"chunks larger than the body limit", chunked("100001\r\n"), 413},
  };
  return rows;
}

std::string many_fields(int count) {
  std::string fields;
  for (int i = 0; i < count; ++i) fields += "X: a\r\n";
  return get_with(fields);
}

}  // namespace

TEST_CASE("what is not a clean request is refused with problem details and a closed connection") {
  test_server server(echo_routes());
  for (const auto& row : refused_rows()) {
    CAPTURE(row.what);
    raw_client client(server.port());
    // What follows must never be taken for a request: that would be smuggling.
    client.send(row.bytes + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
    const auto answer = client.read_answer();
    CHECK(status_of(answer) == row.status);
    CHECK(header_of(answer, "Content-Type") == "application/problem+json");
    CHECK(header_of(answer, "Connection") == "close");
    CHECK(header_of(answer, "X-Request-Id").size() == 32);
    CHECK(body_of(answer).find("\"error\":{\"code\":") != std::string::npos);
    CHECK(client.read_to_end().empty());
    CHECK(client.closed());
  }
  for (const auto& entry : server.observer.entries()) CHECK(entry.route == request::no_route);
}

TEST_CASE("a refusal is the same when the bytes come one by one") {
  test_server server(echo_routes());
  for (const auto& row : refused_rows()) {
    if (row.bytes.size() > 200) continue;
    CAPTURE(row.what);
    raw_client client(server.port());
    for (const char c : row.bytes) {
      if (!client.send(std::string_view(&c, 1))) break;
    }
    CHECK(status_of(client.read_answer()) == row.status);
  }
}

TEST_CASE("as many fields as allowed are taken, and one more is not") {
  test_server server(echo_routes());
  raw_client taken(server.port());
  taken.send(many_fields(99));
  CHECK(status_of(taken.read_answer()) == 200);
  raw_client refused(server.port());
  refused.send(many_fields(100));
  CHECK(status_of(refused.read_answer()) == 431);
}

TEST_CASE("requests at the edge of what is allowed are served") {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", ""},
      {"GET /?a=%20b/?:@!$&'()*+,;=-._~ HTTP/1.1\r\nHost: a\r\n\r\n", ""},
      {"GET / HTTP/1.1\r\nhOsT:\t[::1]:8080 \r\n\r\n", ""},
      {"GET / HTTP/1.1\r\nHost: a.example:80\r\nX:\r\nY: caf\xe9\ttab\r\n\r\n", ""},
      {"GET / HTTP/1.0\r\n\r\n", ""},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 005\r\n\r\nhello", "hello"},
      {chunked("5\r\nhello\r\n0\r\n\r\n"), "hello"},
      {chunked("5;ext=\"a;b\"\r\nhello\r\n1\r\n!\r\n000\r\nX: y\r\n\r\n"), "hello!"},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
       "Chunked\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n",
       "0123456789"},
  };
  test_server server(echo_routes());
  for (const auto& [bytes, body] : rows) {
    CAPTURE(bytes);
    raw_client at_once(server.port());
    at_once.send(bytes);
    const auto answer = at_once.read_answer();
    CHECK(status_of(answer) == 200);
    CHECK(body_of(answer) == body);
    raw_client in_pieces(server.port());
    for (const char c : bytes) in_pieces.send(std::string_view(&c, 1));
    CHECK(body_of(in_pieces.read_answer()) == body);
  }
}

TEST_CASE("a request that ends within itself is told so on the side that is still open") {
  test_server server(echo_routes());
  for (const auto* cut :
       {"GET / HTTP/1.1\r\nHost:", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe"}) {
    raw_client client(server.port());
    client.send(cut);
    client.finish_sending();
    CHECK(status_of(client.read_to_end()) == 400);
    CHECK(client.closed());
  }
}

}  // namespace tributary::tests
