// SPDX-License-Identifier: MIT
#pragma once

#include "http/server/exchange.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Parameters of the routes of jobs. Pure.
namespace tributary::http::server {

/// Something that is wrong with a parameter.
struct parameter_complaint {
  std::string detail;          ///< begins with the parameter
  std::string_view parameter;  ///< a literal
};

/// Reads parameters, and notes what is wrong with them.
class job_query {
 public:
  explicit job_query(std::string_view raw) : raw_(raw) {}

  /// The decoded value of a parameter that may be given once; nothing where it is not there.
  /// @param name a literal
  std::optional<std::string> value(std::string_view name);

  void refuse(std::string_view name, std::string_view why);

  /// A flag: `true` or `false`, or refused.
  bool flag(std::string_view name);

  const std::vector<parameter_complaint>& complaints() const noexcept { return complaints_; }

 private:
  std::string_view raw_;
  std::vector<parameter_complaint> complaints_;
};

/// Nobody is made to wait for longer.
inline constexpr std::chrono::seconds longest_job_wait{60};

/// How long the answer may wait: `Prefer: wait=N`, or the parameter `wait`, which wins; more than
/// `longest_job_wait` is taken as that. Another value in the query is refused, another one in
/// Prefer ignored (RFC 7240, 2).
struct job_wait {
  std::chrono::seconds most{0};
  bool by_prefer = false;  ///< then the answer says that it was heeded
};
job_wait read_job_wait(const request& asked, job_query& query);

/// What Prefer alone says.
job_wait read_preferred_wait(const request& asked);

}  // namespace tributary::http::server
