// SPDX-License-Identifier: MIT
#pragma once

#include "config/environment.hpp"
#include "config/error.hpp"
#include "config/section_list.hpp"
#include "config/settings.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::config {

/// What came of loading: settings, or everything that is wrong, in the order of the file.
struct load_result {
  std::string file_name;
  std::optional<settings> value;
  std::vector<config_error> errors;
  bool unreadable = false;  ///< the file could not be read at all; `errors` says so
};

/// Reads and checks a configuration, whose systems are those of `sections`. `file_name` is for
/// messages; its folder is where relative `${file:PATH}` start. Any text is safe to pass; no
/// exception leaves it.
load_result load(std::string_view text, std::string_view file_name, const environment& env,
                 const section_list& sections);

/// As `load`, from a file.
load_result load_file(const std::string& path, const environment& env,
                      const section_list& sections);

/// The configuration that is built into the program, `config/tributary.json`.
std::string_view shipped_configuration();

/// As `load`, of the shipped configuration.
load_result load_shipped(const environment& env, const section_list& sections);

/// What `tributary check` exits with: 0 fine, 1 errors in the configuration, 2 unreadable file.
int exit_code(const load_result& result);

/// One error a line: `file:line:column: path: message (did you mean `x`?)`.
std::string errors_as_text(const load_result& loaded);

/// `{"file", "errors": [{"path", "line", "column", "message", "suggestion"}]}`; also without
/// errors.
std::string errors_as_json(const load_result& loaded);

/// The settings, loaded with these sections, as a configuration file, defaults included, secrets as
/// `***`; ends with a newline.
std::string print_effective(const settings& source, const section_list& sections);

}  // namespace tributary::config
