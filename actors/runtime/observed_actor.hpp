// SPDX-License-Identifier: MIT
#pragma once

#include "actors/runtime/actor_cell.hpp"

#include <caf/actor.hpp>
#include <caf/actor_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <memory>
#include <string>

namespace tributary::actors::runtime {

/// Base of every actor. It counts what CAF 0.17 does not show: mailbox depth, messages, failures,
/// in a cell that anybody may read at any time; cancels the timer of a request as soon as its
/// response arrives; and ends the actor, never the process, when a handler throws.
class observed_actor : public caf::event_based_actor {
 public:
  /// @param path place in the supervision tree, such as `/guards/customer/breaker`
  /// @param kind what it is, such as `breaker`; CAF's name of the actor
  observed_actor(caf::actor_config& cfg, std::string path, std::string kind);
  ~observed_actor() override;

  const char* name() const override { return cell_->kind.c_str(); }
  const std::string& path() const noexcept { return cell_->path; }
  const std::shared_ptr<actor_cell>& cell() const noexcept { return cell_; }
  /// Where the actor is listed; may be null: a system without our configuration.
  const std::shared_ptr<actor_directory>& directory() const noexcept { return directory_; }

  using caf::abstract_actor::enqueue;
  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit* host) override;
  caf::invoke_message_result consume(caf::mailbox_element& x) override;
  void launch(caf::execution_unit* host, bool lazy, bool hide) override;
  /// Any thread: the one that ends the actor, or drops the last handle.
  bool cleanup(caf::error&& reason, caf::execution_unit* host) override;

 private:
  std::shared_ptr<actor_cell> cell_;
  std::shared_ptr<actor_directory> directory_;
};

/// Sends `message` without a sender: what all hot paths use. From a worker's thread the receiver is
/// scheduled on that worker; from elsewhere on the next one in turn. Never blocks.
template <class Message>
void tell(const caf::actor& to, Message&& message) {
  caf::anon_send(to, std::forward<Message>(message));
}

}  // namespace tributary::actors::runtime
