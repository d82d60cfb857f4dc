// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::providers::redis {

enum class reply_kind : std::uint8_t {
  nil,      ///< no such key
  integer,  ///< `reply::integer`
  text,     ///< `reply::text`, of a bulk or a simple string; may hold any byte
  array,    ///< `reply::items`
  error,    ///< `reply::text`: what Redis says is wrong, such as `WRONGTYPE Operation …`
};

/// What Redis answers to one command (RESP2).
struct reply {
  reply_kind kind = reply_kind::nil;
  std::int64_t integer = 0;
  std::string text;
  std::vector<reply> items;
};

/// Why there is no reply.
enum class failure : std::uint8_t {
  none,
  not_connected,    ///< nothing was sent
  timed_out,        ///< sent, and no reply by the deadline; Redis may have run the command
  connection_lost,  ///< sent; Redis may have run the command
  protocol,         ///< the reply is larger than `max_reply`, or is none
  overloaded,       ///< nothing was sent: too many commands wait for their replies
  shut_down,        ///< by this side
};

/// What came of one command. An error that Redis answers is a reply: `why` is none and the kind is
/// error.
struct result {
  failure why = failure::none;
  redis::reply reply;
};

/// A word for logs and labels, such as `timed_out`.
std::string_view to_string(failure why) noexcept;

/// The first word of an error reply, which tells its sort: `LOADING`, `OOM`, `MISCONF`, `READONLY`,
/// `NOSCRIPT`, `WRONGTYPE`, `ERR` …; empty for any other reply.
std::string_view error_word(const reply& answer) noexcept;

/// True for an error that tells that this server is not, or not yet, the one to talk to, such as a
/// master that has become a replica: `READONLY`, `MASTERDOWN`, `LOADING`, `NOREPLICAS`,
/// `CLUSTERDOWN`, also from within a script. Another connection may lead to another server.
bool is_wrong_server(const reply& answer) noexcept;

}  // namespace tributary::providers::redis
