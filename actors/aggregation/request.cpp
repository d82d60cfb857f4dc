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

}  // namespace tributary::actors::aggregation
