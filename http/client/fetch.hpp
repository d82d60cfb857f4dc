// SPDX-License-Identifier: MIT
#pragma once

#include "http/io/timer_wheel.hpp"
#include "http/wire/error_token.hpp"
#include "http/wire/shared_bytes.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tributary::http::client {

/// One header field to be sent.
struct header_field {
  std::string_view name;
  std::string_view value;
};

/// What is asked of an upstream. The views must live until the fetch has ended; the sink, which the
/// fetch keeps alive, is the natural owner.
struct fetch_request {
  std::string_view method = "GET";
  std::string_view target;  ///< origin-form, with the upstream's path prefix
  std::vector<header_field>
      headers;              ///< beside Host, Accept-Encoding and the framing, which the client adds
  std::string_view body;    ///< sent with Content-Length when not empty or the method wants one
  io::steady_time started;  ///< the present
  io::steady_time deadline;  ///< for the whole answer: http_response_timeout

  /// Must not reach the upstream twice, whatever its method, and no doubt may remain that need not:
  /// it gets a new connection. On a kept one the peer may be closing just now, and nobody could say
  /// whether it has still taken the request. So the price is a connect and handshake.
  bool at_most_once = false;
};

/// What came of a fetch.
struct fetch_result {
  wire::error_token error = wire::error_token::none;
  std::string detail;        ///< of an error, for logs; never shown to a client
  std::string_view reason;   ///< of some errors, for clients: a literal in the form of a token
  int status = 0;            ///< 0: no header arrived
  std::string header_block;  ///< raw field lines, `Name: value\r\n` each; see find_header
  wire::shared_bytes body;   ///< without the codings of Content-Encoding
  io::steady_time ended;     ///< when the last byte came, or it failed
  bool reused = false;       ///< answered on a connection that had served before
  bool cancelled = false;  ///< by `fetch_handle::cancel` or the end of the pool; `error` is set too
};

/// The next field called `name` (case-insensitive) of a raw block, without surrounding white space;
/// nothing when there is none. Takes it, and what stands before it, off the block.
std::optional<std::string_view> next_header(std::string_view& header_block,
                                            std::string_view name) noexcept;

/// First field called `name` (case-insensitive) of a raw block, without surrounding white space;
/// empty when there is none.
std::string_view find_header(std::string_view header_block, std::string_view name) noexcept;

/// Who is told. Called exactly once for each fetch, also for a cancelled one, on the thread of the
/// loop that the fetch was started on and never from inside `fetch`.
class fetch_sink {
 public:
  virtual ~fetch_sink() = default;
  virtual void on_fetched(fetch_result&& result) = 0;
};

/// A fetch under way. Dropping the handle lets the fetch run on.
class fetch_handle {
 public:
  virtual ~fetch_handle() = default;

  /// Ends the fetch: its socket is closed and the sink is told, with `cancelled` set, from the
  /// loop. Any thread, any number of times, as long as the loop exists; nothing happens when the
  /// sink has been told already.
  virtual void cancel() = 0;
};

}  // namespace tributary::http::client
