// SPDX-License-Identifier: MIT
#pragma once

#include "config/sections/upstream_settings.hpp"
#include "http/client/fetch.hpp"
#include "http/io/dial_target.hpp"
#include "http/io/event_loop.hpp"

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tributary::http::client {

class connection;
class pending_fetch;

/// What the pools of all workers share.
struct pool_services {
  std::shared_ptr<io::name_resolver> resolver;     ///< not needed for a numeric host
  std::shared_ptr<boost::asio::ssl::context> tls;  ///< needed with `upstream_settings::tls`
};

/// Counters of one pool. Written by the loop, readable from any thread at any time.
struct pool_counters {
  std::atomic<std::uint64_t> open{0};     ///< connections now, those being opened included
  std::atomic<std::uint64_t> idle{0};     ///< of these, without an exchange
  std::atomic<std::uint64_t> opened{0};   ///< connections in total
  std::atomic<std::uint64_t> reused{0};   ///< exchanges on a connection that had served before
  std::atomic<std::uint64_t> retried{0};  ///< exchanges repeated because such a one was stale
};

/// Connections of one worker loop to one upstream. Lives on that loop's thread, construction and
/// destruction included (or while the loop does not run).
///
/// Every wait ends: with `connect_timeout` for look-up, connect and handshake together, with the
/// request's deadline for all of it.
///
/// A kept connection ends when its address is the host's no more, an idle one at once.
class connection_pool final : private io::address_watcher {
 public:
  connection_pool(io::event_loop& loop, const config::upstream_settings& settings,
                  const pool_services& services);
  ~connection_pool();
  connection_pool(const connection_pool&) = delete;
  connection_pool& operator=(const connection_pool&) = delete;

  /// Starts at once; on a warm connection the request is written before this returns. The result
  /// comes later, never from inside this call. With `max_connections` in use it is
  /// connection_limit_reached.
  std::shared_ptr<fetch_handle> fetch(fetch_request request, std::shared_ptr<fetch_sink> sink);

  /// Closes every connection and tells every sink, with `cancelled` set; later fetches end the same
  /// way. The destructor does it too.
  void shutdown();

  const pool_counters& counters() const noexcept { return counters_; }

 private:
  friend class connection;
  friend class pending_fetch;
  using call_ptr = std::shared_ptr<pending_fetch>;
  using connection_ptr = boost::intrusive_ptr<connection>;

  void on_addresses_left() override;
  void assign(const call_ptr& call, bool fresh);
  bool assign_idle(const call_ptr& call);
  void release(connection& served, io::steady_time now);
  void forget(connection& closed, bool was_idle);
  void remember(const call_ptr& call);
  void forget(pending_fetch& ended);
  void count() noexcept;

  io::event_loop& loop_;
  const config::upstream_settings settings_;
  const io::dial_target target_;
  std::string fixed_fields_;
  std::string encoded_;  ///< the request that is about to get a connection
  bool closed_ = false;
  bool in_fetch_ = false;  ///< results must wait for a later turn of the loop
  std::vector<call_ptr> calls_;
  std::vector<connection_ptr> connections_;
  std::vector<connection*> idle_;  ///< the last one used comes last and is taken first
  pool_counters counters_;
};

}  // namespace tributary::http::client
