// SPDX-License-Identifier: MIT
#pragma once

#include "config/codec.hpp"

#include <string>

namespace tributary::config {

/// A URL that may have a user and a password. A password must not stand in the file itself, and is
/// not printed; the rest of the URL is no secret.
codec<std::string> credential_url();

}  // namespace tributary::config
