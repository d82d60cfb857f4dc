// SPDX-License-Identifier: MIT
#pragma once

#include "config/character_set.hpp"
#include "config/sections/endpoint_settings.hpp"
#include "config/sections/upstream_settings.hpp"
#include "http/wire/byte_slice.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::actors::aggregation {

/// Which side of a parameter a template asks for; `from` and `to` exist for intervals and instants.
enum class value_field : std::uint8_t { whole, from, to };

/// A literal, or (with `parameter` >= 0) the value of the plan's parameter of that index.
struct template_piece {
  std::string literal;
  int parameter = -1;
  value_field field = value_field::whole;
};

/// A template with its parameter names resolved to indices.
struct compiled_template {
  std::vector<template_piece> pieces;
};

/// A query or header field of a part. A query field's name is already percent-encoded.
struct field_plan {
  std::string name;
  compiled_template value;
  bool secret = false;  ///< a credential is in it
};

/// A parameter of an endpoint, ready to judge values.
struct parameter_plan {
  config::parameter_settings settings;
  config::character_set characters;  ///< of type string
  std::string rule;                  ///< what a value must be: "must be 1 to 64 characters of …"
  std::optional<std::string> default_value;  ///< normalised
  bool in_path = false;                      ///< used in the path of a part
  bool in_key = false;                       ///< whole in the cache key's template
  bool is_credential = false;                ///< keys and tags have a hash in place of its value
};

/// What may stand in for a part, as `part_settings::fallback` has it.
struct fallback_plan {
  std::size_t upstream = 0;      ///< kind upstream: its number, `upstream_resources::number`
  compiled_template path;        ///< kind upstream: that one's prefix included
  http::wire::byte_slice fixed;  ///< kind fixed
};

/// One part of an endpoint. Literals are laid out so that an answer is put together without a copy.
struct part_plan {
  config::part_settings settings;  ///< `member` is never empty here
  std::size_t upstream = 0;        ///< its number, `upstream_resources::number`
  compiled_template path;          ///< the upstream's prefix included
  std::vector<field_plan> query;
  std::vector<field_plan> headers;
  bool secret_target = false;            ///< a credential is in the path or the query
  std::vector<fallback_plan> fallbacks;  ///< one for each of the settings
  http::wire::shared_bytes first_key;    ///< `{"customer_info":`
  http::wire::shared_bytes next_key;     ///< `,"customer_info":`
  http::wire::byte_slice absent;         ///< default_json, or `null`
  std::string json_name;                 ///< the name as a JSON string
};

/// An endpoint as it is served: everything that can be worked out before a request arrives.
/// Immutable after `compile`, so threads share one by shared_ptr.
struct endpoint_plan {
  config::endpoint_settings settings;
  std::vector<parameter_plan> parameters;
  std::vector<part_plan> parts;                ///< in configuration order; at most 64
  std::uint64_t all_parts = 0;                 ///< one bit for each part, part i is bit i
  std::optional<std::size_t> parts_parameter;  ///< index of the parameter of type parts
  std::optional<compiled_template> cache_key;  ///< absent: answers are not cached
  std::vector<compiled_template> tags;         ///< of cached answers
  std::string key_secret;  ///< of the hashes in keys and tags; the same where Redis is shared
  bool any_required = false;
  bool any_root = false;  ///< some part merges at the root
};

/// A plan, or what the configuration check ought to have refused, one sentence each.
struct compile_result {
  std::shared_ptr<const endpoint_plan> plan;
  std::vector<std::string> errors;
};

/// Compiles a checked endpoint. Never throws for bad settings; any error leaves `plan` empty.
/// @param upstreams by their numbers
/// @param key_secret `endpoint_plan::key_secret`
compile_result compile(const config::endpoint_settings& endpoint,
                       const std::vector<config::upstream_settings>& upstreams,
                       std::string key_secret = {});

}  // namespace tributary::actors::aggregation
