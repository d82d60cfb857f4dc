// SPDX-License-Identifier: MIT
#include "http/server/handlers/operations/admin.hpp"

#include "actors/messages.hpp"
#include "actors/runtime/observed_actor.hpp"
#include "actors/runtime/worker.hpp"
#include "actors/telemetry/events.hpp"
#include "actors/telemetry/logging.hpp"
#include "actors/telemetry/server_metrics.hpp"
#include "http/server/handlers/operations/operator_access.hpp"
#include "http/server/preconditions.hpp"
#include "http/server/problems.hpp"
#include "http/server/router.hpp"
#include "http/wire/content_coding.hpp"
#include "http/wire/negotiation.hpp"
#include "http/wire/target.hpp"

#include <memory>
#include <optional>
#include <utility>

namespace tributary::http::server {

namespace telemetry = actors::telemetry;
using actors::cache::purge_scope;

namespace {

/// Answers 204 when nobody has anything left to forget.
struct purge_duty {
  explicit purge_duty(responder r) : answer(std::move(r)) {}
  ~purge_duty() {
    response done;
    done.status = 204;
    std::move(answer).respond(std::move(done));
  }
  responder answer;
};

/// @param raw piece of the request target that names what is to be forgotten
void purge_everywhere(const admin_wiring& wiring, const request& asked, purge_scope scope,
                      std::string_view raw, responder answer) {
  auto texts = actors::cache::purge_texts(raw);
  telemetry::log().write(config::log_level::info, telemetry::events::cache_purged,
                         "an operator purged the cache",
                         {{"scope", to_string(scope)}, {"target", texts.front()}});
  const auto* to = wiring.invalidation[actors::runtime::worker::current()->index()].get();
  if (to == nullptr) {
    std::move(answer).respond(overloaded(asked, "what purges the cache is being restarted"));
    return;
  }
  const auto duty = std::make_shared<purge_duty>(std::move(answer));
  for (auto& text : texts) {
    actors::runtime::tell(*to, actors::purge_all{{scope, std::move(text)}, duty});
  }
}

/// All lines of a list field as one.
std::string joined_lines(const request& asked, std::string_view name) {
  std::string result;
  asked.each_header(name, [&](std::string_view value) {
    if (!result.empty()) result += ',';
    result += value;
  });
  return result;
}

/// OpenMetrics for whoever likes it better than the text that everybody gets.
response metrics_response(const telemetry::server_metrics& metrics, const request& asked) {
  const auto accept = joined_lines(asked, "accept");
  const auto format = wire::acceptance(accept, "application/openmetrics-text") >
                              wire::acceptance(accept, "text/plain")
                          ? telemetry::exposition::openmetrics
                          : telemetry::exposition::text;
  auto text = metrics.render(format);
  const auto packed = wire::prefers_gzip(joined_lines(asked, "accept-encoding"));
  if (packed) text = wire::gzip(text);
  auto result = make_response(200, telemetry::content_type_of(format), text);
  if (packed) result.add_header("Content-Encoding", "gzip");
  result.add_header("Vary", "Accept, Accept-Encoding");
  return result;
}

response bad_parameter(const request& asked, std::string detail) {
  auto p = wire::make_problem("INVALID_PARAMETER");
  p.title = "A parameter is missing or malformed.";
  p.detail = std::move(detail);
  return problem_response(asked, std::move(p));
}

void purge_key(const admin_wiring& wiring, const request& asked, responder answer) {
  purge_everywhere(wiring, asked, purge_scope::key, asked.path_value("key"), std::move(answer));
}

void purge_many(const admin_wiring& wiring, const request& asked, responder answer) {
  std::optional<purge_scope> scope;
  std::string_view raw;
  auto is_clear = true;
  for (auto rest = asked.query; const auto item = wire::next_query_item(rest);) {
    is_clear &= !scope && (item->name == "prefix" || item->name == "tag") && !item->value.empty();
    scope = item->name == "tag" ? purge_scope::tag : purge_scope::prefix;
    raw = item->value;
  }
  if (!scope || !is_clear) {
    std::move(answer).respond(
        bad_parameter(asked, "give one `prefix` or one `tag`, not empty, and nothing else"));
    return;
  }
  purge_everywhere(wiring, asked, *scope, raw, std::move(answer));
}

}  // namespace

void add_admin_routes(router& routes, admin_wiring with) {
  const auto wiring = std::make_shared<const admin_wiring>(std::move(with));
  const auto add = [&](method m, std::string_view path, callers of, std::string_view summary,
                       auto serve) {
    route_options options;
    options.summary = summary;
    options.never_shed = true;
    routes.add(
        m, path,
        [wiring, serve, of](const request& asked, responder answer) {
          if (auto refusal = refuse_call(asked, wiring->token, of)) {
            return std::move(answer).respond(std::move(*refusal));
          }
          // A purge has no entity tag that could match, and afterwards it is too late to say so.
          if (asked.method == method::delete_ && asked.has_header("If-Match")) {
            return std::move(answer).respond(precondition_failed(asked, {}));
          }
          serve(*wiring, asked, std::move(answer));
        },
        std::move(options));
  };
  add(method::get, "/metrics", callers::operators_and_scrapers,
      "All metrics in Prometheus' text format 0.0.4 or, by `Accept`, in OpenMetrics 1.0; by "
      "`Accept-Encoding` in gzip.",
      [](const admin_wiring& w, const request& asked, responder answer) {
        std::move(answer).respond(metrics_response(w.metrics, asked));
      });
  add(method::delete_, "/cache/{key}", callers::operators,
      "Forgets the answers of a key and its variants (`key:…`): 204.", purge_key);
  add(method::delete_, "/cache", callers::operators,
      "Forgets all answers whose key begins with `prefix`, or that have the `tag`: 204.",
      purge_many);
}

}  // namespace tributary::http::server
