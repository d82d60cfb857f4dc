// SPDX-License-Identifier: MIT
#pragma once

#include "actors/actor_tree.hpp"
#include "actors/jobs/jobs_state.hpp"
#include "actors/jobs/messages.hpp"
#include "unit/actors/store/actor_fixture.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tributary::tests {

namespace pj = providers::jobs;

inline pj::job_id job_number(std::uint8_t number) {
  std::array<std::uint8_t, pj::job_id::size> bytes{};
  bytes.back() = number;
  return pj::job_id{bytes};
}

/// What a scripted store was told, and does.
struct scripted_store final : pj::job_store {
  std::string_view engine() const noexcept override { return "scripted"; }
  bool is_shared() const noexcept override { return false; }
  std::unique_ptr<pj::job_writer> open_writer() override;
  std::unique_ptr<pj::job_reader> open_reader() override;

  bool away = false;
  std::vector<std::size_t> transactions = {};  ///< writes in each
  int opened = 0;
  std::function<pj::written(const pj::write&)> does = [](const pj::write&) -> pj::written {
    return pj::reap_result{};
  };
};

class scripted_writer final : public pj::job_writer {
 public:
  explicit scripted_writer(scripted_store& of) : of_(of) {}
  std::vector<pj::written> apply(std::span<const pj::write> batch) override {
    if (of_.away) throw pj::store_unavailable{"as scripted"};
    of_.transactions.push_back(batch.size());
    std::vector<pj::written> result;
    for (const auto& each : batch) result.push_back(of_.does(each));
    return result;
  }

 private:
  scripted_store& of_;
};

class scripted_reader final : public pj::job_reader {
 public:
  explicit scripted_reader(scripted_store& of) : of_(of) {}
  std::optional<pj::job> find(const pj::job_id&) override { return look(std::optional<pj::job>{}); }
  std::vector<pj::job_summary> list(const pj::list_filter&) override {
    return look(std::vector<pj::job_summary>{});
  }
  std::vector<pj::job_event> events(const pj::job_id&, std::uint64_t, std::size_t) override {
    return look(std::vector<pj::job_event>{});
  }
  pj::job_counts counts() override { return look(pj::job_counts{}); }

 private:
  template <class T>
  T look(T value) {
    if (of_.away) throw pj::store_unavailable{"as scripted"};
    return value;
  }
  scripted_store& of_;
};

inline std::unique_ptr<pj::job_writer> scripted_store::open_writer() {
  if (away) throw pj::store_unavailable{"as scripted"};
  ++opened;
  return std::make_unique<scripted_writer>(*this);
}
inline std::unique_ptr<pj::job_reader> scripted_store::open_reader() {
  if (away) throw pj::store_unavailable{"as scripted"};
  return std::make_unique<scripted_reader>(*this);
}

/// The state of jobs with one vendor, `sync`, and a store that does what it is told, on actors that
/// run when the test says so.
class jobs_fixture {
 public:
  explicit jobs_fixture(config::vendor_settings vendor = {}, config::jobs_settings settings = {}) {
    vendor.name = "sync";
    vendor.upstream.name = "vendor-sync";
    settings.vendors.push_back(vendor);
    shared = std::make_unique<tributary::actors::tree_state>(actors.settings, 1, *actors.metrics);
    if (vendor.kind != config::vendor_kind::echo) shared->upstreams.add(vendor.upstream);
    store = std::make_shared<scripted_store>();
    state = std::make_unique<tributary::actors::jobs::jobs_state>(settings, *shared, store);
    state->now = [this] { return now; };
    store->transactions.clear();
  }

  tributary::actors::jobs::vendor_resources& vendor() { return *state->vendors.front(); }

  /// An actor that keeps what it gets stands in `place`.
  template <class Message>
  caf::actor collect(const tributary::actors::supervision::slot_ptr& place,
                     std::vector<Message>& into) {
    auto result = actors.sys.spawn<collector<Message>>(into);
    place->set_child(result, 1);
    place->publish(tributary::actors::supervision::child_state::running);
    return result;
  }

  actor_fixture actors;
  std::unique_ptr<tributary::actors::tree_state> shared;
  std::shared_ptr<scripted_store> store;
  std::unique_ptr<tributary::actors::jobs::jobs_state> state;
  pj::instant now{std::chrono::seconds{1'000'000}};
};

}  // namespace tributary::tests
