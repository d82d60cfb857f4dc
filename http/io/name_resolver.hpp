// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/ip/address.hpp>

#include <chrono>
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

/// A look-up that blocks. Called on several threads at a time, each with another name.
using blocking_look_up = std::function<resolution(const std::string& host)>;

struct resolver_limits {
  unsigned max_threads = 256;
  std::chrono::milliseconds idle{10'000};  ///< after which a thread without work ends
};

/// Does each look-up on a thread of its own, so that one that hangs holds up nobody but those who
/// ask for that name: they share it. Threads are started when there is work for them; a process
/// that asks for fewer names at a time than `max_threads` never has one name wait for another.
///
/// Destroying it does not wait for a look-up that hangs; that one's callbacks may still be called.
std::shared_ptr<name_resolver> make_threaded_resolver(blocking_look_up look_up,
                                                      resolver_limits limits = {});

/// The same with the operating system's look-up (getaddrinfo, so /etc/hosts, nsswitch and what it
/// names all count).
std::shared_ptr<name_resolver> make_system_resolver();

}  // namespace tributary::http::io
