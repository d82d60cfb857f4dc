// SPDX-License-Identifier: MIT
#include "actors/runtime/observed_actor.hpp"

#include "actors/runtime/runtime_config.hpp"

#include <caf/actor_clock.hpp>
#include <caf/actor_system.hpp>

namespace tributary::actors::runtime {

namespace {

std::shared_ptr<actor_directory> directory_of(caf::actor_system& system) {
  const auto* ours = dynamic_cast<const runtime_config*>(&system.config());
  return ours == nullptr ? nullptr : ours->directory;
}

std::string describe(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& e) {
    return e.what();
  } catch (...) {
    return "an exception that is not a std::exception";
  }
}

}  // namespace

observed_actor::observed_actor(caf::actor_config& cfg, std::string path, std::string kind)
    : caf::event_based_actor(cfg),
      cell_(std::make_shared<actor_cell>(std::move(path), std::move(kind))),
      directory_(directory_of(system())) {
  cell_->actor_id.store(id(), std::memory_order_relaxed);
  set_default_handler(
      [this](caf::scheduled_actor*, caf::message_view&) -> caf::result<caf::message> {
        cell_->unexpected.fetch_add(1, std::memory_order_relaxed);
        return caf::make_error(caf::sec::unexpected_message);
      });
  // An error that nobody asked for is counted; the default would end the actor for it.
  set_error_handler([this](caf::scheduled_actor*, caf::error&) {
    cell_->unexpected.fetch_add(1, std::memory_order_relaxed);
  });
  set_exception_handler([this](caf::scheduled_actor*, std::exception_ptr& failure) -> caf::error {
    auto text = describe(failure);
    cell_->failures.fetch_add(1, std::memory_order_relaxed);
    cell_->set_last_error(text);
    return caf::make_error(caf::sec::runtime_error, std::move(text));
  });
  if (directory_ != nullptr) directory_->add(cell_);
}

observed_actor::~observed_actor() {
  if (directory_ != nullptr) directory_->remove(*cell_);
}

void observed_actor::enqueue(caf::mailbox_element_ptr what, caf::execution_unit* host) {
  cell_->enqueued.fetch_add(1, std::memory_order_relaxed);
  if (cell_->state.load(std::memory_order_relaxed) == actor_cell::life::terminated) {
    cell_->dead_letters.fetch_add(1, std::memory_order_relaxed);
  }
  caf::event_based_actor::enqueue(std::move(what), host);
}

caf::invoke_message_result observed_actor::consume(caf::mailbox_element& x) {
  // CAF 0.17 never does this itself: each timed request would stay in the clock until it expires.
  if (x.mid.is_response()) clock().cancel_request_timeout(this, x.mid);
  const auto count = [this] {
    // Only the actor writes here, so a plain addition is enough.
    cell_->processed.store(cell_->processed.load(std::memory_order_relaxed) + 1,
                           std::memory_order_relaxed);
  };
  try {
    const auto result = caf::event_based_actor::consume(x);
    if (result != caf::invoke_message_result::skipped) count();
    return result;
  } catch (...) {
    count();
    throw;
  }
}

void observed_actor::launch(caf::execution_unit* host, bool lazy, bool hide) {
  cell_->state.store(actor_cell::life::running, std::memory_order_relaxed);
  caf::event_based_actor::launch(host, lazy, hide);
}

bool observed_actor::cleanup(caf::error&& reason, caf::execution_unit* host) {
  cell_->state.store(actor_cell::life::terminated, std::memory_order_relaxed);
  if (directory_ != nullptr) directory_->remove(*cell_);
  // Before the system counts this actor out: requests that are still under way leave no timer
  // behind.
  clock().cancel_timeouts(this);
  return caf::event_based_actor::cleanup(std::move(reason), host);
}

}  // namespace tributary::actors::runtime
