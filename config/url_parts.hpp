// SPDX-License-Identifier: MIT
#pragma once

#include <boost/url/url_view.hpp>
#include <string>

namespace tributary::config {

/// What is wrong with a URL of host, port and path, whatever its scheme, user and path are; empty:
/// nothing. Whether the host has a name's characters is left to `is_host`.
std::string judge_url_parts(const boost::urls::url_view& url);

}  // namespace tributary::config
