// SPDX-License-Identifier: MIT
#pragma once

#include "actors/runtime/observed_actor.hpp"
#include "actors/supervision/child_spec.hpp"
#include "actors/supervision/coordinated_shutdown.hpp"
#include "actors/supervision/errors.hpp"
#include "actors/supervision/messages.hpp"
#include "actors/supervision/supervisor_state.hpp"

#include <caf/behavior.hpp>

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace tributary::actors::supervision {

/// Carries out what `supervisor_state` decides. It monitors its children and is never linked, so a
/// killed child cannot take it along. An exit message stops the tree below it in order; when it is
/// killed itself, its children are killed with it.
class supervisor final : public runtime::observed_actor {
 public:
  /// @param parent told `child_ready` once every child has been started; may be null
  /// @throws std::invalid_argument for a specification that `validate` rejects
  supervisor(caf::actor_config& cfg, std::string path, supervisor_spec spec,
             caf::actor_addr parent = {});
  ~supervisor() override;

  /// Any thread: no child survives its supervisor, whatever ended that.
  bool cleanup(caf::error&& reason, caf::execution_unit* host) override;

 protected:
  caf::behavior make_behavior() override;

 private:
  class roster;

  /// One child as the actor sees it.
  struct member {
    child_factory factory;
    slot_ptr place;
    std::string path;
    std::shared_ptr<runtime::actor_series> series;  ///< null without a directory
    std::uint64_t run = 0;
    caf::actor handle;  ///< null while there is none
    caf::error last_error;
    std::shared_ptr<const runtime::actor_cell> cell;  ///< of the last incarnation; may be null
  };

  /// Which child an actor is an incarnation of; kept until it is down.
  struct incarnation {
    child_index child;
    std::uint64_t run;
    bool zombie = false;
    slot_ptr place;
  };

  const child_spec& spec_of(child_index child) const;
  member make_member(const child_spec& spec, const std::string& id) const;
  failure_record make_record(const record_failure& what) const;
  steady_time now();
  void on_exit_message(const caf::error& reason);
  void on_down(const caf::actor_addr& source, const caf::error& reason);
  void on_ready(caf::actor_id id);
  caf::result<caf::actor> on_add(add_child& request);

  void carry_out();
  void apply(const spawn_child& what);
  void apply(const ask_exit& what);
  void apply(const kill_now& what);
  void apply(const arm_timer& what);
  void apply(const publish_state& what);
  void apply(const record_failure& what);
  void apply(const mark_zombie& what);
  void apply(const drop_child& what);
  void apply(const all_started& what);
  void apply(const finished& what);

  void spawn_failed(const spawn_child& what, std::string cause);
  void adopt(const spawn_child& what, unsigned number, caf::actor child);
  void note_cell(member& m, const caf::actor& child, unsigned number);
  void await_first_message(const caf::actor& child);
  void register_name(child_index child, child_state state);

  supervisor_spec spec_;
  supervisor_state state_;
  caf::actor_addr parent_;
  std::vector<member> members_;
  std::unordered_map<caf::actor_id, incarnation> incarnations_;
  std::shared_ptr<roster> roster_;  ///< the children, for `cleanup`
  std::uint64_t next_number_ = 1;   ///< id of the next unnamed child of a pool
};

/// Specification of a supervisor as a child of another one: no stop limit, ready when all below it
/// has been started once.
child_spec supervisor_child(std::string id, supervisor_spec spec);

/// A supervisor whose children are restarted each alone, as a child of another one.
child_spec one_for_one(std::string id, std::vector<child_spec> children);

/// Specification of a leaf; the rest keeps its default.
child_spec leaf_child(std::string id, child_factory factory, slot_ptr place = {});

/// Asks an actor to end, ahead of its mailbox. Any thread.
void request_stop(const caf::actor& target);

/// Calls `on_failure` when the root ends in any other way than by being told to: escalation, kill.
/// The composition root then requests the coordinated shutdown with an exit code of not 0. Called
/// on the thread that ends the root.
void watch_root(const caf::actor& root, std::function<void(const caf::error&)> on_failure);

/// The task of `shutdown_phase::stop_workers`: stops a tree from right to left.
shutdown_task stop_tree_task(const caf::actor& root, milliseconds timeout);

}  // namespace tributary::actors::supervision
