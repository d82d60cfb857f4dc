// SPDX-License-Identifier: MIT
#pragma once

#include "actors/guards/circuit_breaker.hpp"
#include "providers/redis/reply.hpp"

#include <caf/actor.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tributary::providers::redis {
class client;
}

namespace tributary::actors::store {

namespace redis = providers::redis;
using guards::steady_time;

struct redis_resources;

/// A command's name and arguments.
using redis_command = std::vector<std::string>;

/// What is wanted of Redis: commands that go out together, in order, but are not a transaction.
struct redis_batch {
  std::vector<redis_command> commands;
  steady_time deadline;  ///< for all replies; `command_timeout` from the sending at most
  bool large = false;    ///< megabytes, and nobody waits: only `deadline` counts
};

/// One batch on its way to Redis and back. Its requester hears of it exactly once, by
/// `redis_answered` with one result for each command; whoever drops the last reference without that
/// has it answered with `shut_down` (a crash, for example).
///
/// Passed in messages, touched by one thread at a time.
class redis_call final : public std::enable_shared_from_this<redis_call> {
 public:
  /// @param reply_to receives `redis_answered{context, tag, results}`; null: nobody wants to know
  explicit redis_call(redis_batch wanted, caf::actor reply_to = {},
                      std::shared_ptr<void> context = {}, std::uint64_t tag = 0);
  ~redis_call();
  redis_call(const redis_call&) = delete;
  redis_call& operator=(const redis_call&) = delete;

  const redis_batch& wanted() const noexcept { return wanted_; }

  /// Sends the commands, let pass by the breaker of `shared`, which hears of the end and outlives
  /// it. On the loop of `through`.
  void send(redis::client& through, redis_resources& shared, guards::breaker_permit permit,
            steady_time now);

  /// Ends it without having sent anything.
  void fail(redis::failure why);

  /// Ends it with these results, one for each command, without having sent anything: for those who
  /// stand in for Redis.
  void answer(std::vector<redis::result> results);

  const std::vector<redis_command>& commands() const noexcept { return wanted_.commands; }

 private:
  void on_result(std::size_t index, redis::result&& result);
  void finish();

  redis_batch wanted_;
  caf::actor reply_to_;
  std::shared_ptr<void> context_;
  std::uint64_t tag_;
  std::vector<redis::result> results_;
  std::size_t missing_;
  redis_resources* shared_ = nullptr;  ///< set with permit_
  guards::breaker_permit permit_;
  steady_time began_{};
};

}  // namespace tributary::actors::store
