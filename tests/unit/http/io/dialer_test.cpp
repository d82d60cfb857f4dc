// SPDX-License-Identifier: MIT
#include "http/io/dialer.hpp"

#include "dial_fixture.hpp"
#include "support/loopback.hpp"
#include "support/temporary_folder.hpp"

#include <sys/socket.h>
#include <unistd.h>

namespace tributary::http::io {

using namespace tests;
using reason = dial_failure::reason;

TEST_CASE_METHOD(dial_fixture, "a number is connected to", "[io][dialer]") {
  stub_upstream stub;
  connect("127.0.0.1", stub.port());
  REQUIRE(stream != nullptr);
  CHECK_FALSE(stream->encrypted());
  CHECK(stream->socket().is_open());
  CHECK(dialing->step() == dial_step::ended);
  CHECK(stub.await_connections(1));
  CHECK(resolver->asked.empty());
}

TEST_CASE_METHOD(dial_fixture, "a name is looked up first", "[io][dialer]") {
  stub_upstream stub;
  dial("stub.test", stub.port());
  CHECK(dialing->step() == dial_step::looking_up);
  resolver->waiting({{asio::ip::make_address("127.0.0.1")}, {}});
  run_until_stopped();
  CHECK(stream != nullptr);
  CHECK(told == 1);
}

TEST_CASE_METHOD(dial_fixture, "addresses are tried in turn", "[io][dialer]") {
  stub_upstream stub;
  // 127.0.0.2 refuses: the stub is bound to 127.0.0.1 alone.
  resolver->immediate =
      resolution{{asio::ip::make_address("127.0.0.2"), asio::ip::make_address("127.0.0.1")}, {}};
  connect("many.test", stub.port());
  CHECK(stream != nullptr);
}

TEST_CASE_METHOD(dial_fixture, "an address that hangs leaves time for the next", "[io][dialer]") {
  const silent_port nobody;
  resolver->immediate =
      resolution{{asio::ip::make_address("127.0.0.1"), asio::ip::make_address("127.0.0.2")}, {}};
  connect("many.test", nobody.number(), 200ms);
  REQUIRE(failure);
  // The second refuses, so it was not the time that ended it.
  CHECK(failure->why == reason::failed);
  CHECK(failure->error == asio::error::connection_refused);
}

TEST_CASE_METHOD(dial_fixture, "an address that hangs, or refuses, costs the first dial alone",
                 "[io][dialer]") {
  stub_upstream stub;
  std::optional<silent_port> dead;
  if (GENERATE(true, false)) dead.emplace(stub.port(), std::uint8_t{2});
  resolver->immediate =
      resolution{{asio::ip::make_address("127.0.0.2"), asio::ip::make_address("127.0.0.1")}, {}};
  connect("many.test", stub.port(), 1s);
  REQUIRE(stream != nullptr);
  for (int i = 0; i < 5; ++i) {
    stream = nullptr;
    const auto began = std::chrono::steady_clock::now();
    dial_again(1s);
    run_until_stopped();
    REQUIRE(stream != nullptr);
    CHECK(std::chrono::steady_clock::now() - began < 400ms);
    CHECK(address_text(stream->peer()) == "127.0.0.1");
  }
}

TEST_CASE_METHOD(dial_fixture, "an address that nobody had time to wait for rests as well",
                 "[io][dialer]") {
  stub_upstream stub;
  const silent_port dead{stub.port(), 2};
  resolver->immediate =
      resolution{{asio::ip::make_address("127.0.0.2"), asio::ip::make_address("127.0.0.1")}, {}};
  dial("many.test", stub.port(), 10s);
  timer patience{[](void* of) { static_cast<event_loop*>(of)->stop(); }, &loop};
  loop.arm(patience, 120ms);
  run_until_stopped();
  REQUIRE(dialing->step() == dial_step::connecting);
  dialing->cancel();
  CHECK(first_choices() == "127.0.0.1 127.0.0.1");
}

TEST_CASE_METHOD(dial_fixture, "an address that shakes no hands is tried last", "[io][dialer]") {
  const tls_identity identity{"127.0.0.1"};
  stub_upstream stub{identity};
  stub.on_connect(script{}.close());
  target.tls = trusting(identity, "127.0.0.1");
  resolver->immediate =
      resolution{{asio::ip::make_address("127.0.0.1"), asio::ip::make_address("127.0.0.2")}, {}};
  connect("many.test", stub.port());
  REQUIRE(failure);
  CHECK(failure->step == dial_step::shaking_hands);
  failure.reset();
  dial_again();
  run_until_stopped();
  REQUIRE(failure);
  CHECK(stub.connections() == 2);  // .2 refuses, then this one is tried
  CHECK(first_choices() == "127.0.0.1 127.0.0.1");
}

TEST_CASE_METHOD(dial_fixture, "a Unix socket is connected to", "[io][dialer]") {
  const temporary_folder folder;
  stub_upstream stub{folder.file("stub")};
  target.addresses.reset(new host_addresses{loop, "localhost", file_endpoint(folder.file("stub"))});
  dial_again();
  CHECK(told == 0);  // never from inside the call
  run_until_stopped();
  REQUIRE(stream != nullptr);
  CHECK(address_text(stream->peer()) == "unix");
  CHECK(stub.await_connections(1));
}

TEST_CASE_METHOD(dial_fixture, "a Unix socket that is not there, or stale, fails at once",
                 "[io][dialer]") {
  const temporary_folder folder;
  const auto path = folder.file("stub");
  auto expected = boost::system::errc::no_such_file_or_directory;
  if (GENERATE(true, false)) {
    stub_upstream{path};
    expected = boost::system::errc::connection_refused;
  }
  target.addresses.reset(new host_addresses{loop, "localhost", file_endpoint(path)});
  dial_again();
  REQUIRE(failure);
  CHECK(failure->step == dial_step::connecting);
  CHECK(failure->error == expected);
}

TEST_CASE_METHOD(dial_fixture, "a Unix socket with a full queue is waited for", "[io][dialer]") {
  const temporary_folder folder;
  const auto path = folder.file("busy");
  const auto address = unix_socket(path);
  const auto* where = reinterpret_cast<const sockaddr*>(&address);
  const int busy = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  REQUIRE(::bind(busy, where, sizeof address) == 0);
  REQUIRE(::listen(busy, 0) == 0);
  const int occupant = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  REQUIRE(::connect(occupant, where, sizeof address) == 0);
  target.addresses.reset(new host_addresses{loop, "localhost", file_endpoint(path)});
  SECTION("until there is room") {
    dial_again();
    run_due();
    CHECK(told == 0);
    const int accepted = ::accept4(busy, nullptr, nullptr, SOCK_CLOEXEC);
    run_until_stopped();
    CHECK(stream != nullptr);
    ::close(accepted);
  }
  SECTION("until the deadline") {
    dial_again(20ms);
    run_until_stopped();
    REQUIRE(failure);
    CHECK(failure->why == reason::timed_out);
  }
  ::close(occupant);
  ::close(busy);
}

TEST_CASE_METHOD(dial_fixture, "a look-up that fails says why", "[io][dialer]") {
  resolver->immediate = resolution{{}, "unknown"};
  connect("nowhere.test", 80);
  REQUIRE(failure);
  CHECK(failure->step == dial_step::looking_up);
  CHECK(failure->why == reason::failed);
  CHECK(failure->detail == "unknown");
}

TEST_CASE_METHOD(dial_fixture, "a known failure is told inside the call", "[io][dialer]") {
  resolver->immediate = resolution{{}, "unknown"};
  connect("nowhere.test", 80);
  dial_again();
  CHECK(told == 2);
}

TEST_CASE_METHOD(dial_fixture, "a resolver that never answers costs the time that there is",
                 "[io][dialer]") {
  connect("slow.test", 80, 20ms);
  REQUIRE(failure);
  CHECK(failure->step == dial_step::looking_up);
  CHECK(failure->why == reason::timed_out);
  resolver->waiting({{asio::ip::make_address("127.0.0.1")}, {}});
  run_due();
  CHECK(told == 1);
}

TEST_CASE_METHOD(dial_fixture, "a refused connection says so, and the name is looked up again",
                 "[io][dialer]") {
  const refusing_port nobody;
  resolver->immediate = resolution{{asio::ip::make_address("127.0.0.1")}, {}};
  connect("moved.test", nobody.number());
  REQUIRE(failure);
  CHECK(failure->step == dial_step::connecting);
  CHECK(failure->why == reason::failed);
  CHECK(failure->error == asio::error::connection_refused);
  dial_again();
  CHECK(resolver->asked.size() == 2);
}

TEST_CASE_METHOD(dial_fixture, "a connect that hangs ends at the deadline", "[io][dialer]") {
  const silent_port nobody;
  resolver->immediate = resolution{{asio::ip::make_address("127.0.0.1")}, {}};
  connect("deaf.test", nobody.number(), 20ms);
  REQUIRE(failure);
  CHECK(failure->step == dial_step::connecting);
  CHECK(failure->why == reason::timed_out);
  dial_again();
  CHECK(resolver->asked.size() == 2);  // in doubt as well
}

TEST_CASE_METHOD(dial_fixture, "TLS shakes hands with the peer that is meant", "[io][dialer]") {
  std::optional<tls_identity> identity;
  std::string name;
  SECTION("by the host") { identity.emplace("127.0.0.1"); }
  SECTION("by a name of the settings") {
    name = "api.example";
    identity.emplace(name);
  }
  stub_upstream stub{*identity};
  target.tls = trusting(*identity, name);
  connect("127.0.0.1", stub.port());
  REQUIRE(stream != nullptr);
  CHECK(stream->encrypted());
}

TEST_CASE_METHOD(dial_fixture, "a certificate for another name is told apart", "[io][dialer]") {
  const tls_identity identity{"a.example"};
  stub_upstream stub{identity};
  target.tls = trusting(identity, "b.example");
  connect("127.0.0.1", stub.port());
  REQUIRE(failure);
  CHECK(failure->step == dial_step::shaking_hands);
  CHECK(failure->why == reason::certificate);
  CHECK_FALSE(failure->detail.empty());
}

TEST_CASE_METHOD(dial_fixture, "a peer without TLS fails the handshake", "[io][dialer]") {
  const tls_identity identity{"127.0.0.1"};
  stub_upstream stub;
  stub.on_connect(GENERATE(values<script>(
      {script{}.send("HTTP/1.1 400 Bad Request\r\n\r\n").hang(), script{}.close()})));
  target.tls = trusting(identity);
  connect("127.0.0.1", stub.port());
  REQUIRE(failure);
  CHECK(failure->step == dial_step::shaking_hands);
  CHECK(failure->why == reason::failed);
  CHECK(failure->error);
}

TEST_CASE_METHOD(dial_fixture, "a handshake that hangs ends at the deadline", "[io][dialer]") {
  const tls_identity identity{"127.0.0.1"};
  stub_upstream stub;
  stub.on_connect(script{}.hang());
  target.tls = trusting(identity);
  connect("127.0.0.1", stub.port(), 40ms);
  REQUIRE(failure);
  CHECK(failure->step == dial_step::shaking_hands);
  CHECK(failure->why == reason::timed_out);
  CHECK(stub.await_closed_by_peer(1));
}

TEST_CASE_METHOD(dial_fixture, "TLS without a context or with no name is a fault of ours",
                 "[io][dialer]") {
  stub_upstream stub;
  stub.on_connect(script{}.hang());
  const tls_identity identity{"127.0.0.1"};
  SECTION("no context") { target.tls = tls_terms{}; }
  SECTION("a name too long for SNI") { target.tls = trusting(identity, std::string(300, 'a')); }
  connect("127.0.0.1", stub.port());
  REQUIRE(failure);
  CHECK(failure->why == reason::unusable);
}

TEST_CASE_METHOD(dial_fixture, "cancelling ends it without a word at whatever step",
                 "[io][dialer]") {
  std::optional<silent_port> silent;
  std::optional<stub_upstream> stub;
  const tls_identity identity{"127.0.0.1"};
  SECTION("while the name is looked up") {
    dial("slow.test", 80);
    REQUIRE(dialing->step() == dial_step::looking_up);
    dialing->cancel();
    resolver->waiting({{asio::ip::make_address("127.0.0.1")}, {}});
  }
  SECTION("while it connects") {
    silent.emplace();
    dial("127.0.0.1", silent->number());
    REQUIRE(dialing->step() == dial_step::connecting);
    dialing->cancel();
  }
  SECTION("when it has connected and does not know") {
    stub.emplace();
    dial("127.0.0.1", stub->port());
    REQUIRE(stub->await_connections(1));
    dialing->cancel();
    CHECK(stub->await_closed_by_peer(1));
  }
  SECTION("while it shakes hands") {
    stub.emplace();
    stub->on_connect(script{}.hang());
    target.tls = trusting(identity);
    dial("127.0.0.1", stub->port());
    while (dialing->step() == dial_step::connecting) {
      loop.context().restart();
      loop.context().run_one();
    }
    REQUIRE(dialing->step() == dial_step::shaking_hands);
    dialing->cancel();
    CHECK(stub->await_closed_by_peer(1));
  }
  CHECK(dialing->step() == dial_step::ended);
  CHECK(loop.armed_timers() == 0);
  dialing = nullptr;
  target = {};
  run_due();
  CHECK(told == 0);
}

TEST_CASE_METHOD(dial_fixture, "the owner may let go of everything when it is told",
                 "[io][dialer]") {
  stub_upstream stub;
  when_told = [this] {
    dialing->cancel();
    dialing = nullptr;
    stream = nullptr;
    target = {};
  };
  SECTION("that it worked") { connect("127.0.0.1", stub.port()); }
  SECTION("that it failed") {
    stub.refuse();
    connect("127.0.0.1", stub.port());
  }
  SECTION("that the look-up failed") {
    resolver->immediate = resolution{{}, "unknown"};
    connect("nowhere.test", 80);
  }
  CHECK(told == 1);
  run_due();
}

}  // namespace tributary::http::io
