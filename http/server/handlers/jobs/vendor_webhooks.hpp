// SPDX-License-Identifier: MIT
#pragma once

#include "http/server/handlers/jobs/store_question.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace tributary::http::server {

class router;

/// Takes personal data out of a plain text. Any thread.
using text_cleaner = std::function<std::string(std::string_view text)>;

/// Adds `POST /vendor-webhook/{vendor}`: what an asynchronous vendor says of a job. Its signature
/// is verified on the raw bytes before anything of them is read; 2xx is said once it is durable.
/// Secrets are those of `wiring.state`.
void add_webhook_route(router& routes, const jobs_wiring& wiring, text_cleaner clean);

}  // namespace tributary::http::server
