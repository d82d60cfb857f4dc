// SPDX-License-Identifier: MIT
#include "config/sections/template_check.hpp"

#include <algorithm>

namespace tributary::config {

using use = piece_kind;

const parameter_settings* template_check::find_parameter(std::string_view name) const {
  for (const auto& parameter : parameters_) {
    if (parameter.name == name) return &parameter;
  }
  return nullptr;
}

std::optional<text_template> template_check::parse(const key_path& path,
                                                   const std::string& text) const {
  auto result = parse_template(text);
  if (result.error) {
    out_.add(path, result.error->message + " (byte " + std::to_string(result.error->offset + 1) +
                       " of the text)");
  }
  return std::move(result.value);
}

void template_check::check_path_text(const key_path& path, const text_template& parsed) const {
  const auto& pieces = parsed.pieces;
  if (pieces.empty() || pieces[0].kind != use::literal || pieces[0].text[0] != '/') {
    return out_.add(path, "a path begins with `/`");
  }
  constexpr std::string_view marks = "/-._~!$&'()*+,;=:@%";
  for (const auto& piece : pieces) {
    for (const char c : piece.kind == use::literal ? piece.text : "") {
      const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (!plain && marks.find(c) == std::string_view::npos) {
        return out_.add(path, "a path has no " + cited({&c, 1}) + "; percent-encode it");
      }
    }
  }
}

void template_check::check_references(const key_path& path, const text_template& parsed,
                                      bool must_exist) const {
  for (const auto& piece : parsed.pieces) {
    if (piece.kind == use::literal) continue;
    auto* parameter = find_parameter(piece.text);
    if (parameter == nullptr) {
      std::vector<std::string> names;
      for (const auto& one : parameters_) names.push_back(one.name);
      out_.add(path, "no parameter is called " + cited(piece.text), closest(piece.text, names));
    } else if (piece.kind != use::value && parameter->type != parameter_type::interval) {
      out_.add(path, "`.from` and `.to` are for parameters of type `interval`");
    } else if (must_exist &&
               (piece.kind == use::to || (!parameter->required && !parameter->default_value))) {
      out_.add(path, "the parameter " + cited(piece.text) +
                         " may have no value; a path needs it required or with a default");
    }
  }
}

void template_check::check_path(const key_path& path, const std::string& text) const {
  const auto parsed = parse(path, text);
  if (!parsed) return;
  check_path_text(path, *parsed);
  check_references(path, *parsed, true);
}

void template_check::check_cache_text(const key_path& path, const std::string& text,
                                      const char* what) const {
  if (text.empty()) return out_.add(path, std::string{"a "} + what + " is not empty");
  if (const auto parsed = parse(path, text)) check_references(path, *parsed, false);
}

}  // namespace tributary::config
