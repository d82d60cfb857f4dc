// SPDX-License-Identifier: MIT
#pragma once

#include "providers/redis/reply.hpp"

#include <cstddef>
#include <memory>
#include <string_view>

struct redisReader;

namespace tributary::providers::redis {

/// What a reply may cost at most, whoever sent it.
struct reply_limits {
  std::size_t bytes = 16 << 20;  ///< on the wire
  std::size_t items = 1 << 18;   ///< of all arrays of one reply together
};

/// Turns the bytes of a connection into replies; hiredis does the parsing. Arrays are nested seven
/// deep at most: a limit of hiredis.
class reply_reader {
 public:
  enum class progress : std::uint8_t {
    complete,
    need_more,
    failed,  ///< for good: nothing after this can be told from anything else
  };

  explicit reply_reader(reply_limits limits);
  ~reply_reader();
  reply_reader(const reply_reader&) = delete;
  reply_reader& operator=(const reply_reader&) = delete;

  /// Adds what has come; follow with `next` until it needs more.
  void feed(std::string_view bytes);

  /// Takes one reply out of what has been fed. `out` is changed only when it is complete.
  progress next(reply& out);

  /// Why it failed.
  std::string_view error() const noexcept { return error_; }

 private:
  struct builder;
  struct deleter {
    void operator()(redisReader* reader) const noexcept;
  };

  progress fail(std::string_view why);
  bool too_large_to_come() const;
  std::size_t unread() const noexcept;

  reply_limits limits_;
  std::unique_ptr<builder> builder_;
  std::unique_ptr<redisReader, deleter> reader_;
  std::size_t size_ = 0;  ///< bytes fed since the end of the last reply
  std::string_view error_;
};

}  // namespace tributary::providers::redis
