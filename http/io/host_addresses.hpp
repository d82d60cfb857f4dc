// SPDX-License-Identifier: MIT
#pragma once

#include "http/io/event_loop.hpp"
#include "http/io/name_resolver.hpp"

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace tributary::http::io {

/// Where a host can be reached, or why nobody knows.
struct address_answer {
  std::vector<asio::ip::tcp::endpoint> endpoints;  ///< in the order to be tried; empty: failed
  std::string error;                               ///< of a failed look-up, for logs
};

/// How long the answers of look-ups are used again. Zero: each time anew.
struct address_lifetimes {
  std::chrono::milliseconds good{std::chrono::seconds{30}};
  std::chrono::milliseconds bad{std::chrono::seconds{1}};
};

/// Who waits for addresses. Called on the loop, once for each `wait`.
class address_waiter {
 public:
  virtual void on_addresses(std::shared_ptr<const address_answer> answer) = 0;

 protected:
  ~address_waiter() = default;
};

/// The addresses of one host and port, as one loop knows them. A numeric host is its own address; a
/// name is looked up when somebody asks, once for all who wait meanwhile. Loop thread only.
///
/// A resolver that never answers keeps its waiters waiting: they bring deadlines of their own.
class host_addresses
    : public boost::intrusive_ref_counter<host_addresses, boost::thread_unsafe_counter> {
 public:
  /// @param host a name or a number; an IPv6 number may have brackets
  /// @param resolver may be null for a numeric host; a name is not found then
  host_addresses(event_loop& loop, const std::string& host, std::uint16_t port,
                 std::shared_ptr<name_resolver> resolver, address_lifetimes kept = {});
  ~host_addresses();
  host_addresses(const host_addresses&) = delete;
  host_addresses& operator=(const host_addresses&) = delete;

  /// Without brackets.
  const std::string& host() const noexcept { return host_; }

  /// Tells `who`: inside this call when the answer is known, else from a later turn of the loop.
  void wait(address_waiter& who, steady_time now);

  /// `who` is not told any more.
  void leave(address_waiter& who) noexcept;

  /// None of the addresses works: the next to ask has the name looked up again.
  void distrust() noexcept;

 private:
  struct lookup;

  void look_up();
  void on_looked_up(address_answer found);

  event_loop& loop_;
  const std::string host_;
  const std::uint16_t port_;
  const std::shared_ptr<name_resolver> resolver_;
  const address_lifetimes kept_;
  std::shared_ptr<const address_answer> answer_;  ///< null before the first
  steady_time good_until_{};                      ///< `answer_` is not asked for again before
  std::shared_ptr<lookup> lookup_;                ///< under way
  std::deque<address_waiter*> waiting_;
};

using host_addresses_ptr = boost::intrusive_ptr<host_addresses>;

}  // namespace tributary::http::io
