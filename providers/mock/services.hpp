// SPDX-License-Identifier: MIT
#pragma once

#include "providers/mock/knobs.hpp"
#include "providers/mock/stand_in_data.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::providers::mock {

/// An answer with a JSON body.
struct reply {
  unsigned status = 200;
  std::string_view allow;  ///< value of `Allow`; empty: no such field
  std::string owned;       ///< the body, unless
  std::string_view
      shared;  ///< a rendered document stands for it, which lives as long as `services`
  std::string_view body() const noexcept { return shared.empty() ? owned : shared; }
};

/// An answer and how to deliver it.
struct scripted_reply {
  reply answer;
  std::chrono::milliseconds delay{0};
  bool hang = false;
  bool truncate = false;
};

/// Documents that were asked for once, kept as rendered: at most three times 10,000 of them, 62 MB.
/// Any thread; a document never changes or moves once it is there.
class document_store {
 public:
  document_store();
  ~document_store();
  document_store(const document_store&) = delete;
  document_store& operator=(const document_store&) = delete;

  /// The document of customer `number`; `render()` makes it the first time.
  template <class Render>
  std::string_view get(service s, std::uint32_t number, Render&& render) {
    auto& place = slots_[static_cast<unsigned>(s) * (stand_in_data::customers + 1) + number];
    if (const auto* found = place.load(std::memory_order_acquire)) return *found;
    return publish(place, render());
  }

 private:
  using slot = std::atomic<const std::string*>;
  static std::string_view publish(slot& where, std::string document);
  std::vector<slot> slots_;
};

/// The customer, master-data and transaction services by path, and `/_control`; no sockets in here.
/// All members may be called from any thread.
class services {
 public:
  services(std::uint64_t seed, const std::array<knobs, service_count>& initial);

  /// Answers one request. `target` is what stood in the request line.
  scripted_reply answer(std::string_view method, std::string_view target, std::string_view body);

  knobs current(service s) const;
  void set(service s, const knobs& k);

  /// Requests that reached this service since the start, answered or not.
  std::uint64_t requests(service s) const noexcept;

 private:
  struct state {
    mutable std::mutex mutex;
    knobs active;                  ///< under `mutex`
    std::atomic<bool> calm{true};  ///< `active` is the default: nothing to decide
    std::atomic<std::uint64_t> served{0};
  };

  state& of(service s) { return states_[static_cast<unsigned>(s)]; }
  const state& of(service s) const { return states_[static_cast<unsigned>(s)]; }
  scripted_reply serve(service s, reply answer);
  reply control(std::string_view method, std::string_view name, std::string_view body);
  reply put_knobs(service s, std::string_view body);
  reply customer(std::string_view id);
  reply master_data(std::string_view query_id);
  reply transactions(std::string_view id, std::string_view from, std::string_view to);

  std::uint64_t seed_;
  stand_in_data data_;
  document_store documents_;
  std::array<state, service_count> states_;
};

}  // namespace tributary::providers::mock
