// SPDX-License-Identifier: MIT
#pragma once

#include "config/complaint.hpp"
#include "config/sections/parameter_settings.hpp"
#include "config/template.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::config {

/// Judges templates by the parameters that their endpoint declares.
class template_check {
 public:
  template_check(const std::vector<parameter_settings>& parameters, complaint& out)
      : parameters_{parameters}, out_{out} {}

  /// The declared parameter called `name`, or null.
  const parameter_settings* find_parameter(std::string_view name) const;

  /// Nothing when `text` is no template, which is then said of `path`.
  std::optional<text_template> parse(const key_path& path, const std::string& text) const;

  /// Whether the literals are those of a URL path that begins with `/`.
  void check_path_text(const key_path& path, const text_template& parsed) const;

  /// Whether each parameter is declared and fits. `must_exist`: the text cannot be left out when a
  /// parameter has no value.
  void check_references(const key_path& path, const text_template& parsed, bool must_exist) const;

  /// All of it for a path of an upstream.
  void check_path(const key_path& path, const std::string& text) const;

  /// All of it for a key or tag of a cache, which `what` calls it.
  void check_cache_text(const key_path& path, const std::string& text, const char* what) const;

 private:
  const std::vector<parameter_settings>& parameters_;
  complaint& out_;
};

}  // namespace tributary::config
