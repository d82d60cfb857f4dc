// SPDX-License-Identifier: MIT
#include "providers/mock/wire/mock_options.hpp"

#include <algorithm>

namespace tributary::providers::mock {

namespace {

std::string names_of(std::span<const knob> some) {
  std::string result;
  for (const auto& each : some) {
    if (!result.empty()) result += ", ";
    result += each.name;
  }
  return result;
}

std::string names_of(service_list list) {
  std::string result;
  for (const auto* each : list) result.append(each->name).append(", ");
  return result + "all";
}

void pad(std::string& line, std::size_t width) {
  line.resize(std::max(width, line.size() + 1), ' ');
}

}  // namespace

std::string port_choice::help() const {
  return "port of " + std::string{on->serves} + "; 0: a free one";
}

mock_options::mock_options(service_list list) : services(list) {
  for (const auto* each : listeners_of(list)) ports.push_back({each, each->number});
  for (const auto* each : list) initial.emplace_back(each->own_knobs);
}

mock_options mock_options::on_free_ports(service_list list) {
  mock_options result{list};
  for (auto& each : result.ports) each.number = 0;
  return result;
}

std::optional<std::string> mock_options::apply_knob(std::string_view assignment) {
  const auto dot = assignment.find('.');
  const auto equals = assignment.find('=');
  if (dot == assignment.npos || equals == assignment.npos || equals < dot) {
    return "a knob is written SERVICE.KEY=VALUE, such as customer.latency_ms=50";
  }
  const auto name = assignment.substr(0, dot);
  const auto key = assignment.substr(dot + 1, equals - dot - 1);
  const auto is_known =
      std::any_of(initial.begin(), initial.end(), [&](const knobs& each) { return each.has(key); });
  auto found = false;
  for (std::size_t i = 0; i < services.size(); ++i) {
    const auto is_one_of_all = name == "all" && (initial[i].has(key) || !is_known);
    if (!is_one_of_all && name != services[i]->name) continue;
    found = true;
    if (auto why = initial[i].set_text(key, assignment.substr(equals + 1))) return why;
  }
  if (found) return std::nullopt;
  return "unknown service " + std::string{name} + "; known are " + names_of(services);
}

std::string mock_options::overview() const {
  constexpr std::size_t name_width = 18, flag_width = 34, path_width = 52;
  std::string result = "Services, each with the flag of its port, its path and knobs of its own:\n";
  for (const auto* each : services) {
    std::string line = "  " + std::string{each->name};
    pad(line, name_width);
    line.append("--").append(each->on.name);
    pad(line, flag_width);
    line += each->path.empty() ? "/" : each->path;
    if (!each->own_knobs.empty()) {
      pad(line, path_width);
      line += names_of(each->own_knobs);
    }
    result += line + '\n';
  }
  return result + "Knobs of all: " + names_of(common_knobs());
}

}  // namespace tributary::providers::mock
