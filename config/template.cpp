// SPDX-License-Identifier: MIT
#include "config/template.hpp"

#include <algorithm>

namespace tributary::config {

namespace {

bool name_start(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; }

bool name_part(char c) { return name_start(c) || (c >= '0' && c <= '9') || c == '-'; }

bool is_reference_name(std::string_view text) {
  return !text.empty() && name_start(text.front()) &&
         std::all_of(text.begin(), text.end(), name_part);
}

template_result failure(std::size_t offset, std::string message) {
  return {std::nullopt, template_error{offset, std::move(message)}};
}

void append_literal(text_template& out, char c) {
  if (out.pieces.empty() || out.pieces.back().kind != piece_kind::literal) out.pieces.push_back({});
  out.pieces.back().text += c;
}

/// `reference` is what stands between the braces.
std::optional<template_piece> parse_reference(std::string_view reference) {
  auto kind = piece_kind::value;
  if (const auto dot = reference.find('.'); dot != std::string_view::npos) {
    const auto suffix = reference.substr(dot + 1);
    if (suffix != "from" && suffix != "to") return std::nullopt;
    kind = suffix == "from" ? piece_kind::from : piece_kind::to;
    reference = reference.substr(0, dot);
  }
  if (!is_reference_name(reference)) return std::nullopt;
  return template_piece{kind, std::string{reference}};
}

}  // namespace

template_result parse_template(std::string_view text) {
  text_template result;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const bool doubled = at + 1 < text.size() && text[at + 1] == c;
    if ((c == '{' || c == '}') && doubled) {
      append_literal(result, c);
      ++at;
    } else if (c == '}') {
      return failure(at, "a lone `}`; write `}}` for the character itself");
    } else if (c == '{') {
      const auto end = text.find('}', at);
      if (end == std::string_view::npos) {
        return failure(at, "`{` without its `}`; write `{{` for the character itself");
      }
      auto piece = parse_reference(text.substr(at + 1, end - at - 1));
      if (!piece) return failure(at, "expected `{name}`, `{name.from}` or `{name.to}`");
      result.pieces.push_back(std::move(*piece));
      at = end;
    } else {
      append_literal(result, c);
    }
  }
  return {std::move(result), std::nullopt};
}

}  // namespace tributary::config
