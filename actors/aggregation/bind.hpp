// SPDX-License-Identifier: MIT
#pragma once

#include "actors/aggregation/normalise.hpp"
#include "actors/aggregation/plan.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::actors::aggregation {

/// A decoded name and value of a query or a path.
struct name_value {
  std::string_view name;
  std::string_view value;

  /// Of a query's value in which a `+` was written as it is: the value with these, where `value`
  /// has the spaces that forms mean by them. Else empty.
  std::string_view with_plus = {};
};

/// Finds a request header by name, case-insensitively.
using header_lookup = std::function<std::optional<std::string_view>(std::string_view name)>;

/// Why a request is refused: one entry of the `errors` of a 400.
struct parameter_error {
  std::string detail;  ///< plain English; quotes at most 64 bytes of the input, escaped
  std::string parameter;
};

/// The values of a request, checked and normalised, in the order of the plan's parameters.
class bound_parameters {
 public:
  /// The value of a parameter; nothing when it was not given and has no default. An instant's
  /// `from` is the instant itself; it has no `to`. Views live as long as this object is unchanged.
  std::optional<std::string_view> value(std::size_t parameter,
                                        value_field field = value_field::whole) const noexcept;

  /// True when the value is the declared default, or absent where there is none.
  bool is_default(std::size_t parameter) const noexcept { return values_[parameter].is_default; }

  /// The parts that the client asked for; bit i is part i.
  std::uint64_t asked() const noexcept { return asked_; }

 private:
  friend class binder;

  struct entry {
    normal_value value;
    bool is_default = true;
  };

  std::string text_;
  std::vector<entry> values_;
  std::uint64_t asked_ = 0;
};

/// Either `values`, or at least one error.
struct bind_result {
  bound_parameters values;
  std::vector<parameter_error> errors;
};

/// Checks a request against the plan and reports everything that is wrong with it at once. Unknown
/// names are ignored; a repeated known one, an empty or malformed value and a missing required one
/// are errors. A `+` in a query is a space where the parameter can have one, else itself, as in the
/// offset of an instant.
bind_result bind_parameters(const endpoint_plan& plan, std::span<const name_value> query,
                            std::span<const name_value> path, const header_lookup& headers);

}  // namespace tributary::actors::aggregation
