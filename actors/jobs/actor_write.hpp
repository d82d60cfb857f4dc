// SPDX-License-Identifier: MIT
#pragma once

#include "actors/jobs/jobs_state.hpp"
#include "actors/jobs/messages.hpp"
#include "actors/runtime/observed_actor.hpp"

#include <caf/actor.hpp>

#include <memory>
#include <optional>
#include <utility>
#include <variant>

namespace tributary::actors::jobs {

/// A write that an actor waits for: it is told `reply`, with the result where there is one. `Reply`
/// has a member `result`, an optional of the kind of result.
template <class Reply>
class actor_write final : public write_call {
 public:
  actor_write(pj::write wanted, caf::actor to, Reply reply)
      : write_call(std::move(wanted)), to_(std::move(to)), reply_(std::move(reply)) {}
  ~actor_write() override {
    if (to_) runtime::tell(to_, std::move(reply_));
  }

  void answer(store_refusal refusal, pj::written* result) override {
    using wanted_result = typename decltype(reply_.result)::value_type;
    if (refusal == store_refusal::none) reply_.result = std::move(std::get<wanted_result>(*result));
    runtime::tell(std::exchange(to_, {}), std::move(reply_));
  }

 private:
  caf::actor to_;
  Reply reply_;
};

/// Sends a write whose end `to` is told by `reply`, also where the writer is being restarted. Not
/// bounded by the writer's queue: what has begun must be able to end.
template <class Reply>
void write_for(const caf::actor& to, supervision::supervised_ref& writer, pj::write what,
               Reply reply) {
  auto call = std::make_shared<actor_write<Reply>>(std::move(what), to, std::move(reply));
  if (const auto* target = writer.get()) {
    runtime::tell(*target, write_to_store{std::move(call)});
  }
}

}  // namespace tributary::actors::jobs
