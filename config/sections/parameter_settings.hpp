// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace tributary::config {

enum class parameter_type { string, integer, number, boolean, one_of, instant, interval, parts };
enum class parameter_place { query, path, header };

/// One declared input of an endpoint.
struct parameter_settings {
  std::string name;
  parameter_place in = parameter_place::query;
  parameter_type type = parameter_type::string;
  bool required = false;
  std::optional<std::string> default_value;
  std::string characters;      ///< type string: allowed set such as `A-Za-z0-9._-`; empty: any
  std::size_t min_length = 1;  ///< type string, characters
  std::size_t max_length = 256;
  std::optional<double> minimum;  ///< types integer and number
  std::optional<double> maximum;
  std::vector<std::string> values;  ///< type one_of
};

}  // namespace tributary::config
