// SPDX-License-Identifier: MIT
#pragma once

#include "providers/mock/caller.hpp"
#include "providers/mock/desk/service_set.hpp"
#include "providers/mock/wire/front.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tributary::tests {

namespace mock = providers::mock;

using header_list = std::vector<std::pair<std::string, std::string>>;

/// Keeps what services want to send, until a test says what came of it.
class kept_calls final : public mock::caller {
 public:
  std::optional<std::string> post(mock::outgoing_call call, told done) override {
    if (!refusal.empty()) return refusal;
    if (urls.size() >= refuse_from) return "too many calls are pending";
    urls.push_back(call.url);
    waiting.push_back({std::move(call), std::move(done)});
    return std::nullopt;
  }

  /// Lets the first one that waits be due.
  /// @returns it as it is sent; nullopt for one that was withdrawn, whose end has been told
  std::optional<mock::outgoing_call> due() {
    auto& [call, done] = waiting.front();
    if (!call.when_due || call.when_due(call)) return call;
    end({0, {}, "withdrawn"});
    return std::nullopt;
  }

  /// Tells the end of the first one.
  void end(mock::call_result result) {
    const auto done = std::move(waiting.front().second);
    waiting.pop_front();
    if (done) done(std::move(result));
  }

  std::string refusal;                 ///< of all that is posted; empty: none
  std::size_t refuse_from = SIZE_MAX;  ///< so many are taken
  std::vector<std::string> urls;
  std::deque<std::pair<mock::outgoing_call, told>> waiting;
};

/// Asks the services of one listener without a socket, at a time that a test sets.
class offline_client {
 public:
  offline_client(mock::service_list list, const mock::port_flag& on,
                 std::string_view webhook_secret = {})
      : services(
            list, knobs_of(list), 1, calls, [this] { return now; }, webhook_secret),
        front_(services, on) {}
  offline_client(const offline_client&) = delete;
  offline_client& operator=(const offline_client&) = delete;

  mock::reply get(std::string_view target, const header_list& headers = {}) {
    return ask("GET", target, headers).answer;
  }

  mock::scripted_reply ask(std::string_view method, std::string_view target,
                           const header_list& headers = {}, std::string_view body = {}) {
    const listed_fields fields{headers};
    return front_.answer({method, target, body, fields});
  }

  void set(std::string_view service, const mock::knob_settings& values) {
    services.set(service, values);
  }
  mock::knobs current(std::string_view service) const {
    return *services.get(service).own_desk.current();
  }
  std::uint64_t requests(std::string_view service) const {
    return services.get(service).own_desk.counts().requests();
  }

  /// A Friday, 20:00:07.250 UTC.
  std::chrono::system_clock::time_point now{std::chrono::milliseconds{1'763'755'207'250}};
  kept_calls calls;
  mock::service_set services;

 private:
  class listed_fields final : public mock::header_fields {
   public:
    explicit listed_fields(const header_list& all) : all_(all) {}
    std::string_view find(std::string_view name) const override {
      for (const auto& [key, value] : all_) {
        if (same(key, name)) return value;
      }
      return {};
    }

   private:
    static bool same(std::string_view a, std::string_view b) {
      const auto low = [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; };
      if (a.size() != b.size()) return false;
      for (std::size_t i = 0; i < a.size(); ++i) {
        if (low(a[i]) != low(b[i])) return false;
      }
      return true;
    }
    const header_list& all_;
  };

  static std::vector<mock::knobs> knobs_of(mock::service_list list) {
    std::vector<mock::knobs> result;
    for (const auto* each : list) result.emplace_back(each->own_knobs);
    return result;
  }

  mock::front front_;
};

}  // namespace tributary::tests
