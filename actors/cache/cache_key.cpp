// SPDX-License-Identifier: MIT
#include "actors/cache/cache_key.hpp"

#include "actors/aggregation/percent.hpp"
#include "actors/cache/credential_hash.hpp"

#include <cstddef>
#include <utility>

namespace tributary::actors::cache {

using aggregation::bound_parameters;
using aggregation::encoding;
using aggregation::endpoint_plan;

namespace {

/// Types whose normal form needs no escape in a key: it has a fixed alphabet and can be told from
/// what follows.
bool is_self_delimiting(config::parameter_type type) {
  using config::parameter_type;
  return type == parameter_type::instant || type == parameter_type::interval;
}

/// False, with nothing appended, when there is no value.
bool append_key_value(const endpoint_plan& plan, const bound_parameters& values,
                      std::size_t parameter, aggregation::value_field field, std::string& out) {
  const auto value = values.value(parameter, field);
  if (!value) return false;
  const auto& declared = plan.parameters[parameter];
  if (declared.is_credential) {
    append_credential_hash(plan.key_secret, declared.settings.name, *value, out);
    return true;
  }
  const auto plain = is_self_delimiting(declared.settings.type);
  append_encoded(*value, plain ? encoding::none : encoding::key, out);
  return true;
}

bool append_tag(const endpoint_plan& plan, const aggregation::compiled_template& tag,
                const bound_parameters& values, std::string& out) {
  for (const auto& piece : tag.pieces) {
    if (piece.parameter < 0) {
      out += piece.literal;
    } else if (!append_key_value(plan, values, static_cast<std::size_t>(piece.parameter),
                                 piece.field, out)) {
      return false;
    }
  }
  return true;
}

}  // namespace

void append_cache_key(const endpoint_plan& plan, const bound_parameters& values, std::string& out) {
  for (const auto& piece : plan.cache_key->pieces) {
    if (piece.parameter < 0) {
      out += piece.literal;
    } else {
      append_key_value(plan, values, static_cast<std::size_t>(piece.parameter), piece.field, out);
    }
  }
  const auto count = plan.parameters.size();
  auto is_variant = false;
  for (std::size_t i = 0; i < count; ++i) {
    is_variant |= !plan.parameters[i].in_key && !values.is_default(i);
  }
  if (!is_variant) return;
  for (std::size_t i = 0; i < count; ++i) {
    if (plan.parameters[i].in_key) continue;
    out += ':';
    append_key_value(plan, values, i, aggregation::value_field::whole, out);
  }
}

std::vector<std::string> cache_tags(const endpoint_plan& plan, const bound_parameters& values) {
  std::vector<std::string> result;
  for (const auto& tag : plan.tags) {
    std::string text;
    if (append_tag(plan, tag, values, text)) result.push_back(std::move(text));
  }
  return result;
}

}  // namespace tributary::actors::cache
