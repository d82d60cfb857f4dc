// SPDX-License-Identifier: MIT
#include "http/server/piece_queue.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <string>
#include <vector>

namespace tributary::http::server {

using http::wire::byte_slice;
using http::wire::shared_bytes;

namespace {

byte_slice slice(std::string_view text) { return byte_slice{shared_bytes{text}}; }

std::string unsent(const piece_queue& queue) {
  std::string result;
  queue.each([&](std::string_view text) {
    CHECK_FALSE(text.empty());
    result += text;
    return true;
  });
  CHECK(queue.size() == result.size());
  return result;
}

std::size_t add(piece_queue& queue, std::vector<std::string_view> texts) {
  std::vector<byte_slice> slices;
  for (const auto each : texts) slices.push_back(slice(each));
  return queue.add(slices);
}

}  // namespace

TEST_CASE("each addition is one chunk, and nothing makes none") {
  piece_queue queue{true};
  CHECK(add(queue, {"hello ", "", "world"}) == 16);
  CHECK(add(queue, {}) == 0);
  CHECK(add(queue, {"", ""}) == 0);
  CHECK(add(queue, {std::string(300, 'x')}) == 300 + 7);
  CHECK(queue.end() == 5);
  CHECK(unsent(queue) == "b\r\nhello world\r\n12c\r\n" + std::string(300, 'x') + "\r\n0\r\n\r\n");
}

TEST_CASE("without the chunked coding the bytes are sent as they are") {
  piece_queue queue{false};
  CHECK(add(queue, {"a", "bc"}) == 3);
  CHECK(add(queue, {"d"}) == 1);
  CHECK(queue.end() == 0);
  CHECK(unsent(queue) == "abcd");
}

TEST_CASE("whatever is sent at a time, all is sent once and in order") {
  const auto step = GENERATE(range(1, 40));
  piece_queue queue{true};
  std::string sent;
  std::string all;
  for (int i = 0; i < 200; ++i) {
    add(queue, {std::to_string(i), ",", std::to_string(i * i)});
    const auto text = std::to_string(i) + "," + std::to_string(i * i);
    char size[8];
    std::snprintf(size, sizeof size, "%zx", text.size());
    all += std::string{size} + "\r\n" + text + "\r\n";
    const auto next = unsent(queue).substr(0, static_cast<std::size_t>(step));
    queue.consume(next.size());
    sent += next;
  }
  sent += unsent(queue);
  CHECK(sent == all);
}

TEST_CASE("chunks that have begun stay when the others are discarded") {
  const std::string first = "3\r\nabc\r\n";
  for (std::size_t sent = 0; sent <= first.size(); ++sent) {
    CAPTURE(sent);
    piece_queue queue{true};
    add(queue, {"a", "bc"});
    add(queue, {"d", "ef"});
    add(queue, {"g"});
    queue.consume(sent);
    const auto whole = sent == 0 || sent == first.size();
    const auto dropped = queue.discard_unsent();
    CHECK(dropped == (sent == 0 ? 22 : 14));
    CHECK(unsent(queue) == (whole ? "" : first.substr(sent)));
    add(queue, {"x"});
    CHECK(unsent(queue) == (whole ? "" : first.substr(sent)) + "1\r\nx\r\n");
  }
}

}  // namespace tributary::http::server
