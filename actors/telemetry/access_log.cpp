// SPDX-License-Identifier: MIT
#include "actors/telemetry/access_log.hpp"

#include "actors/telemetry/events.hpp"
#include "actors/telemetry/json_text.hpp"
#include "actors/telemetry/redaction.hpp"

namespace tributary::actors::telemetry {
namespace {

using namespace json_text;
using std::chrono::microseconds;

constexpr std::size_t longest_agent = 200;
constexpr std::size_t longest_target = 2048;
constexpr int client_closed_request = 499;

/// Redacts with `redact` into a buffer of this thread, then appends as JSON.
template <typename Redact>
void append_hidden(std::string& line, std::string_view text, Redact redact) {
  thread_local std::string shown;
  shown.clear();
  redact(shown, text);
  append_cut(line, shown, longest_target);
}

void append_target(std::string& line, const access_record& record) {
  line += R"(,"path":)";
  if (record.path.find_first_of("=:") == record.path.npos) {
    append_cut(line, record.path, longest_target);
  } else {
    append_hidden(line, record.path, append_redacted);
  }
  if (record.query.empty()) return;
  line += R"(,"query":)";
  append_hidden(line, record.query, append_redacted_query);
}

}  // namespace

void append_access_line(logger& to, const access_record& record) {
  auto& line = begin_line(config::log_level::info, events::request_done, "request answered");
  line += R"(,"request_id":)";
  append_string(line, record.request_id);
  line += R"(,"method":)";
  append_string(line, record.method);
  line += R"(,"route":)";
  append_string(line, record.route);
  append_target(line, record);
  line += R"(,"status":)";
  append_number(line, std::int64_t{record.client_gone ? client_closed_request : record.status});
  line += R"(,"bytes":)";
  append_number(line, record.bytes);
  line += R"(,"duration_ms":)";
  append_thousandths(line, std::chrono::duration_cast<microseconds>(record.duration).count());
  line += R"(,"remote":)";
  append_string(line, record.remote_address);
  if (!record.user_agent.empty()) {
    line += R"(,"user_agent":)";
    append_cut(line, record.user_agent, longest_agent);
  }
  if (!record.cache_result.empty()) {
    line += R"(,"cache":)";
    append_string(line, record.cache_result);
  }
  if (!record.parts.empty()) {
    line += R"(,"parts":)";
    append_string(line, record.parts);
  }
  line += "}\n";
  to.post(config::log_level::info, line);
}

}  // namespace tributary::actors::telemetry
