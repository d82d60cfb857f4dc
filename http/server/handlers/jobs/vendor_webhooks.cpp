// SPDX-License-Identifier: MIT
#include "http/server/handlers/jobs/vendor_webhooks.hpp"

#include "actors/telemetry/events.hpp"
#include "actors/telemetry/logging.hpp"
#include "config/sections/jobs_section.hpp"
#include "http/server/handlers/jobs/job_answers.hpp"
#include "http/server/handlers/jobs/job_query.hpp"
#include "http/server/router.hpp"
#include "http/wire/target.hpp"
#include "providers/vendors/retry_delay.hpp"
#include "providers/vendors/vendor_webhook.hpp"
#include "providers/vendors/webhook_signature.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace tributary::http::server {

namespace jobs = actors::jobs;
namespace telemetry = actors::telemetry;
namespace pv = providers::vendors;
using jobs::store_refusal;

namespace {

constexpr std::chrono::hours webhook_ids_are_kept_for{7 * 24};
constexpr std::chrono::hours orphans_are_kept_for{24};

/// One asynchronous vendor, as its webhooks are judged.
struct webhook_sender {
  const jobs::vendor_resources& vendor;
  std::vector<pv::webhook_secret> secrets;
};
using webhook_senders = std::map<std::string, webhook_sender, std::less<>>;

webhook_senders senders_of(const jobs::jobs_state& state) {
  webhook_senders result;
  for (const auto& each : state.vendors) {
    if (each->settings.kind != config::vendor_kind::async) continue;
    auto& sender = result.emplace(each->settings.name, webhook_sender{*each, {}}).first->second;
    for (const auto& text : each->settings.webhook_secrets) {
      if (auto secret = pv::webhook_secret::parse(text)) sender.secrets.push_back(*secret);
    }
  }
  return result;
}

void note_refusal(std::string_view vendor, std::string_view why) {
  telemetry::log().write(config::log_level::warning, telemetry::events::webhook_refused,
                         "a webhook does not show that it is the vendor's",
                         {{"vendor", vendor}, {"reason", why}});
}

/// What is taken to the store of what the vendor says.
std::variant<pj::take_webhook::done, pj::take_webhook::failed, pj::take_webhook::progress> cleaned(
    const jobs::jobs_state& state, const text_cleaner& clean, const config::vendor_settings& vendor,
    const pv::vendor_webhook& said) {
  if (const auto* done = std::get_if<pv::vendor_webhook::done>(&said.what)) {
    return pj::take_webhook::done{state.clean(done->data)};
  }
  if (const auto* progress = std::get_if<pv::vendor_webhook::progress>(&said.what)) {
    return pj::take_webhook::progress{state.clean(progress->value)};
  }
  const auto& failed = std::get<pv::vendor_webhook::failed>(said.what);
  pj::take_webhook::failed result;
  result.error.code = "VENDOR_FAILED";
  result.error.message =
      failed.message.empty() ? "the vendor says that the job has failed" : clean(failed.message);
  result.retryable = failed.retryable;
  result.delay = pv::retry_delay({vendor.retry.base, vendor.retry.cap}, 1, state.random(), {});
  return result;
}

void take_webhook(const jobs_wiring& wiring, const webhook_senders& senders,
                  const text_cleaner& clean, const request& asked, responder answer) {
  const auto refuse = [&](response&& why) { std::move(answer).respond(std::move(why)); };
  std::string name;
  wire::percent_decode(asked.path_value("vendor"), name);
  const auto sender = senders.find(name);
  if (sender == senders.end()) return refuse(vendor_not_found(asked));
  const auto& vendor = sender->second.vendor.settings;

  pj::take_webhook wanted;
  wanted.vendor = vendor.name;
  wanted.webhook_id = asked.header("webhook-id");
  wanted.keep_ids_for = webhook_ids_are_kept_for;
  wanted.keep_orphans_for = orphans_are_kept_for;
  if (vendor.auth == config::webhook_auth::signature) {
    const pv::webhook_stamp stamp{asked.header("webhook-id"), asked.header("webhook-timestamp"),
                                  asked.header("webhook-signature")};
    if (const auto why = pv::judge_signature(sender->second.secrets, stamp, asked.body,
                                             std::chrono::system_clock::now())) {
      note_refusal(name, to_string(*why));
      return refuse(webhook_refused(asked));
    }
  } else if (vendor.auth == config::webhook_auth::token) {
    wanted.token = job_query{asked.query}.value("token");
    if (!wanted.token || wanted.token->empty()) {
      note_refusal(name, "no token");
      return refuse(webhook_refused(asked));
    }
  }
  const auto read = pv::parse_vendor_webhook(wire::shared_bytes{asked.body});
  if (const auto* why = std::get_if<pv::webhook_refusal>(&read)) {
    return refuse(why->what == pv::webhook_refusal::kind::not_json
                      ? invalid_json(asked, why->detail)
                      : invalid_webhook(asked, why->detail));
  }
  const auto& said = std::get<pv::vendor_webhook>(read);
  wanted.id = said.id;
  if (!said.id) wanted.reference = said.reference;
  wanted.what = cleaned(wiring.state, clean, vendor, said);
  ask_writer(wiring, std::move(wanted),
             [name, duty = share(std::move(answer))](store_refusal refusal, pj::written* result) {
               const auto& client = duty->get_request();
               if (result == nullptr) {
                 return std::move(*duty).respond(store_refused(client, refusal));
               }
               const auto& done = std::get<pj::webhook_result>(*result);
               if (done.what == pj::webhook_result::kind::refused)
                 note_refusal(name, "wrong token");
               if (done.what == pj::webhook_result::kind::stored) {
                 telemetry::log().write(config::log_level::info, telemetry::events::webhook_orphan,
                                        "a webhook names a job that is not known",
                                        {{"vendor", name}});
               }
               std::move(*duty).respond(webhook_response(client, done));
             });
}

}  // namespace

void add_webhook_route(router& routes, const jobs_wiring& wiring, text_cleaner clean) {
  auto senders = std::make_shared<const webhook_senders>(senders_of(wiring.state));
  route_options options;
  options.summary = "What an asynchronous vendor says of a job. 2xx once it is durable.";
  options.produces = {"application/json"};
  options.secrets = {"token"};
  routes.add(
      method::post, config::vendor_webhook_path,
      [wiring, senders, clean = std::move(clean)](const request& asked, responder answer) {
        take_webhook(wiring, *senders, clean, asked, std::move(answer));
      },
      std::move(options));
}

}  // namespace tributary::http::server
