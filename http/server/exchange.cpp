// SPDX-License-Identifier: MIT
#include "http/server/exchange.hpp"

#include "http/wire/characters.hpp"

#include <algorithm>
#include <array>

namespace tributary::http::server {

namespace {

constexpr std::array<std::string_view, 8> method_names = {"GET",   "HEAD",   "POST",    "PUT",
                                                          "PATCH", "DELETE", "OPTIONS", ""};

}  // namespace

method to_method(std::string_view name) noexcept {
  const auto* found = std::find(method_names.begin(), method_names.end() - 1, name);
  return static_cast<method>(found - method_names.begin());
}

std::string_view to_string(method m) noexcept { return method_names[static_cast<std::size_t>(m)]; }

bool request::same_field_name(std::string_view a, std::string_view b) noexcept {
  return wire::same_without_case(a, b);
}

std::string_view request::header(std::string_view name) const noexcept {
  for (const auto& field : headers) {
    if (same_field_name(field.name, name)) return field.value;
  }
  return {};
}

bool request::has_header(std::string_view name) const noexcept {
  return std::any_of(headers.begin(), headers.end(),
                     [&](const auto& field) { return same_field_name(field.name, name); });
}

std::string_view request::path_value(std::string_view name) const noexcept {
  for (const auto& parameter : path_parameters) {
    if (parameter.name == name) return parameter.value;
  }
  return {};
}

void response::add_header(std::string_view name, std::string_view value) {
  headers += name;
  headers += ": ";
  for (const char c : value) headers += wire::is_control(c) ? ' ' : c;
  headers += "\r\n";
}

std::size_t response::body_size() const noexcept {
  std::size_t size = 0;
  for (const auto& fragment : body) size += fragment.size();
  return size;
}

response make_response(int status, std::string_view content_type, std::string_view body) {
  response answer;
  answer.status = status;
  answer.content_type = content_type;
  if (!body.empty()) answer.body.emplace_back(wire::shared_bytes{body});
  return answer;
}

}  // namespace tributary::http::server
