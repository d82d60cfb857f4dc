// SPDX-License-Identifier: MIT
#include "support/eventually.hpp"
#include "support/loopback.hpp"
#include "support/raw_client.hpp"
#include "support/temporary_folder.hpp"
#include "support/test_server.hpp"

#include <catch2/catch.hpp>

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <future>
#include <memory>
#include <string>

namespace tributary::tests {

using http::server::make_response;
using http::server::method;
using http::server::request;
using http::server::responder;

namespace {

/// Servers on one path.
struct unix_world {
  unix_world() {
    auto made = std::make_shared<http::server::router>();
    made->add(method::get, "/", [](const request& asked, responder answer) {
      std::move(answer).respond(
          make_response(200, "text/plain", std::string{asked.remote_address}));
    });
    made->add(method::get, "/large", [](const request&, responder answer) {
      std::move(answer).respond(make_response(200, "text/plain", std::string(8 << 20, 'x')));
    });
    made->add(method::get, "/never", [this](const request&, responder answer) {
      answer.on_disconnect([this] { ++gone; });
      kept.push_back(std::move(answer));
      ++begun;
    });
    routes = made;
  }

  config::server_settings settings(unsigned mode = 0660) const {
    config::server_settings result;
    result.address = "unix:" + path;
    result.socket_mode = mode;
    return result;
  }

  /// What became of another start at the same path.
  std::string start_error() const {
    http::io::event_loop loop;
    http::server::listener other{settings(), {&loop}, nullptr};
    const auto error = other.start();
    return error ? error.message() : "";
  }

  static void stop(test_server& server) {
    std::promise<void> drained;
    server.listener().stop(std::chrono::seconds{5}, [&] { drained.set_value(); });
    drained.get_future().wait();
  }

  bool exists() const {
    struct stat found {};
    return ::lstat(path.c_str(), &found) == 0;
  }

  temporary_folder folder;
  std::string path = folder.file("api.sock");
  std::atomic<int> begun{0};
  std::atomic<int> gone{0};
  std::vector<responder> kept;
  std::shared_ptr<const http::server::router> routes;
};

constexpr auto simple = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

}  // namespace

TEST_CASE("clients are answered on a Unix socket, and called unix", "[server][unix]") {
  unix_world w;
  test_server server{w.routes, w.settings(), 2};
  for (int i = 0; i < 4; ++i) {
    raw_client client{w.path};
    for (int j = 0; j < 2; ++j) {
      client.send(simple);
      CHECK(body_of(client.read_answer()) == "unix");
    }
  }
  CHECK(server.port() == 0);
  raw_client client{w.path};
  client.send("GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  CHECK(client.read_to_end().size() > 8 << 20);
  CHECK(client.closed());
}

TEST_CASE("a client that leaves is noticed on a Unix socket", "[server][unix]") {
  unix_world w;
  test_server server{w.routes, w.settings()};
  raw_client client{w.path};
  client.send("GET /never HTTP/1.1\r\nHost: a\r\n\r\n");
  REQUIRE(eventually([&] { return w.begun == 1; }));
  SECTION("by closing") { client.close(); }
  SECTION("by ending its sending") { client.finish_sending(); }
  CHECK(eventually([&] { return w.gone == 1; }));
  server.run_on_loop([&] { w.kept.clear(); });
  CHECK(eventually([&] { return server.counters().open_connections == 0; }));
}

TEST_CASE("a client that leaves with its request is noticed on a Unix socket", "[server][unix]") {
  unix_world w;
  test_server server{w.routes, w.settings()};
  server.run_on_loop([&] {
    // Both are there before the loop looks.
    raw_client client{w.path};
    client.send("GET /never HTTP/1.1\r\nHost: a\r\n\r\n");
    client.close();
  });
  CHECK(eventually([&] { return w.gone == 1; }));
  server.run_on_loop([&] { w.kept.clear(); });
  CHECK(eventually([&] { return server.counters().open_connections == 0; }));
}

TEST_CASE("the file of a listening Unix socket has its mode, and goes with the listener",
          "[server][unix]") {
  unix_world w;
  const unsigned mode = GENERATE(0600u, 0660u, 0666u);
  {
    test_server server{w.routes, w.settings(mode)};
    struct stat found {};
    REQUIRE(::lstat(w.path.c_str(), &found) == 0);
    CHECK(S_ISSOCK(found.st_mode));
    CHECK((found.st_mode & 07777) == mode);
    if (mode == 0600u) {
      w.stop(server);
      CHECK_FALSE(w.exists());
    }
  }
  CHECK_FALSE(w.exists());
}

TEST_CASE("a socket that a process has left behind is removed at the start", "[server][unix]") {
  unix_world w;
  const auto address = unix_socket(w.path);
  const int stale = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  REQUIRE(::bind(stale, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  ::listen(stale, 1);
  ::close(stale);
  REQUIRE(w.exists());
  test_server server{w.routes, w.settings()};
  raw_client client{w.path};
  client.send(simple);
  CHECK(status_of(client.read_answer()) == 200);
}

TEST_CASE("a socket that is accepted on is left alone", "[server][unix]") {
  unix_world w;
  test_server server{w.routes, w.settings()};
  CHECK(w.start_error() == "another process accepts connections on this socket");
  raw_client client{w.path};
  client.send(simple);
  CHECK(status_of(client.read_answer()) == 200);
}

TEST_CASE("a file that is no socket is left alone", "[server][unix]") {
  unix_world w;
  std::ofstream{w.path} << "precious";
  CHECK(w.start_error() == "there is a file that is no socket");
  CHECK(w.exists());
}

TEST_CASE("a folder that is not there is told as the system tells it", "[server][unix]") {
  unix_world w;
  w.path = w.folder.file("nowhere/api.sock");
  CHECK(w.start_error() == "No such file or directory");
}

TEST_CASE("a file that another has put in the place of the socket stays", "[server][unix]") {
  unix_world w;
  {
    test_server server{w.routes, w.settings()};
    REQUIRE(::unlink(w.path.c_str()) == 0);
    std::ofstream{w.path} << "precious";
  }
  CHECK(w.exists());
}

}  // namespace tributary::tests
