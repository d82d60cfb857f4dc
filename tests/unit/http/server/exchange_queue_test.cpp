// SPDX-License-Identifier: MIT
#include "http/server/exchange_queue.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>

namespace tributary::http::server {

namespace {

std::unique_ptr<exchange> in_work(bool large = false) {
  auto result = std::make_unique<exchange>();
  result->begun = true;
  result->large = large;
  return result;
}

std::unique_ptr<exchange> answered_with(std::size_t bytes) {
  auto result = in_work(true);
  result->answered = true;
  result->answer = make_response(200, "text/plain", std::string(bytes, 'x'));
  return result;
}

}  // namespace

TEST_CASE("requests leave a connection's queue in the order in which they came") {
  exchange_queue queue;
  CHECK(queue.empty());
  auto& first = queue.append(in_work());
  auto& second = queue.append(in_work());
  CHECK(queue.size() == 2);
  CHECK(queue.first() == &first);
  CHECK(first.next == &second);
  CHECK(queue.pop_front().get() == &first);
  CHECK(queue.pop_front().get() == &second);
  CHECK(queue.empty());
  queue.append(in_work());
  const exchange_queue moved(std::move(queue));
  CHECK(moved.size() == 1);
}

TEST_CASE("nothing is begun behind a request in work whose answer may be large") {
  exchange_queue queue;
  queue.append(in_work());
  CHECK(queue.may_begin_last());
  queue.append(in_work(true));
  CHECK(queue.may_begin_last());
  auto& last = queue.append(in_work());
  CHECK_FALSE(queue.may_begin_last());
  queue.pop_front();
  CHECK_FALSE(queue.may_begin_last());
  queue.pop_front();
  CHECK(queue.first() == &last);
  CHECK(queue.may_begin_last());
}

TEST_CASE("a request is begun while little waits to be read, in answers and bodies of requests") {
  constexpr auto quarter = exchange_queue::most_kept / 4;
  exchange_queue queue;
  for (int i = 0; i < 4; ++i) queue.append(answered_with(quarter));
  queue.append(std::make_unique<exchange>());
  CHECK(queue.may_begin_last());
  queue.first()->asked.body = "b";
  CHECK_FALSE(queue.may_begin_last());
  // Half of it is written; it is kept whole until all of it is.
  queue.first()->written = quarter / 2;
  CHECK_FALSE(queue.may_begin_last());
  queue.pop_front();
  CHECK(queue.may_begin_last());
}

TEST_CASE("nothing is begun behind a request that was given up") {
  exchange_queue queue;
  auto& given_up = queue.append(answered_with(0));
  queue.append(std::make_unique<exchange>());
  CHECK(queue.may_begin_last());
  given_up.gone_told = given_up.answer.dropped = true;
  CHECK_FALSE(queue.may_begin_last());
}

TEST_CASE("what a stream has not sent waits to be read") {
  exchange_queue queue;
  auto& streamed = queue.append(answered_with(0));
  streamed.stream = std::make_unique<stream_state>(true);
  queue.append(std::make_unique<exchange>());
  CHECK(queue.may_begin_last());
  const wire::byte_slice piece{wire::shared_bytes{std::string(exchange_queue::most_kept, 'x')}};
  streamed.stream->pieces.add({&piece, 1});
  CHECK_FALSE(queue.may_begin_last());
}

}  // namespace tributary::http::server
