// SPDX-License-Identifier: MIT
#pragma once

#include "http/io/event_loop.hpp"

#include <caf/actor_clock.hpp>
#include <caf/actor_control_block.hpp>

#include <memory>
#include <vector>

namespace tributary::actors::runtime {

/// CAF's clock on timing wheels, one per worker. Unlike CAF's own it has no thread, no blocking
/// ring, and forgets a request's timeout with its response (CAF-0.17, actor-framework#698, #845).
/// Timeouts hold weak references; scheduled messages keep their receiver alive until it ends, and
/// end with it: an actor with a thread of its own could not let go of that thread before.
///
/// Every member function may be called from any thread.
class wheel_clock final : public caf::actor_clock {
 public:
  /// @param loops must outlive the clock
  explicit wheel_clock(const std::vector<http::io::event_loop*>& loops);
  ~wheel_clock() override;

  void set_ordinary_timeout(time_point t, caf::abstract_actor* self, caf::atom_value type,
                            std::uint64_t id) override;
  void set_multi_timeout(time_point t, caf::abstract_actor* self, caf::atom_value type,
                         std::uint64_t id) override;
  void set_request_timeout(time_point t, caf::abstract_actor* self, caf::message_id id) override;
  void cancel_ordinary_timeout(caf::abstract_actor* self, caf::atom_value type) override;
  void cancel_request_timeout(caf::abstract_actor* self, caf::message_id id) override;
  void cancel_timeouts(caf::abstract_actor* self) override;
  void schedule_message(time_point t, caf::strong_actor_ptr receiver,
                        caf::mailbox_element_ptr content) override;
  void schedule_message(time_point t, caf::group target, caf::strong_actor_ptr sender,
                        caf::message content) override;
  void cancel_all() override;

  /// Entries that wait now.
  std::size_t size() const;

 private:
  class shard;
  shard& shard_of(const caf::abstract_actor* self) const;

  std::vector<std::shared_ptr<shard>> shards_;
};

}  // namespace tributary::actors::runtime
