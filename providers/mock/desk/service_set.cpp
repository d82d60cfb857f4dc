// SPDX-License-Identifier: MIT
#include "providers/mock/desk/service_set.hpp"

#include <nlohmann/json.hpp>

#include <stdexcept>
#include <utility>

namespace tributary::providers::mock {

namespace {

nlohmann::json json_of(const knob_value& value) {
  return std::visit([](const auto& each) { return nlohmann::json(each); }, value);
}

}  // namespace

running_service::running_service(const service& declared, const knobs& initial, std::uint64_t seed)
    : what(declared), own_desk(declared.name, seed, initial) {}

service_set::service_set(service_list list, const std::vector<knobs>& initial, std::uint64_t seed,
                         caller& calls, clock now, std::string_view webhook_secret)
    : now_(std::move(now)) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    auto made = std::make_unique<running_service>(*list[i], initial.at(i), seed);
    made->behind = list[i]->make({seed, made->own_desk, calls, now_, shared_, webhook_secret});
    all_.push_back(std::move(made));
  }
}

running_service* service_set::find(std::string_view name) const noexcept {
  for (const auto& each : all_) {
    if (each->what.name == name) return each.get();
  }
  return nullptr;
}

running_service& service_set::get(std::string_view name) const {
  if (auto* found = find(name)) return *found;
  throw std::invalid_argument{"no service is called " + std::string{name}};
}

void service_set::set(std::string_view name, const knob_settings& values) const {
  auto& target = get(name);
  knobs next{target.what.own_knobs};
  for (const auto& [key, value] : values) {
    if (const auto why = next.set(key, json_of(value))) throw std::invalid_argument{*why};
  }
  target.own_desk.set(next);
}

std::string service_set::names() const {
  std::string result;
  for (const auto& each : all_) {
    if (!result.empty()) result += ", ";
    result += each->what.name;
  }
  return result;
}

}  // namespace tributary::providers::mock
