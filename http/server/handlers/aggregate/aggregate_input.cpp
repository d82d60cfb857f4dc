// SPDX-License-Identifier: MIT
#include "http/server/handlers/aggregate/aggregate_input.hpp"

#include "http/wire/negotiation.hpp"
#include "http/wire/target.hpp"

#include <boost/container/small_vector.hpp>

#include <charconv>
#include <forward_list>
#include <optional>
#include <string>

namespace tributary::http::server {

namespace aggregation = actors::aggregation;

namespace {

constexpr std::string_view timeout_field = "X-Request-Timeout-Ms";

/// Names and values, decoded. What has no escapes, as nearly all, is not copied.
class decoded_pairs {
 public:
  void add_query(const wire::query_item& item) {
    const auto value = decode(item.value, wire::plus::is_space);
    const auto has_plus = item.value.find('+') != std::string_view::npos;
    pairs_.push_back({decode(item.name, wire::plus::is_space), value,
                      has_plus ? decode(item.value, wire::plus::is_plus) : std::string_view{}});
  }
  void add_path(const path_parameter& given) {
    pairs_.push_back({given.name, decode(given.value, wire::plus::is_plus)});
  }
  std::span<const aggregation::name_value> pairs() const noexcept {
    return {pairs_.data(), pairs_.size()};
  }

 private:
  std::string_view decode(std::string_view raw, wire::plus treatment) {
    const auto plain = treatment == wire::plus::is_space ? raw.find_first_of("%+") : raw.find('%');
    if (plain == std::string_view::npos) return raw;
    // A target with malformed escapes has been refused before.
    wire::percent_decode(raw, owned_.emplace_front(), treatment);
    return owned_.front();
  }

  boost::container::small_vector<aggregation::name_value, 8> pairs_;
  std::forward_list<std::string> owned_;  ///< allocates nothing while empty, as it mostly is
};

/// Header fields as a part passes them on. Several lines are one list (RFC 9110, 5.3), which for
/// Cookie has a separator of its own (RFC 6265, 5.4).
class field_reader {
 public:
  explicit field_reader(const request& asked) : asked_(asked) {}

  std::optional<std::string_view> operator()(std::string_view name) {
    std::optional<std::string_view> result;
    std::string* joined = nullptr;
    asked_.each_header(name, [&](std::string_view value) {
      if (!result || result->empty()) {
        result = value;
      } else if (!value.empty()) {
        if (joined == nullptr) joined = &owned_.emplace_front(*result);
        joined->append(request::same_field_name(name, "cookie") ? "; " : ", ").append(value);
        result = *joined;
      }
    });
    return result;
  }

 private:
  const request& asked_;
  std::forward_list<std::string> owned_;  ///< allocates nothing while empty, as it mostly is
};

aggregation::strictness to_strictness(wire::preferences::handling_mode mode) noexcept {
  switch (mode) {
    case wire::preferences::handling_mode::strict:
      return aggregation::strictness::strict;
    case wire::preferences::handling_mode::lenient:
      return aggregation::strictness::lenient;
    case wire::preferences::handling_mode::unset:
      break;
  }
  return aggregation::strictness::unsaid;
}

void read_time_limit(const request& asked, aggregate_input& into) {
  const auto text = asked.header(timeout_field);
  if (text.empty() && !asked.has_header(timeout_field)) return;
  std::uint32_t limit = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, limit);
  if (error == std::errc{} && stop == end) {
    into.limits.request_timeout = std::chrono::milliseconds{limit};
  } else {
    into.errors.push_back(
        {"must be a whole number of milliseconds below 2^32", std::string{timeout_field}});
  }
}

}  // namespace

aggregate_input read_aggregate_input(const aggregation::endpoint_plan& plan, const request& asked) {
  decoded_pairs query;
  for (auto rest = asked.query; const auto item = wire::next_query_item(rest);) {
    query.add_query(*item);
  }
  decoded_pairs path;
  for (const auto& each : asked.path_parameters) path.add_path(each);
  field_reader fields{asked};
  auto bound = aggregation::bind_parameters(plan, query.pairs(), path.pairs(),
                                            [&](std::string_view name) { return fields(name); });
  aggregate_input result;
  result.values = std::move(bound.values);
  result.errors = std::move(bound.errors);
  wire::preferences preferences;
  asked.each_header("Prefer",
                    [&](std::string_view value) { wire::read_preferences(value, preferences); });
  result.handling = to_strictness(preferences.handling);
  if (preferences.wait) result.limits.prefer_wait = *preferences.wait;
  read_time_limit(asked, result);
  return result;
}

}  // namespace tributary::http::server
