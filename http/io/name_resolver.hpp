// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/ip/address.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tributary::http::io {

/// What came of looking up a name.
struct resolution {
  std::vector<boost::asio::ip::address> addresses;  ///< in the order to be tried; empty: failed
  std::string error;                                ///< of a failed look-up, for logs
};

/// Looks up host names. One for the whole process, asked through `host_addresses`, which keeps the
/// answers; whoever waits has a deadline of its own.
class name_resolver {
 public:
  using callback = std::function<void(resolution)>;

  virtual ~name_resolver() = default;

  /// Any thread. `done` is called at most once, on any thread, also inside the call.
  virtual void resolve(const std::string& host, callback done) = 0;
};

/// The operating system's resolver (getaddrinfo, so /etc/hosts and nsswitch count), on at most
/// `max_threads` threads of its own that are started when needed. Destroying it does not wait for a
/// look-up that hangs; that one's callback may still be called.
std::shared_ptr<name_resolver> make_system_resolver(unsigned max_threads = 4);

}  // namespace tributary::http::io
