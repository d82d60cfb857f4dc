// SPDX-License-Identifier: MIT
#include "actors/aggregation/part_key.hpp"

#include "actors/aggregation/percent.hpp"
#include "actors/cache/credential_hash.hpp"
#include "config/secret_name.hpp"

#include <algorithm>

namespace tributary::actors::aggregation {

namespace {

using cache::append_credential_hash;

/// As the template is sent, with hashes in place of credentials; false when a value is missing.
bool append_without_credentials(const endpoint_plan& plan, const compiled_template& text,
                                const bound_parameters& values, encoding place, std::string& out) {
  for (const auto& piece : text.pieces) {
    if (piece.parameter < 0) {
      append_encoded(piece.literal, place == encoding::query ? place : encoding::none, out);
      continue;
    }
    const auto index = static_cast<std::size_t>(piece.parameter);
    const auto value = values.value(index, piece.field);
    if (!value) return false;
    const auto& declared = plan.parameters[index];
    if (declared.is_credential) {
      append_credential_hash(plan.key_secret, declared.settings.name, *value, out);
    } else {
      append_encoded(*value, place, out);
    }
  }
  return true;
}

std::string hidden_target(const endpoint_plan& plan, const part_plan& part,
                          const bound_parameters& values) {
  std::string result;
  append_without_credentials(plan, part.path, values, encoding::path, result);
  auto separator = '?';
  for (const auto& field : part.query) {
    std::string value;
    if (!append_without_credentials(plan, field.value, values, encoding::query, value)) continue;
    result.append(1, separator).append(field.name).append(1, '=');
    if (config::is_secret_name(field.name)) {
      append_credential_hash(plan.key_secret, field.name, value, result);
    } else {
      result += value;
    }
    separator = '&';
  }
  return result;
}

/// Whether the value of this field of a call is a credential, by its name or by what is in it.
bool is_secret(const part_plan& part, const std::string& name) {
  if (config::is_secret_name(name)) return true;
  return std::ranges::any_of(
      part.headers, [&](const field_plan& field) { return field.name == name && field.secret; });
}

}  // namespace

std::string part_key(const endpoint_plan& plan, std::size_t part, const bound_parameters& values,
                     std::string_view target,
                     const std::vector<std::pair<std::string, std::string>>& headers) {
  const auto& own = plan.parts[part];
  auto result = own.settings.upstream + " ";
  if (own.secret_target) {
    result += hidden_target(plan, own, values);
  } else {
    result += target;
  }
  for (const auto& [name, value] : headers) {
    const auto secret = is_secret(own, name);
    if (secret && own.settings.cache && own.settings.cache->shared) continue;
    result.append("\n").append(name).append(": ");
    if (secret) {
      append_credential_hash(plan.key_secret, name, value, result);
    } else {
      result += value;
    }
  }
  return result;
}

}  // namespace tributary::actors::aggregation
