// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Text with references to parameters, as paths, query values, headers and cache keys are written
/// in the configuration: `/customers/{customer_id}`, `{timestamp.from}`. `{{` and `}}` stand for
/// the braces themselves. Parsing only: what a value looks like in its place is its user's concern.
namespace tributary::config {

/// What a piece of a template stands for.
enum class piece_kind {
  literal,  ///< its text as it stands
  value,    ///< `{name}`
  from,     ///< `{name.from}`, the start of an interval
  to        ///< `{name.to}`, the end of an interval
};

struct template_piece {
  piece_kind kind = piece_kind::literal;
  std::string text;  ///< the literal, or the name of the parameter

  bool operator==(const template_piece&) const = default;
};

/// A parsed template; two literals never stand next to each other, and none is empty.
struct text_template {
  std::vector<template_piece> pieces;

  bool operator==(const text_template&) const = default;
};

/// Where and why a text is no template; `offset` in bytes from its start.
struct template_error {
  std::size_t offset = 0;
  std::string message;
};

/// Exactly one of the two is set.
struct template_result {
  std::optional<text_template> value;
  std::optional<template_error> error;
};

/// Names are `[A-Za-z_][A-Za-z0-9_-]*`. An empty text is an empty template.
template_result parse_template(std::string_view text);

/// A named value given to an upstream; `value` is a template. With `omit_if_missing` the field is
/// left out when a parameter of the template has no value.
struct templated_field {
  std::string name;
  std::string value;
};

}  // namespace tributary::config
