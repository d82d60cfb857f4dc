// SPDX-License-Identifier: MIT
#include "support/eventually.hpp"
#include "support/raw_client.hpp"
#include "support/test_server.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tributary::tests {

using http::server::make_response;
using http::server::method;
using http::server::request;
using http::server::responder;
using http::server::response;
using http::server::stream;
using http::server::stream_end;
using http::wire::byte_slice;
using http::wire::shared_bytes;

namespace {

byte_slice slice(std::string_view text) { return byte_slice{shared_bytes{text}}; }

response text_head() {
  response head;
  head.content_type = "text/plain";
  return head;
}

/// A server whose `/stream` keeps what it is given, to be written by the test on the loop.
class streaming {
 public:
  explicit streaming(config::server_settings settings = {}) : server_(routes(), settings) {}

  test_server& server() noexcept { return server_; }
  bool opened(int count = 1) {
    return eventually([&] { return opened_ == count; });
  }
  int ended(stream_end why) const { return ends_.at(static_cast<std::size_t>(why)); }
  void drop_parked() {
    server_.run_on_loop([this] { const auto dropped = std::move(parked_); });
  }
  /// @returns whether there is something to be written
  bool stream_parked() {
    auto result = false;
    server_.run_on_loop([&] { result = bool{std::move(parked_).start_stream(text_head())}; });
    return result;
  }
  bool has_parked() const { return has_parked_; }

  void on_loop(std::function<void(stream&)> act, std::size_t which = 0) {
    server_.run_on_loop([&] { act(*streams_.at(which)); });
  }
  void write(std::string_view text, std::size_t which = 0) {
    on_loop([&](stream& to) { to.write(slice(text)); }, which);
  }
  void finish(std::size_t which = 0) {
    on_loop([](stream& to) { to.finish(); }, which);
  }
  std::size_t backlog() {
    std::size_t size = 0;
    on_loop([&](stream& of) { size = of.backlog(); });
    return size;
  }

 private:
  std::shared_ptr<http::server::router> routes() {
    auto made = std::make_shared<http::server::router>();
    made->add(method::get, "/stream",
              [this](const request&, responder answer) { open(std::move(answer)); });
    made->add(method::get, "/now", [](const request&, responder answer) {
      std::move(answer).respond(make_response(200, "text/plain", "now"));
    });
    made->add(method::get, "/park", [this](const request&, responder answer) {
      parked_ = std::move(answer);
      has_parked_ = true;
    });
    return made;
  }

  void open(responder answer) {
    auto made = std::make_unique<stream>(std::move(answer).start_stream(text_head()));
    made->on_end([this, self = made.get()](stream_end why) {
      if (why == stream_end::stopping) self->write(slice("bye"));
      ++ends_.at(static_cast<std::size_t>(why));
    });
    streams_.push_back(std::move(made));
    ++opened_;
  }

  std::atomic<int> opened_{0};
  std::array<std::atomic<int>, 3> ends_{};  ///< by `stream_end`
  responder parked_;
  std::atomic<bool> has_parked_{false};
  std::vector<std::unique_ptr<stream>> streams_;
  test_server server_;  // its threads end before the rest goes
};

std::string stream_request(const std::string& target, const std::string& version = "1.1",
                           const std::string& name = "GET") {
  return name + " " + target + " HTTP/" + version + "\r\nHost: a\r\n\r\n";
}

}  // namespace

TEST_CASE("an answer in pieces is chunked, and the connection goes on after it") {
  streaming s;
  raw_client client(s.server().port());
  client.send(stream_request("/stream"));
  REQUIRE(s.opened());
  const auto head = client.read_answer(true);
  CHECK(status_of(head) == 200);
  CHECK(header_of(head, "Transfer-Encoding") == "chunked");
  CHECK(header_of(head, "Content-Length").empty());
  CHECK(header_of(head, "Content-Type") == "text/plain");
  CHECK(header_of(head, "Connection").empty());
  CHECK(s.server().counters().in_flight == 0);
  s.write("hello");
  s.on_loop([](stream& to) {
    const std::vector<byte_slice> two{slice(" wor"), slice("ld")};
    to.write(two);
    to.write(slice(""));
    CHECK(to.backlog() == 0);
    to.finish();
    CHECK_FALSE(to);
    to.write(slice("late"));
  });
  client.send("GET /now HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const auto rest = client.read_to_end();
  const std::string chunks = "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n";
  CHECK(rest.substr(0, chunks.size()) == chunks);
  CHECK(body_of(rest.substr(chunks.size())) == "now");
  REQUIRE(eventually([&] { return s.server().observer.entries().size() == 2; }));
  const auto told = s.server().observer.entries().front();
  CHECK(told.path == "/stream");
  CHECK(told.result.status == 200);
  CHECK(told.result.bytes == head.size() + chunks.size());
  CHECK_FALSE(told.result.client_gone);
  CHECK(s.ended(stream_end::client_gone) == 0);
}

TEST_CASE("with HTTP/1.0 the body ends with the connection") {
  streaming s;
  raw_client client(s.server().port());
  client.send("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  REQUIRE(s.opened());
  s.write("hello ");
  s.write("world");
  s.finish();
  const auto answer = client.read_to_end();
  CHECK(client.closed());
  CHECK(header_of(answer, "Transfer-Encoding").empty());
  CHECK(header_of(answer, "Connection") == "close");
  CHECK(body_of(answer) == "hello world");
}

TEST_CASE("HEAD gets the head alone and its handler no stream") {
  const auto* version = GENERATE("1.1", "1.0");
  streaming s;
  raw_client client(s.server().port());
  client.send(stream_request("/stream", version, "HEAD"));
  REQUIRE(s.opened());
  s.on_loop([](stream& to) { CHECK_FALSE(to); });
  const auto head = client.read_answer(true);
  CHECK(status_of(head) == 200);
  CHECK(header_of(head, "Content-Length").empty());
  client.send("GET /now HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const auto rest = client.read_to_end();
  CHECK(body_of(rest) == (std::string{version} == "1.1" ? "now" : ""));
}

TEST_CASE("a stream that If-Match does not want is 412 and not begun") {
  streaming s;
  raw_client client(s.server().port());
  client.send("GET /stream HTTP/1.1\r\nHost: a\r\nIf-Match: \"x\"\r\n\r\n" +
              stream_request("/now"));
  REQUIRE(s.opened());
  s.on_loop([](stream& to) { CHECK_FALSE(to); });
  const auto refused = client.read_answer();
  CHECK(status_of(refused) == 412);
  CHECK(header_of(refused, "Transfer-Encoding").empty());
  CHECK(body_of(refused).find("PRECONDITION_FAILED") != std::string::npos);
  CHECK(body_of(client.read_answer()) == "now");
}

TEST_CASE("a stream waits for the answers before it and is waited for by those after it") {
  streaming s;
  raw_client client(s.server().port());
  client.send(stream_request("/park") + stream_request("/stream") + stream_request("/stream") +
              "GET /now HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  REQUIRE(s.opened(2));
  REQUIRE(eventually([&] { return s.has_parked(); }));
  s.write("second", 1);
  s.write("first");
  s.finish(1);
  CHECK(s.backlog() == 10);
  s.drop_parked();
  s.write(" more");
  CHECK(s.backlog() == 0);
  s.finish();
  CHECK(status_of(client.read_answer()) == 500);
  const auto rest = client.read_to_end();
  const auto one = rest.find("\r\n\r\n5\r\nfirst\r\n5\r\n more\r\n0\r\n\r\nHTTP/1.1 200");
  const auto two = rest.find("\r\n\r\n6\r\nsecond\r\n0\r\n\r\nHTTP/1.1 200", one);
  CHECK(one < two);
  CHECK(two != std::string::npos);
  CHECK_THAT(rest, Catch::EndsWith("\r\n\r\nnow"));
}

TEST_CASE("a client that leaves ends its stream") {
  const auto reset = GENERATE(false, true);
  streaming s;
  raw_client client(s.server().port());
  client.send(stream_request("/stream"));
  REQUIRE(s.opened());
  client.read_answer(true);
  s.write("hello");
  client.close(reset);
  REQUIRE(eventually([&] { return s.ended(stream_end::client_gone) == 1; }));
  s.on_loop([](stream& to) {
    CHECK_FALSE(to);
    to.write(slice("late"));
  });
  REQUIRE(eventually([&] { return s.server().observer.entries().size() == 1; }));
  const auto told = s.server().observer.entries().front().result;
  CHECK(told.status == 200);
  CHECK_FALSE(told.client_gone);
  CHECK(eventually([&] { return s.server().counters().open_connections == 0; }));
}

TEST_CASE("a client that leaves before its stream's turn has gone unanswered") {
  streaming s;
  raw_client client(s.server().port());
  client.send(stream_request("/park") + stream_request("/stream"));
  REQUIRE(s.opened());
  client.close(true);
  REQUIRE(eventually([&] { return s.ended(stream_end::client_gone) == 1; }));
  s.drop_parked();
  REQUIRE(eventually([&] { return s.server().observer.entries().size() == 2; }));
  for (const auto& told : s.server().observer.entries()) CHECK(told.result.status == 499);
}

TEST_CASE("an aborted stream ends the connection without its last chunk") {
  streaming s;
  raw_client client(s.server().port());
  client.send(stream_request("/stream"));
  REQUIRE(s.opened());
  s.write("hello");
  s.on_loop([](stream& to) { to = stream{}; });
  CHECK(body_of(client.read_to_end()) == "5\r\nhello\r\n");
  CHECK(client.closed());
  CHECK(s.ended(stream_end::client_gone) == 0);
}

TEST_CASE("a stream that is over before its turn ends the connection after the answers before it") {
  const auto aborted = GENERATE(false, true);
  CAPTURE(aborted);
  streaming s;
  raw_client client(s.server().port());
  client.send(stream_request("/park") + stream_request("/stream") + stream_request("/now"));
  REQUIRE(s.opened());
  s.write("hello");
  if (aborted) {
    s.on_loop([](stream& to) { to.abort(); });
  } else {
    client.finish_sending();
    REQUIRE(eventually([&] { return s.ended(stream_end::client_gone) == 1; }));
  }
  s.drop_parked();
  const auto answers = client.read_to_end();
  CHECK(client.closed());
  if (aborted) CHECK(status_of(answers) == 500);
  if (!aborted) CHECK(answers.empty());
  CHECK(answers.find("HTTP/1.1 200") == std::string::npos);
}

TEST_CASE("what a client does not read waits, and can be replaced") {
  streaming s;
  raw_client client(s.server().port());
  client.send(stream_request("/stream"));
  REQUIRE(s.opened());
  const std::string piece(256 * 1024, 'x');
  std::size_t written = 0;
  while (s.backlog() < 3 * piece.size()) {
    s.write(piece);
    ++written;
  }
  s.on_loop([](stream& to) {
    to.discard_unsent();
    to.write(slice("too slow"));
    to.finish(true);
  });
  const auto answer = client.read_to_end();
  CHECK(client.closed());
  const auto body = body_of(answer);
  CHECK_THAT(body, Catch::EndsWith("xx\r\n8\r\ntoo slow\r\n0\r\n\r\n"));
  const auto read = static_cast<std::size_t>(std::count(body.begin(), body.end(), 'x'));
  CHECK(read % piece.size() == 0);
  CHECK(read <= (written - 2) * piece.size());
}

TEST_CASE("a stream that its client never reads is closed in time") {
  config::server_settings settings;
  settings.write_timeout = std::chrono::milliseconds(50);
  streaming s(settings);
  raw_client client(s.server().port());
  client.send(stream_request("/stream"));
  REQUIRE(s.opened());
  while (s.backlog() < 1'000'000) s.write(std::string(256 * 1024, 'x'));
  CHECK(eventually([&] { return s.ended(stream_end::too_slow) == 1; }));
  CHECK(s.ended(stream_end::client_gone) == 0);
  CHECK(s.server().counters().timeouts == 1);
}

TEST_CASE("streams say goodbye and end at once when the listener drains") {
  streaming s;
  raw_client client(s.server().port());
  raw_client other(s.server().port());
  client.send(stream_request("/stream"));
  REQUIRE(s.opened());
  client.read_answer(true);
  other.send(stream_request("/park"));
  REQUIRE(eventually([&] { return s.has_parked(); }));
  std::promise<void> drained;
  s.server().listener().stop(std::chrono::seconds(30), [&] { drained.set_value(); });
  CHECK(client.read_to_end() == "3\r\nbye\r\n0\r\n\r\n");
  CHECK(client.closed());
  CHECK(s.ended(stream_end::stopping) == 1);
  s.on_loop([](stream& to) { CHECK_FALSE(to); });
  // One that begins now is over at once.
  CHECK_FALSE(s.stream_parked());
  const auto late = other.read_to_end();
  CHECK(header_of(late, "Connection") == "close");
  CHECK(body_of(late) == "0\r\n\r\n");
  CHECK(drained.get_future().wait_for(std::chrono::seconds(10)) == std::future_status::ready);
}

}  // namespace tributary::tests
