// SPDX-License-Identifier: MIT
#pragma once

#include "actors/market/allowance.hpp"
#include "actors/market/messages.hpp"
#include "actors/messages.hpp"
#include "actors/runtime/observed_actor.hpp"
#include "actors/supervision/slot.hpp"
#include "providers/storage/usage_file.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::actors::market {

/// To the keeper, from its clock: save what came since.
struct save_tick {};

/// To the keeper, from its clock: compare with Redis.
struct sharing_calls_tick {};

struct allowance_keeper_wiring {
  struct entry {
    std::string_view source;  ///< a literal
    std::shared_ptr<guarded_allowance> allowance;
  };
  std::vector<entry> allowances;
  std::string data_dir;                            ///< empty: no file
  supervision::supervised_ref redis;               ///< refers to nothing where there is none
  std::chrono::milliseconds redis_timeout{1'000};  ///< of a batch
  std::function<system_time()> today = [] { return std::chrono::system_clock::now(); };
};

/// `market:calls:finnhub:2026-11-20`, or `…:2026-11` for a month, with `:loop` behind it for the
/// part of the loops: where Redis counts calls of all instances.
std::string calls_key(std::string_view source, std::chrono::sys_days date, bool month, bool loop);

/// Of providers with a limit by day or month, keeps the counts of days and months over restarts
/// and, where there is a Redis, together with other instances. It begins with the counts in the
/// file, saves them a moment after they change (at once, then ten times a second at most) and at
/// its end. To Redis it adds what is new and hears the totals, once every few seconds and after
/// each use; without Redis each instance counts its own. Nothing waits for this actor, and what it
/// cannot do is logged once.
///
/// Blocks on the file: to be spawned with a thread of its own.
class allowance_keeper final : public runtime::observed_actor {
 public:
  allowance_keeper(caf::actor_config& cfg, std::string path, allowance_keeper_wiring wiring);
  caf::behavior make_behavior() override;
  void on_exit() override;

 private:
  struct sent_counts;

  void restore();
  void on_used();
  void on_save_tick();
  void save();
  void note_trouble(const std::string& trouble);
  void share();
  void on_answer(const redis_answered& message);

  allowance_keeper_wiring wiring_;
  std::vector<providers::storage::stored_usage> others_;  ///< of providers that are not there now
  bool unsaved_ = false;
  bool resting_ = false;                                 ///< a save tick is on its way
  std::vector<providers::storage::stored_usage> saved_;  ///< what the file says
  bool asking_ = false;                                  ///< Redis has not answered yet
  bool ask_again_ = false;
  bool troubled_ = false;
};

}  // namespace tributary::actors::market

// All of these stay within one process.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::market::save_tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tributary::actors::market::sharing_calls_tick)
