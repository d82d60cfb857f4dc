// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace tributary::tests {

/// True when `line` is one of `text`, whole.
inline bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

}  // namespace tributary::tests
