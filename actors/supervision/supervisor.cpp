// SPDX-License-Identifier: MIT
#include "actors/supervision/supervisor.hpp"

#include "actors/telemetry/events.hpp"
#include "actors/telemetry/logging.hpp"

#include <caf/all.hpp>

#include <random>
#include <stdexcept>
#include <utility>

namespace tributary::actors::supervision {

namespace {

constexpr auto urgent = caf::message_priority::high;
constexpr std::size_t max_name_length = 10;  // an atom's

jitter_source random_jitter() {
  return
      [engine = std::minstd_rand{std::random_device{}()},
       unit = std::uniform_real_distribution<double>{-1.0, 1.0}]() mutable { return unit(engine); };
}

std::vector<child_rules> rules_of(const supervisor_spec& spec) {
  std::vector<child_rules> result;
  result.reserve(spec.children.size());
  for (const auto& child : spec.children) result.push_back(child.rules);
  return result;
}

supervisor_spec checked(supervisor_spec spec) {
  const auto report = validate(spec);
  if (!report.errors.empty()) throw std::invalid_argument("supervisor: " + report.errors.front());
  if (!spec.jitter) spec.jitter = random_jitter();
  return spec;
}

caf::atom_value name_of(const child_spec& spec) {
  return caf::atom_from_string(spec.registered_name);
}

}  // namespace

rules_report validate(const supervisor_spec& spec) {
  auto report = validate(spec.rules, rules_of(spec));
  const bool pool = spec.rules.strategy == strategy::simple_one_for_one;
  for (const auto& child : spec.children) {
    const auto who = "child \"" + child.rules.id + "\": ";
    if (!child.factory && !pool) report.errors.push_back(who + "has no factory");
    if (child.place == nullptr) report.errors.push_back(who + "has no slot");
    if (child.registered_name.size() > max_name_length) {
      report.errors.push_back(who + "a registered name has at most 10 characters");
    }
    if (pool && !child.registered_name.empty()) {
      report.errors.push_back(who + "the children of a pool cannot share a registered name");
    }
  }
  return report;
}

/// The living children, for the thread that ends the supervisor. Once closed, a child that is still
/// added is killed at once.
class supervisor::roster {
 public:
  void add(const caf::actor& child, slot_ptr place) {
    {
      const std::lock_guard lock{mutex_};
      if (!closed_) {
        children_.insert_or_assign(child.id(), entry{child, std::move(place)});
        return;
      }
    }
    kill(child);
  }

  void remove(caf::actor_id id) {
    caf::actor keep;  // released after the lock
    const std::lock_guard lock{mutex_};
    const auto found = children_.find(id);
    if (found == children_.end()) return;
    keep = std::move(found->second.child);
    children_.erase(found);
  }

  void kill_all() {
    std::unordered_map<caf::actor_id, entry> children;
    {
      const std::lock_guard lock{mutex_};
      closed_ = true;
      children.swap(children_);
    }
    for (auto& [id, e] : children) {
      kill(e.child);
      // Callers must not keep on finding the child, nor the slot keep it alive.
      e.place->retire(e.child);
    }
  }

 private:
  struct entry {
    caf::actor child;
    slot_ptr place;
  };

  static void kill(const caf::actor& child) {
    caf::anon_send<urgent>(child, caf::exit_msg{caf::actor_addr{}, caf::exit_reason::kill});
  }

  std::mutex mutex_;
  bool closed_ = false;
  std::unordered_map<caf::actor_id, entry> children_;
};

supervisor::supervisor(caf::actor_config& cfg, std::string path, supervisor_spec spec,
                       caf::actor_addr parent)
    : observed_actor(cfg, std::move(path), "supervisor"),
      spec_(checked(std::move(spec))),
      state_(spec_.rules, rules_of(spec_), spec_.jitter),
      parent_(std::move(parent)),
      roster_(std::make_shared<roster>()) {
  if (spec_.rules.strategy == strategy::simple_one_for_one) {
    if (directory() != nullptr) directory()->add_pool(this->path());
  } else {
    for (const auto& child : spec_.children) members_.push_back(make_member(child, child.rules.id));
  }
  set_down_handler([this](caf::down_msg& msg) { on_down(msg.source, msg.reason); });
  set_exit_handler([this](caf::exit_msg& msg) { on_exit_message(msg.reason); });
}

supervisor::~supervisor() = default;

bool supervisor::cleanup(caf::error&& reason, caf::execution_unit* host) {
  roster_->kill_all();
  for (const auto& child : spec_.children) {
    if (!child.registered_name.empty()) home_system().registry().erase(name_of(child));
  }
  return observed_actor::cleanup(std::move(reason), host);
}

caf::behavior supervisor::make_behavior() {
  state_.start(now());
  carry_out();
  return {
      [this](const timer_due& due) {
        state_.timer(due.kind, due.child, due.generation, now());
        carry_out();
      },
      [this](child_ready) {
        if (const auto& child = current_sender()) on_ready(child->id());
      },
      [this](add_child& request) { return on_add(request); },
  };
}

// -- events -------------------------------------------------------------------------------------

const child_spec& supervisor::spec_of(child_index child) const {
  return spec_.rules.strategy == strategy::simple_one_for_one ? spec_.children.front()
                                                              : spec_.children[child];
}

supervisor::member supervisor::make_member(const child_spec& spec, const std::string& id) const {
  member result;
  result.factory = spec.factory;
  result.place = spec.place;
  result.path = path() == "/" ? "/" + id : path() + "/" + id;
  result.place->set_path(result.path);
  if (directory() != nullptr) result.series = directory()->series_of(result.path);
  if (spec_.records != nullptr) spec_.records->add(result.place);
  return result;
}

steady_time supervisor::now() { return clock().now(); }

/// Any exit message is an order to stop: nobody is linked to us. (CAF handles `kill` itself.)
void supervisor::on_exit_message(const caf::error&) {
  state_.stop(now());
  carry_out();
}

void supervisor::on_down(const caf::actor_addr& source, const caf::error& reason) {
  const auto found = incarnations_.find(source.id());
  if (found == incarnations_.end()) return;
  const auto who = std::move(found->second);
  incarnations_.erase(found);
  roster_->remove(source.id());
  if (who.zombie) who.place->add_zombies(-1);
  // What a child says when it is stopped or killed must not hide why it failed.
  const bool unexpected = who.child < members_.size() && members_[who.child].run == who.run &&
                          state_.state(who.child) < child_state::stopping;
  if (unexpected) members_[who.child].last_error = reason;
  state_.down(who.child, who.run, classify(reason, state_.stopping()), describe(reason), now());
  carry_out();
}

void supervisor::on_ready(caf::actor_id id) {
  const auto found = incarnations_.find(id);
  if (found == incarnations_.end()) return;
  state_.ready(found->second.child, found->second.run, now());
  carry_out();
}

caf::result<caf::actor> supervisor::on_add(add_child& request) {
  auto id = request.id.empty() ? std::to_string(next_number_++) : std::move(request.id);
  const auto place = state_.add(now(), id);
  if (!place) return make_error(supervision_error::pool_refused);
  if (*place >= members_.size()) members_.resize(*place + 1);
  auto spec = spec_.children.front();
  spec.place = std::make_shared<slot>(spec.place->buffer());
  if (request.factory) spec.factory = std::move(request.factory);
  members_[*place] = make_member(spec, id);
  carry_out();
  if (auto child = members_[*place].handle) return child;
  return make_error(supervision_error::spawn_failed);
}

// -- commands -----------------------------------------------------------------------------------

void supervisor::carry_out() {
  // Carrying a command out may raise an event that leaves further commands.
  for (auto batch = state_.take_commands(); !batch.empty(); batch = state_.take_commands()) {
    for (const auto& what : batch) std::visit([this](const auto& step) { apply(step); }, what);
  }
}

void supervisor::apply(const spawn_child& what) {
  const auto& m = members_[what.child];
  // The place counts, not this supervisor: it may have been restarted itself.
  const auto number = m.place->begin_incarnation();
  if (number > 1 && m.series != nullptr) m.series->restarts.fetch_add(1, std::memory_order_relaxed);
  try {
    if (!m.factory) throw std::invalid_argument("no factory");
    auto child = m.factory(child_context{*this, m.path, number, address()});
    if (!child) throw std::runtime_error("the factory returned no actor");
    adopt(what, number, std::move(child));
  } catch (const std::exception& e) {
    spawn_failed(what, e.what());
  } catch (...) {
    spawn_failed(what, "an exception that is not a std::exception");
  }
}

void supervisor::spawn_failed(const spawn_child& what, std::string cause) {
  auto& m = members_[what.child];
  m.run = what.run;
  m.cell = nullptr;
  m.last_error = make_spawn_error(std::move(cause));
  state_.down(what.child, what.run, exit_class::abnormal, describe(m.last_error), now());
}

/// The cell shows how often the child was restarted, and outlives it for the failure record.
void supervisor::note_cell(member& m, const caf::actor& child, unsigned number) {
  m.cell = nullptr;
  const auto* observed =
      dynamic_cast<runtime::observed_actor*>(caf::actor_cast<caf::abstract_actor*>(child));
  if (observed != nullptr) {
    observed->cell()->incarnation.store(number - 1, std::memory_order_relaxed);
    m.cell = observed->cell();
  }
  if (number > 1 && spec_.records != nullptr) {
    spec_.records->restarts.fetch_add(1, std::memory_order_relaxed);
  }
}

void supervisor::adopt(const spawn_child& what, unsigned number, caf::actor child) {
  auto& m = members_[what.child];
  m.run = what.run;
  m.handle = child;
  incarnations_.insert_or_assign(child.id(), incarnation{what.child, what.run, false, m.place});
  roster_->add(child, m.place);
  m.place->set_child(child, number);
  monitor<urgent>(child);
  note_cell(m, child, number);
  const auto& spec = spec_of(what.child);
  if (spec.readiness == readiness::automatic && spec.rules.start_timeout > milliseconds{0}) {
    await_first_message(child);
  }
}

/// CAF itself answers this question in every event-based actor, whatever its behaviour: the answer
/// means that the child has been initialised. The wait ends with the child or its start timer.
void supervisor::await_first_message(const caf::actor& child) {
  const auto id = child.id();
  request<urgent>(child, caf::infinite, caf::sys_atom::value, caf::get_atom::value,
                  std::string{"info"})
      .then([this, id](caf::ok_atom, const std::string&, const caf::strong_actor_ptr&,
                       const std::string&) { on_ready(id); },
            [](caf::error&) { /* its end arrives as a down message */ });
}

void supervisor::apply(const ask_exit& what) {
  if (const auto& child = members_[what.child].handle) {
    send<urgent>(child, caf::exit_msg{address(), caf::exit_reason::user_shutdown});
  }
}

void supervisor::apply(const kill_now& what) {
  if (const auto& child = members_[what.child].handle) {
    send<urgent>(child, caf::exit_msg{address(), caf::exit_reason::kill});
  }
}

void supervisor::apply(const arm_timer& what) {
  delayed_send<urgent>(this, what.delay, timer_due{what.kind, what.child, what.generation});
}

void supervisor::apply(const publish_state& what) {
  auto& m = members_[what.child];
  if (what.state >= child_state::backoff) m.handle = nullptr;
  m.place->publish(what.state);
  register_name(what.child, what.state);
}

failure_record supervisor::make_record(const record_failure& what) const {
  const auto& m = members_[what.child];
  failure_record result;
  result.time = std::chrono::system_clock::now();
  result.path = m.path;
  result.incarnation = m.place->incarnation();
  result.how = what.how;
  result.cause = what.cause;
  result.lifetime = what.lifetime;
  result.decision = what.decision;
  result.delay = what.delay;
  if (m.cell != nullptr) {
    const auto in = m.cell->enqueued.load(std::memory_order_relaxed);
    result.processed = m.cell->processed.load(std::memory_order_relaxed);
    result.depth = in > result.processed ? in - result.processed : 0;
  }
  return result;
}

void supervisor::apply(const record_failure& what) {
  auto& m = members_[what.child];
  auto record = make_record(what);
  telemetry::log().write(config::log_level::warning, telemetry::events::actor_failed,
                         "an actor ended; its supervisor decided",
                         {{"actor", record.path},
                          {"incarnation", record.incarnation},
                          {"cause", record.cause},
                          {"decision", to_string(record.decision)},
                          {"delay_ms", record.delay.count()}});
  if (spec_.records != nullptr) spec_.records->failures.add(record);
  m.place->add_failure(std::move(record));
  if (what.cause == start_timeout_cause) {
    m.last_error = make_error(supervision_error::start_timeout);
  }
}

void supervisor::apply(const mark_zombie& what) {
  auto& m = members_[what.child];
  for (auto& [id, who] : incarnations_) {
    if (who.child == what.child && who.run == what.run) who.zombie = true;
  }
  m.place->add_zombies(1);
  telemetry::log().write(config::log_level::error, telemetry::events::actor_zombie,
                         "an actor did not end though it was killed", {{"actor", m.path}});
  if (spec_.records != nullptr) spec_.records->zombies.fetch_add(1, std::memory_order_relaxed);
}

void supervisor::apply(const drop_child& what) { members_[what.child] = member{}; }

void supervisor::apply(const all_started&) {
  if (auto parent = caf::actor_cast<caf::actor>(parent_)) send<urgent>(parent, child_ready{});
}

void supervisor::apply(const finished& what) {
  if (!what.escalated) {
    quit(caf::exit_reason::user_shutdown);
    return;
  }
  if (spec_.records != nullptr) spec_.records->escalations.fetch_add(1, std::memory_order_relaxed);
  const auto& m = members_[what.child];
  telemetry::log().write(config::log_level::error, telemetry::events::supervisor_escalated,
                         "too many restarts; the supervisor gives up",
                         {{"supervisor", path()}, {"actor", m.path}, {"restarts", what.count}});
  quit(make_escalation({m.path, static_cast<std::uint32_t>(what.count), m.last_error}));
}

/// CAF's registry does not overwrite, and a name holds a strong reference.
void supervisor::register_name(child_index child, child_state state) {
  const auto& spec = spec_of(child);
  if (spec.registered_name.empty()) return;
  auto& registry = system().registry();
  if (state == child_state::running) {
    registry.erase(name_of(spec));
    registry.put(name_of(spec), caf::actor_cast<caf::strong_actor_ptr>(members_[child].handle));
  } else {
    registry.erase(name_of(spec));
  }
}

// -- specifications -----------------------------------------------------------------------------

child_spec supervisor_child(std::string id, supervisor_spec spec) {
  child_spec result;
  result.rules.id = std::move(id);
  result.rules.type = child_type::supervisor;
  result.readiness = readiness::reported;
  result.factory = [spec = std::move(spec)](const child_context& context) {
    return context.parent.spawn<supervisor>(context.path, spec, context.supervisor);
  };
  return result;
}

child_spec one_for_one(std::string id, std::vector<child_spec> children) {
  supervisor_spec spec;
  spec.rules.strategy = strategy::one_for_one;
  spec.children = std::move(children);
  return supervisor_child(std::move(id), std::move(spec));
}

child_spec leaf_child(std::string id, child_factory factory, slot_ptr place) {
  child_spec result;
  result.rules.id = std::move(id);
  result.factory = std::move(factory);
  if (place != nullptr) result.place = std::move(place);
  return result;
}

void watch_root(const caf::actor& root, std::function<void(const caf::error&)> on_failure) {
  root->attach_functor([on_failure = std::move(on_failure)](const caf::error& reason) {
    if (classify(reason) != exit_class::shutdown) on_failure(reason);
  });
}

shutdown_task stop_tree_task(const caf::actor& root, milliseconds timeout) {
  // A weak reference: the task outlives the tree, and must not keep it in memory.
  const auto run = [weak = caf::actor_cast<caf::actor_addr>(root)](const task_completion& done) {
    const auto target = caf::actor_cast<caf::actor>(weak);
    if (!target) {
      done({});
      return;
    }
    target->attach_functor([done](const caf::error& reason) {
      done(classify(reason) == exit_class::shutdown ? std::string{} : describe(reason));
    });
    request_stop(target);
  };
  return {"supervision tree", timeout, true, run};
}

void request_stop(const caf::actor& target) {
  caf::anon_send<urgent>(target, caf::exit_msg{caf::actor_addr{}, caf::exit_reason::user_shutdown});
}

}  // namespace tributary::actors::supervision
