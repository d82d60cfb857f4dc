// SPDX-License-Identifier: MIT
#include "providers/mock/knobs.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace tributary::providers::mock {

namespace {

using nlohmann::json;

constexpr std::uint32_t longest_ms = 600'000;
constexpr std::uint32_t most_requests = 1'000'000;

bool read(const json& value, std::uint32_t& out) {
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() > longest_ms) return false;
  out = value.get<std::uint32_t>();
  return true;
}

bool read_limit(const json& value, std::uint32_t& out) {
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() > most_requests) return false;
  out = value.get<std::uint32_t>();
  return true;
}

bool read(const json& value, bool& out) {
  if (!value.is_boolean()) return false;
  out = value.get<bool>();
  return true;
}

bool read_rate(const json& value, double& out) {
  if (!value.is_number()) return false;
  out = value.get<double>();
  return out >= 0 && out <= 1;
}

bool read_status(const json& value, int& out) {
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() > 599) return false;
  out = value.get<int>();
  return out >= 400;
}

struct knob {
  std::string_view name;
  std::string_view expected;
  bool (*read)(const json&, knobs&);
};

constexpr std::array known{
    knob{"latency_ms", "a whole number from 0 to 600000",
         [](const json& v, knobs& k) { return read(v, k.latency_ms); }},
    knob{"jitter_ms", "a whole number from 0 to 600000",
         [](const json& v, knobs& k) { return read(v, k.jitter_ms); }},
    knob{"error_rate", "a number from 0 to 1",
         [](const json& v, knobs& k) { return read_rate(v, k.error_rate); }},
    knob{"error_status", "a status from 400 to 599",
         [](const json& v, knobs& k) { return read_status(v, k.error_status); }},
    knob{"hang", "true or false", [](const json& v, knobs& k) { return read(v, k.hang); }},
    knob{"truncate", "true or false", [](const json& v, knobs& k) { return read(v, k.truncate); }},
    knob{"malformed", "true or false",
         [](const json& v, knobs& k) { return read(v, k.malformed); }},
    knob{"limits", "true or false", [](const json& v, knobs& k) { return read(v, k.limits); }},
    knob{"limit", "a whole number from 0 to 1000000",
         [](const json& v, knobs& k) { return read_limit(v, k.limit); }}};

constexpr std::array<std::string_view, service_count> services_by_number{
    "customer", "master",    "transaction",   "yfinance",
    "finnhub",  "coingecko", "coinmarketcap", "alpha_vantage"};

std::string names() {
  std::string result;
  for (const auto& entry : known) {
    if (!result.empty()) result += ", ";
    result += entry.name;
  }
  return result;
}

/// Sets one field; returns what is wrong with it, or nothing.
std::string set(knobs& k, const std::string& name, const json& value) {
  for (const auto& entry : known) {
    if (entry.name != name) continue;
    if (entry.read(value, k)) return {};
    return name + " must be " + std::string{entry.expected};
  }
  return "unknown knob " + name + "; known are " + names();
}

}  // namespace

std::string_view to_string(service s) noexcept {
  return services_by_number[static_cast<unsigned>(s)];
}

std::optional<service> service_called(std::string_view name) noexcept {
  for (unsigned i = 0; i < service_count; ++i) {
    if (services_by_number[i] == name) return static_cast<service>(i);
  }
  return std::nullopt;
}

std::string service_names() {
  std::string result;
  for (const auto name : services_by_number) {
    if (!result.empty()) result += ", ";
    result += name;
  }
  return result;
}

std::variant<knobs, knob_error> parse_knobs(std::string_view text) {
  const auto document = json::parse(text, nullptr, false);
  if (document.is_discarded()) return knob_error{"the body is not JSON"};
  if (!document.is_object()) return knob_error{"the body must be a JSON object"};
  knobs result;
  for (const auto& [name, value] : document.items()) {
    if (auto problem = set(result, name, value); !problem.empty()) {
      return knob_error{std::move(problem)};
    }
  }
  return result;
}

std::string set_knob(knobs& k, std::string_view name, std::string_view text) {
  const auto value = json::parse(text, nullptr, false);
  // What is not JSON fits no knob either, and the same message says what would.
  return set(k, std::string{name}, value);
}

std::string to_json(const knobs& k) {
  return nlohmann::ordered_json{
      {"latency_ms", k.latency_ms},     {"jitter_ms", k.jitter_ms}, {"error_rate", k.error_rate},
      {"error_status", k.error_status}, {"hang", k.hang},           {"truncate", k.truncate},
      {"malformed", k.malformed},       {"limits", k.limits},       {"limit", k.limit}}
      .dump();
}

mishap decide(const knobs& k, std::uint64_t random_delay, std::uint64_t random_error) noexcept {
  mishap result;
  result.delay = std::chrono::milliseconds{k.latency_ms + random_delay % (k.jitter_ms + 1ULL)};
  // 53 bits fill a double's mantissa: evenly spread over [0, 1).
  result.error = static_cast<double>(random_error >> 11) * 0x1p-53 < k.error_rate;
  result.hang = k.hang;
  result.truncate = k.truncate;
  result.malformed = k.malformed;
  return result;
}

}  // namespace tributary::providers::mock
