// SPDX-License-Identifier: MIT
#include "actors/jobs/job_options.hpp"

#include "actors/jobs/option_values.hpp"
#include "http/wire/json_pointer.hpp"
#include "http/wire/json_scan.hpp"
#include "http/wire/utf8.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace tributary::actors::jobs {

namespace {

using http::wire::json_member;
using providers::jobs::callback_events;
using providers::jobs::callback_wish;
using providers::jobs::instant;

constexpr std::string_view options_name = "_job";
constexpr auto farthest_start = std::chrono::days{366};
constexpr std::uint32_t most_attempts = 25;
constexpr std::size_t longest_key = 255;
constexpr std::size_t longest_url = 2'048;

const option_rules::vendor* find_vendor(const option_rules& rules, std::string_view name) noexcept {
  const auto found = std::find_if(rules.vendors.begin(), rules.vendors.end(),
                                  [&](const auto& each) { return each.name == name; });
  return found == rules.vendors.end() ? nullptr : &*found;
}

// -- taking `_job` out ----------------------------------------------------------------------------

struct parted {
  std::string payload;
  std::optional<std::string_view> options;  ///< the value of `_job`
};

/// Members that are left stand as they came, with what stands between them.
parted part(std::string_view payload) {
  if (!http::wire::is_object(payload)) return {std::string{payload}, std::nullopt};
  const auto offset = [&](std::string_view piece) {
    return static_cast<std::size_t>(piece.data() - payload.data());
  };
  parted result;
  std::size_t end = 0;    // of what is copied or left out
  bool left_out = false;  // the member before
  http::wire::json_members members{payload};
  while (const auto member = members.next()) {
    const auto begin = offset(member->whole);
    if (member->key == options_name) {
      result.options = member->value;
      if (result.payload.empty()) result.payload = '{';
      left_out = true;
    } else {
      const bool first = result.payload.empty() || result.payload == "{";
      if (left_out && !first) result.payload += ',';
      result.payload += left_out ? member->whole : payload.substr(end, begin - end);
      if (!left_out) result.payload += member->whole;
      left_out = false;
    }
    end = begin + member->whole.size();
  }
  result.payload += left_out ? std::string_view{"}"} : payload.substr(end);
  return result;
}

// -- judging its members --------------------------------------------------------------------------

bool is_printable_ascii(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

std::optional<callback_events> read_events(std::string_view json) {
  if (!http::wire::is_array(json)) return std::nullopt;
  callback_events result{false, false, false};
  for (auto at = http::wire::skip_json_space(json, 1); at < json.size() && json[at] != ']';) {
    const auto end = http::wire::json_value_end(json, at);
    const auto name = read_string(json.substr(at, end - at));
    if (name == "started") {
      result.started = true;
    } else if (name == "progress") {
      result.progress = true;
    } else if (name == "finished") {
      result.finished = true;
    } else {
      return std::nullopt;
    }
    at = http::wire::skip_json_space(json, end);
    if (at < json.size() && json[at] == ',') at = http::wire::skip_json_space(json, at + 1);
  }
  if (result == callback_events{false, false, false}) return std::nullopt;
  return result;
}

constexpr std::string_view instant_wanted = "must be an instant such as \"2030-01-31T12:00:00Z\"";
constexpr std::string_view duration_wanted =
    "must be a number of seconds, or a duration such as \"250ms\", \"2s\", \"5m\" or \"1h\"";

/// Judges the members of `_job` one by one and notes what is wrong.
class option_reader {
 public:
  option_reader(const option_rules& rules, instant now, bool in_batch,
                job_request& request) noexcept
      : rules_(rules), now_(now), in_batch_(in_batch), request_(request) {}

  std::vector<option_error> read(std::string_view options) && {
    if (!http::wire::is_object(options)) return {{"/_job", "must be an object"}};
    for (const auto& member : http::wire::split_object(options, true))
      take(member.key, member.value);
    if (delayed_ && run_at_) fail("delay", "not together with `run_at`");
    if (expires_in_ && expires_at_) fail("expires_in", "not together with `expires_at`");
    if (unique_for_ && !unique_key_) fail("unique_for", "needs a `unique_key`");
    if (events_ && !request_.callback) fail("callback_events", "needs a `callback_url`");
    if (events_ && request_.callback) request_.callback->events = *events_;
    return std::move(errors_);
  }

 private:
  void take(std::string_view name, std::string_view json) {
    struct option {
      std::string_view name;
      void (option_reader::*take)(std::string_view json);
    };
    static constexpr option options[] = {{"vendor", &option_reader::vendor},
                                         {"priority", &option_reader::priority},
                                         {"run_at", &option_reader::run_at},
                                         {"delay", &option_reader::delay},
                                         {"expires_at", &option_reader::expires_at},
                                         {"expires_in", &option_reader::expires_in},
                                         {"max_attempts", &option_reader::max_attempts},
                                         {"unique_key", &option_reader::unique_key},
                                         {"unique_for", &option_reader::unique_for},
                                         {"callback_url", &option_reader::callback_url},
                                         {"callback_events", &option_reader::callback_events_of},
                                         {"idempotency_key", &option_reader::idempotency_key}};
    for (const auto& each : options) {
      if (each.name == name) return (this->*each.take)(json);
    }
    fail(name, "there is no such option");
  }

  void vendor(std::string_view json) {
    const auto name = read_string(json);
    if (!name || find_vendor(rules_, *name) == nullptr) {
      return fail("vendor", "must be a configured vendor");
    }
    request_.vendor = *name;
  }

  void priority(std::string_view json) {
    const auto word = read_string(json);
    const auto value = word ? providers::jobs::parse_priority(*word) : std::nullopt;
    if (!value) return fail("priority", "must be `high`, `normal`, `low` or `bulk`");
    request_.priority = *value;
  }

  void run_at(std::string_view json) {
    run_at_ = true;
    start("run_at", read_instant(json), instant_wanted);
  }

  void delay(std::string_view json) {
    delayed_ = true;
    start("delay", after(json), duration_wanted);
  }

  void start(std::string_view name, std::optional<instant> at, std::string_view wanted) {
    if (!at) return fail(name, wanted);
    if (*at > now_ + farthest_start) return fail(name, "must be at most a year ahead");
    if (*at > now_) request_.run_at = at;
  }

  void expires_at(std::string_view json) {
    expires_at_ = true;
    expiry("expires_at", read_instant(json), instant_wanted);
  }

  void expires_in(std::string_view json) {
    expires_in_ = true;
    expiry("expires_in", after(json), duration_wanted);
  }

  void expiry(std::string_view name, std::optional<instant> at, std::string_view wanted) {
    if (!at) return fail(name, wanted);
    if (*at <= now_) return fail(name, "must be in the future");
    request_.expires_at = at;
  }

  void max_attempts(std::string_view json) {
    const auto count = read_count(json, most_attempts);
    if (!count || *count == 0) return fail("max_attempts", "must be a whole number from 1 to 25");
    request_.max_attempts = *count;
  }

  void unique_key(std::string_view json) {
    unique_key_ = true;
    auto key = read_string(json);
    const auto characters = key ? http::wire::count_characters(*key) : std::nullopt;
    if (!characters || *characters == 0 || *characters > longest_key) {
      return fail("unique_key", "must be a string of 1 to 255 characters");
    }
    request_.unique_key = *std::move(key);
  }

  void unique_for(std::string_view json) {
    unique_for_ = true;
    const auto duration = read_duration(json);
    if (!duration) return fail("unique_for", duration_wanted);
    if (duration->count() == 0) return fail("unique_for", "must be more than nothing");
    request_.unique_for = duration;
  }

  void callback_url(std::string_view json) {
    auto url = read_string(json);
    if (!url || url->empty() || url->size() > longest_url) {
      return fail("callback_url", "must be a URL of at most 2048 bytes");
    }
    request_.callback = callback_wish{*std::move(url), {}};
  }

  void callback_events_of(std::string_view json) {
    events_ = read_events(json);
    if (!events_) fail("callback_events", "must be a list of `started`, `progress`, `finished`");
  }

  void idempotency_key(std::string_view json) {
    if (!in_batch_) {
      return fail("idempotency_key",
                  "only in a batch; a single job has the header Idempotency-Key");
    }
    auto key = read_string(json);
    if (!key || key->empty() || key->size() > longest_key || !is_printable_ascii(*key)) {
      return fail("idempotency_key", "must be a string of 1 to 255 printable ASCII characters");
    }
    request_.idempotency_key = *std::move(key);
  }

  std::optional<instant> after(std::string_view json) const {
    const auto duration = read_duration(json);
    return duration ? std::optional{now_ + *duration} : std::nullopt;
  }

  void fail(std::string_view name, std::string_view detail) {
    option_error result{"/_job", std::string{detail}};
    http::wire::append_pointer_token(result.pointer, name);
    errors_.push_back(std::move(result));
  }

  const option_rules& rules_;
  instant now_;
  bool in_batch_;
  job_request& request_;
  std::vector<option_error> errors_;
  bool run_at_ = false;  // what was said, well or badly
  bool delayed_ = false;
  bool expires_at_ = false;
  bool expires_in_ = false;
  bool unique_key_ = false;
  bool unique_for_ = false;
  std::optional<callback_events> events_;
};

// -- what a payload says by itself ----------------------------------------------------------------

std::optional<std::string> string_at(std::string_view payload,
                                     const std::vector<std::string>& path) {
  const auto value = http::wire::find_json(payload, path);
  return value ? read_string(*value) : std::nullopt;
}

bool fits(const option_rules::route& route, std::string_view payload) {
  const auto path = http::wire::parse_json_pointer(route.pointer);
  const auto value = path ? http::wire::find_json(payload, *path) : std::nullopt;
  if (!value) return false;
  const auto text = read_string(*value);
  return text ? text == read_string(route.equals) : *value == route.equals;
}

std::string vendor_of(std::string_view payload, const option_rules& rules) {
  if (auto named = string_at(payload, {"vendor"}); named && find_vendor(rules, *named) != nullptr) {
    return *std::move(named);
  }
  for (const auto& route : rules.routes) {
    if (fits(route, payload)) return route.vendor;
  }
  return rules.default_vendor;
}

}  // namespace

std::variant<job_request, std::vector<option_error>> read_job_request(std::string_view payload,
                                                                      const option_rules& rules,
                                                                      instant now, bool in_batch) {
  auto [rest, options] = part(payload);
  job_request result;
  const auto word = string_at(rest, {"metadata", "priority"});
  result.priority = (word ? providers::jobs::parse_priority(*word) : std::nullopt)
                        .value_or(providers::jobs::job_priority::normal);
  result.max_attempts = 0;  // not said
  if (options) {
    auto errors = option_reader{rules, now, in_batch, result}.read(*options);
    if (!errors.empty()) return errors;
  }
  if (result.vendor.empty()) result.vendor = vendor_of(rest, rules);
  if (result.max_attempts == 0) {
    const auto* vendor = find_vendor(rules, result.vendor);
    result.max_attempts = vendor == nullptr ? 1 : vendor->max_attempts;
  }
  result.payload = std::move(rest);
  return result;
}

}  // namespace tributary::actors::jobs
