// SPDX-License-Identifier: MIT
#include "actors/telemetry/line_sink.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <string>

#include <fcntl.h>
#include <unistd.h>

namespace tributary::actors::telemetry {

using namespace std::chrono_literals;

namespace {

struct pipe_pair {
  pipe_pair() { REQUIRE(::pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC) == 0); }
  ~pipe_pair() {
    for (const int end : ends) ::close(end);
  }
  /// All that can be read now.
  std::string read_all() {
    std::string result;
    std::array<char, 4096> part;
    for (ssize_t n; (n = ::read(ends[0], part.data(), part.size())) > 0;) {
      result.append(part.data(), static_cast<std::size_t>(n));
    }
    return result;
  }
  /// Fills the pipe up.
  void fill() {
    const std::string page(4096, 'x');
    while (::write(ends[1], page.data(), page.size()) > 0) {
    }
  }
  std::array<int, 2> ends{-1, -1};
};

void log_line(line_sink& sink, const std::string& text) {
  sink.log(spdlog::details::log_msg("", spdlog::level::info, text));
}

std::uint64_t settled(line_sink& sink) {
  std::uint64_t seen = 0;
  sink.wait(0ms, [&](std::uint64_t lines) {
    seen = lines;
    return true;
  });
  return seen;
}

}  // namespace

TEST_CASE("lines come out of the descriptor whole and in order", "[telemetry][line_sink]") {
  pipe_pair pipe;
  descriptor_sink sink(pipe.ends[1]);
  const std::string longer = std::string(9000, 'y') + "\n";
  log_line(sink, "one\n");
  log_line(sink, longer);
  log_line(sink, "two\n");
  CHECK(pipe.read_all() == "one\n" + longer + "two\n");
  CHECK(settled(sink) == 3);
  CHECK(sink.lost() == 0);
}

TEST_CASE("a descriptor that takes nothing is given up at the end", "[telemetry][line_sink]") {
  pipe_pair pipe;
  pipe.fill();
  descriptor_sink sink(pipe.ends[1], 0ms);
  sink.hurry();
  log_line(sink, "one\n");
  CHECK(sink.lost() == 1);
  CHECK(settled(sink) == 1);
}

TEST_CASE("lines for a descriptor that is closed are lost and counted", "[telemetry][line_sink]") {
  int closed = -1;
  {
    pipe_pair pipe;
    closed = ::dup(pipe.ends[1]);
    ::close(closed);
  }
  descriptor_sink sink(closed);
  log_line(sink, "one\n");
  CHECK(sink.lost() == 1);
}

}  // namespace tributary::actors::telemetry
