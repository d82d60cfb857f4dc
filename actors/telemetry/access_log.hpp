// SPDX-License-Identifier: MIT
#pragma once

#include "actors/telemetry/logging.hpp"

#include <chrono>
#include <cstdint>
#include <string_view>

namespace tributary::actors::telemetry {

/// One answered request. Only views, for the length of the call.
struct access_record {
  std::string_view request_id{};
  std::string_view method{};
  std::string_view route{};  ///< template; `unmatched` when there is none
  std::string_view path{};   ///< as sent
  std::string_view query{};  ///< as sent, without `?`; redacted here
  int status = 0;
  std::uint64_t bytes = 0;  ///< sent
  std::chrono::nanoseconds duration{};
  std::string_view remote_address{};
  std::string_view user_agent{};    ///< cut to 200 bytes
  bool client_gone = false;         ///< left before the answer; the line says status 499
  std::string_view parts{};         ///< Aggregate-Status of an aggregate; empty: no such member
  std::string_view cache_result{};  ///< such as `hit`; empty: no such member
};

void append_access_line(logger& to, const access_record& record);

/// Logs the access line (event `request.done`) at level info. Any thread.
inline void log_access(logger& to, const access_record& record) {
  if (to.enabled(config::log_level::info)) append_access_line(to, record);
}

}  // namespace tributary::actors::telemetry
