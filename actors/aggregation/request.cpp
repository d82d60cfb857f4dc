// SPDX-License-Identifier: MIT
#include "actors/aggregation/request.hpp"

#include "actors/aggregation/percent.hpp"

#include <algorithm>
#include <cstddef>

namespace tributary::actors::aggregation {

namespace {

/// Appends a template with its values; false, with a rest in `out`, when a value is missing.
bool append_template(const compiled_template& text, const bound_parameters& values, encoding place,
                     std::string& out) {
  for (const auto& piece : text.pieces) {
    if (piece.parameter < 0) {
      // Literals of a path or query value are the operator's. Those of a query value are text.
      append_encoded(piece.literal, place == encoding::query ? place : encoding::none, out);
      continue;
    }
    auto value = values.value(static_cast<std::size_t>(piece.parameter), piece.field);
    if (!value) return false;
    append_encoded(*value, place, out);
  }
  return true;
}

/// True when some segment of the path is `.` or `..`, which servers take as steps in the tree.
bool has_dot_segment(std::string_view path) {
  for (std::size_t slash = path.find("/."); slash != std::string_view::npos;
       slash = path.find("/.", slash + 1)) {
    auto segment = path.substr(slash + 1);
    segment = segment.substr(0, segment.find('/'));
    if (segment == "." || segment == "..") return true;
  }
  return false;
}

/// Types whose normal form needs no escape in a key: it has a fixed alphabet and can be told from
/// what follows.
bool is_self_delimiting(config::parameter_type type) {
  using config::parameter_type;
  return type == parameter_type::instant || type == parameter_type::interval;
}

/// False, with nothing appended, when there is no value.
bool append_key_value(const endpoint_plan& plan, const bound_parameters& values,
                      std::size_t parameter, value_field field, std::string& out) {
  auto value = values.value(parameter, field);
  if (!value) return false;
  auto plain = is_self_delimiting(plan.parameters[parameter].settings.type);
  append_encoded(*value, plain ? encoding::none : encoding::key, out);
  return true;
}

bool append_tag(const endpoint_plan& plan, const compiled_template& tag,
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

bool append_target(const part_plan& part, const bound_parameters& values, std::string& out) {
  return append_target(part, part.path, values, out);
}

bool append_target(const part_plan& part, const compiled_template& path,
                   const bound_parameters& values, std::string& out) {
  auto begin = out.size();
  if (!append_template(path, values, encoding::path, out) ||
      has_dot_segment(std::string_view{out}.substr(begin))) {
    out.resize(begin);
    return false;
  }
  auto separator = '?';
  for (const auto& field : part.query) {
    auto field_begin = out.size();
    out += separator;
    out += field.name;
    out += '=';
    if (append_template(field.value, values, encoding::query, out)) {
      separator = '&';
    } else {
      out.resize(field_begin);
    }
  }
  return true;
}

void append_headers(const part_plan& part, const bound_parameters& values,
                    std::vector<request_header>& out) {
  for (const auto& field : part.headers) {
    request_header header{field.name, {}};
    if (append_template(field.value, values, encoding::none, header.value)) {
      out.push_back(std::move(header));
    }
  }
}

void append_cache_key(const endpoint_plan& plan, const bound_parameters& values, std::string& out) {
  for (const auto& piece : plan.cache_key->pieces) {
    if (piece.parameter < 0) {
      out += piece.literal;
    } else {
      append_key_value(plan, values, static_cast<std::size_t>(piece.parameter), piece.field, out);
    }
  }
  auto count = plan.parameters.size();
  auto is_variant = false;
  for (std::size_t i = 0; i < count; ++i) {
    is_variant |= !plan.parameters[i].in_key && !values.is_default(i);
  }
  if (!is_variant) return;
  for (std::size_t i = 0; i < count; ++i) {
    if (plan.parameters[i].in_key) continue;
    out += ':';
    append_key_value(plan, values, i, value_field::whole, out);
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

}  // namespace tributary::actors::aggregation
