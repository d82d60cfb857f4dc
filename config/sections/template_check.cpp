// SPDX-License-Identifier: MIT
#include "config/sections/template_check.hpp"
#include "http/wire/characters.hpp"

#include <algorithm>

namespace tributary::config {

using use = piece_kind;

namespace {

using http::wire::is_hex_digit;

/// `%C3%A9` for `é`.
std::string percent_encoded(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string result;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    (result += '%') += digits[byte >> 4U];
    result += digits[byte & 15U];
  }
  return result;
}

struct path_trouble {
  std::string message;  ///< empty: none
  std::string suggestion;
};

path_trouble judge_path_literal(std::string_view text) {
  constexpr std::string_view marks = "/-._~!$&'()*+,;=:@";
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (plain || marks.find(c) != std::string_view::npos) continue;
    if (c == '%') {
      if (text.size() - at < 3 || !is_hex_digit(text[at + 1]) || !is_hex_digit(text[at + 2])) {
        return {"a `%` begins an escape of two hexadecimal digits; `%25` is the character itself",
                {}};
      }
      at += 2;
      continue;
    }
    const auto character = text.substr(at, std::max<std::size_t>(1, character_length(text, at)));
    return {"a path has no " + cited(character) + "; percent-encode it",
            percent_encoded(character)};
  }
  return {};
}

/// True when a segment is `.` or `..`, also with its points escaped.
bool has_dot_segment(const text_template& path) {
  std::string text;
  for (const auto& piece : path.pieces) {
    // A value is refused at each request where it would make such a segment.
    if (piece.kind == use::literal) {
      text += piece.text;
    } else {
      text += "value";
    }
  }
  for (std::string_view rest{text}; !rest.empty();) {
    rest.remove_prefix(1);
    const auto end = std::min(rest.find('/'), rest.size());
    std::string segment;
    for (std::size_t at = 0; at < end; ++at) {
      const auto escape = rest.substr(at, 3);
      const bool point = escape == "%2e" || escape == "%2E";
      segment += point ? '.' : rest[at];
      if (point) at += 2;
    }
    if (segment == "." || segment == "..") return true;
    rest.remove_prefix(end);
  }
  return false;
}

}  // namespace

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
  for (const auto& piece : pieces) {
    if (piece.kind != use::literal) continue;
    if (const auto wrong = judge_path_literal(piece.text); !wrong.message.empty()) {
      return out_.add(path, wrong.message, wrong.suggestion);
    }
  }
  if (has_dot_segment(parsed)) {
    out_.add(path,
             "`.` and `..` are steps in a path, not segments: clients and servers resolve them");
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
