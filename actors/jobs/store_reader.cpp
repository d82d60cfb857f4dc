// SPDX-License-Identifier: MIT
#include "actors/jobs/store_reader.hpp"

#include <chrono>
#include <stdexcept>
#include <utility>

namespace tributary::actors::jobs {

namespace {

struct operation_of {
  store_operation operator()(const find_job&) const noexcept { return store_operation::find; }
  store_operation operator()(const pj::list_filter&) const noexcept {
    return store_operation::list;
  }
  store_operation operator()(const find_events&) const noexcept { return store_operation::events; }
  store_operation operator()(const count_jobs&) const noexcept { return store_operation::count; }
};

}  // namespace

store_reader::store_reader(caf::actor_config& cfg, std::string path, jobs_state& jobs)
    : observed_actor(cfg, std::move(path), "reader"), jobs_(jobs) {}

caf::behavior store_reader::make_behavior() {
  return {[this](read_from_store& m) { on_read(*m.call); }};
}

void store_reader::on_read(read_call& call) {
  try {
    if (reader_ == nullptr) reader_ = jobs_.store->open_reader();
    const auto began = std::chrono::steady_clock::now();
    auto result = carry_out(call.what);
    const auto operation = std::visit(operation_of{}, call.what);
    jobs_.metrics.store_time[static_cast<std::size_t>(operation)].observe(
        std::chrono::steady_clock::now() - began);
    call.answer(store_refusal::none, &result);
  } catch (const pj::store_unavailable&) {
    reader_.reset();
    call.answer(store_refusal::unavailable, nullptr);
  } catch (const pj::store_unusable&) {
    reader_.reset();
    call.answer(store_refusal::unavailable, nullptr);
  }
}

read_result store_reader::carry_out(const read& what) {
  struct reading {
    pj::job_reader& from;
    read_result operator()(const find_job& w) const { return from.find(w.id); }
    read_result operator()(const pj::list_filter& w) const { return from.list(w); }
    read_result operator()(const find_events& w) const {
      return from.events(w.id, w.after, w.limit);
    }
    read_result operator()(const count_jobs&) const { return from.counts(); }
  };
  return std::visit(reading{*reader_}, what);
}

}  // namespace tributary::actors::jobs
