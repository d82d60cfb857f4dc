// SPDX-License-Identifier: MIT
#pragma once

#include "http/io/address_turns.hpp"
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
  std::vector<endpoint> endpoints;  ///< in the order to be tried; empty: failed
  std::string error;                ///< of a failed look-up, for logs
};

/// When a name is looked up.
struct look_up_times {
  std::chrono::milliseconds refresh{std::chrono::seconds{30}};  ///< again, after a good answer

  /// Again, after a failed one, doubled with each up to `refresh`. Also for how long a failure is
  /// told to whoever asks, where no address is known.
  std::chrono::milliseconds retry{std::chrono::seconds{1}};

  /// Longest that an answer is waited for while there are addresses that are in doubt.
  std::chrono::milliseconds patience{100};
};

/// How long the next look-up waits after `failures` in a row, at least one.
std::chrono::milliseconds retry_pause(const look_up_times& times, unsigned failures) noexcept;

/// Who waits for addresses. Called on the loop, once for each `wait`.
class address_waiter {
 public:
  virtual void on_addresses(std::shared_ptr<const address_answer> answer) = 0;

 protected:
  ~address_waiter() = default;
};

/// Who keeps connections. Called on the loop.
class address_watcher {
 public:
  /// Some addresses are the host's no more: `host_addresses::has` tells which are.
  virtual void on_addresses_left() = 0;

 protected:
  ~address_watcher() = default;
};

/// The addresses of one host and port, as one loop knows them. A numeric host or a Unix socket is
/// its own address. A name is looked up when somebody asks, once for all who wait meanwhile, and
/// again every `look_up_times::refresh` from then on. Loop thread only.
///
/// Nobody waits for a refresh: the addresses that are known serve until there is a better answer. A
/// look-up that fails takes none away, nor does one without any address.
///
/// A resolver that never answers keeps its waiters waiting as long as no address is known: they
/// bring deadlines of their own.
class host_addresses
    : public boost::intrusive_ref_counter<host_addresses, boost::thread_unsafe_counter> {
 public:
  /// @param host a name or a number; an IPv6 number may have brackets
  /// @param resolver may be null for a numeric host; a name is not found then
  host_addresses(event_loop& loop, const std::string& host, std::uint16_t port,
                 std::shared_ptr<name_resolver> resolver, look_up_times times = {});

  /// One that is known for good, such as a Unix socket's.
  host_addresses(event_loop& loop, const std::string& host, const endpoint& only);

  ~host_addresses();
  host_addresses(const host_addresses&) = delete;
  host_addresses& operator=(const host_addresses&) = delete;

  /// Without brackets.
  const std::string& host() const noexcept { return host_; }

  /// Tells `who`: inside this call when the answer is known, else from a later turn of the loop.
  void wait(address_waiter& who, steady_time now);

  /// `who` is not told any more.
  void leave(address_waiter& who) noexcept;

  /// What came of an attempt to connect to one of them, see `address_turns`.
  void worked(const endpoint& address) noexcept { turns_.worked(address); }
  void failed(const endpoint& address, steady_time now) noexcept { turns_.failed(address, now); }

  /// None of the addresses works: the name is looked up again, and who asks meanwhile waits for the
  /// answer for `look_up_times::patience`. After an answer with nothing new, not before `retry`.
  void doubt(steady_time now);

  /// Whether it is one of the host's.
  bool has(const endpoint& address) const noexcept { return fixed_ || turns_.has(address); }

  /// Null: nobody. One at a time; must live until it is another.
  void watch(address_watcher* who) noexcept { watcher_ = who; }

 private:
  struct lookup;

  void look_up(steady_time now);
  void on_looked_up(address_answer found);
  void take_good(const address_answer& found, steady_time now);
  void take_failure(std::string error, steady_time now);
  void tell_waiting();
  std::shared_ptr<const address_answer> answer_of_now(steady_time now);
  void on_due();
  void on_patience_end() { tell_waiting(); }

  event_loop& loop_;
  const std::string host_;
  const std::uint16_t port_;
  const std::shared_ptr<name_resolver> resolver_;
  const look_up_times times_;
  bool fixed_ = false;
  address_turns turns_;
  std::string error_;               ///< of the last look-up
  unsigned failures_ = 0;           ///< of look-ups, in a row
  bool in_doubt_ = false;           ///< until the look-up under way has ended
  steady_time failed_until_{};      ///< while no address is known, nobody asks before
  steady_time doubt_from_{};        ///< no doubt is heard before
  steady_time asked_at_{};          ///< when the last look-up began
  std::shared_ptr<lookup> lookup_;  ///< under way
  std::deque<address_waiter*> waiting_;
  address_watcher* watcher_ = nullptr;
  timer due_{call_member<&host_addresses::on_due, host_addresses>, this};
  timer patience_{call_member<&host_addresses::on_patience_end, host_addresses>, this};
};

using host_addresses_ptr = boost::intrusive_ptr<host_addresses>;

}  // namespace tributary::http::io
