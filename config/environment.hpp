// SPDX-License-Identifier: MIT
#pragma once

#include "config/document.hpp"

#include <functional>
#include <optional>
#include <string>

namespace tributary::config {

/// Where `${…}` comes from. Tests pass lambdas instead of the process's own.
struct environment {
  std::function<std::optional<std::string>(const std::string& name)> variable;  ///< unset: nothing
  std::function<std::optional<std::string>(const std::string& path)> file;  ///< unreadable: nothing

  /// The variables and files of this process; a file larger than 1 MiB counts as unreadable.
  static environment process();
};

/// Replaces in each string value below `root`:
///   - `${NAME}`: the variable; an unset one is an error
///   - `${NAME:-default}`: the variable, or the default when it is unset or empty, as in a shell
///   - `${file:PATH}`: the text of the file without the line break at its end; a relative path
///     starts at `folder`
///   - `$${`: `${` itself
void substitute(node& root, const environment& env, const std::string& folder, error_list& errors);

/// Adds to a message about `at` where its text came from, `… (from PORT)`: who reads it finds no
/// such text in the file. What may be a secret is taken out of message and suggestion: the text of
/// a file, that of a variable or a member whose name is a secret's, and a URL with a password.
void attribute(const node& at, std::string& message, std::string& suggestion);

}  // namespace tributary::config
