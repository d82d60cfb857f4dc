// SPDX-License-Identifier: MIT
#include "http/server/handlers/jobs/jobs_handlers.hpp"

#include "config/sections/jobs_section.hpp"
#include "http/server/handlers/jobs/job_answers.hpp"
#include "http/server/handlers/jobs/job_document.hpp"
#include "http/server/handlers/jobs/job_input.hpp"
#include "http/server/handlers/jobs/job_list_input.hpp"
#include "http/server/handlers/jobs/job_query.hpp"
#include "http/server/problems.hpp"
#include "http/server/router.hpp"
#include "http/wire/base64url.hpp"

#include <openssl/rand.h>

#include <array>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace tributary::http::server {

namespace jobs = actors::jobs;
using jobs::store_refusal;

namespace {

constexpr std::chrono::hours keys_are_kept_for{24};

void fill_with_random(void* to, std::size_t size) {
  if (::RAND_bytes(static_cast<unsigned char*>(to), static_cast<int>(size)) != 1) {
    throw std::runtime_error{"there are no random numbers to be had"};
  }
}

jobs::vendor_wait wait_of_vendor(const jobs::jobs_state& state, const std::string& vendor) {
  const auto* found = state.find(vendor);
  return found == nullptr ? jobs::vendor_wait{} : found->wait();
}

/// What the handlers of jobs have in common. One object for all workers.
struct job_desk {
  jobs_wiring wiring;
  job_maker make;

  std::variant<wanted_job, job_refusal> read(std::string_view payload, bool in_batch) const {
    job_terms terms;
    terms.now = wiring.state.now();
    terms.id = wiring.own_refs().ids.next(terms.now);
    terms.webhook_token = make_webhook_token();
    terms.in_batch = in_batch;
    return make(payload, std::move(terms));
  }

  pj::accept acceptance() const {
    pj::accept result;
    result.most_queued = wiring.state.settings.max_queued;
    result.keep_keys_for = keys_are_kept_for;
    result.answer_of_one = acceptance_of;
    return result;
  }
};
using desk_ptr = std::shared_ptr<const job_desk>;

/// What is wrong with a request before its body is looked into; nothing: it is fine.
std::optional<response> refuse_head(const request& asked, const key_field& key) {
  if (!has_json_type(asked)) return unsupported_job_type(asked);
  if (key.is_there && !key.key) return invalid_key(asked);
  return std::nullopt;
}

// -- one job ------------------------------------------------------------------------------------

response answer_submit(const request& asked, store_refusal refusal, pj::written* result,
                       pj::instant now) {
  using kind = pj::accepted_job::kind;
  if (result == nullptr) return store_refused(asked, refusal);
  auto& accepted = std::get<pj::accept_result>(*result).jobs.front();
  switch (accepted.what) {
    case kind::replayed:
      return accepted_response(std::move(accepted.answer), true);
    case kind::key_reused:
    case kind::in_progress:
      return key_conflict(asked, accepted.what);
    case kind::queue_full:
      return queue_full(asked);
    case kind::accepted:
    case kind::deduplicated:
      break;
  }
  return accepted_response(acceptance_of(accepted, now), false);
}

void submit_job(const job_desk& desk, const request& asked, responder answer) {
  const auto key = read_idempotency_key(asked);
  if (auto refused = refuse_head(asked, key)) {
    return std::move(answer).respond(std::move(*refused));
  }
  const auto body = read_json_body(asked.body);
  if (!body.why.empty()) return std::move(answer).respond(invalid_json(asked, body.why));
  auto made = desk.read(body.text, false);
  if (const auto* refusal = std::get_if<job_refusal>(&made)) {
    return std::move(answer).respond(invalid_job(asked, *refusal));
  }
  auto wanted = desk.acceptance();
  auto& item = wanted.jobs.emplace_back();
  item.job = std::move(std::get<wanted_job>(made).job);
  if (key.key) {
    item.key = keyed("POST /jobs", *key.key, asked.header("Content-Type"), asked.body);
  }
  ask_writer(desk.wiring, std::move(wanted),
             [duty = share(std::move(answer))](store_refusal refusal, pj::written* result) {
               const auto now =
                   result == nullptr ? pj::instant{} : std::get<pj::accept_result>(*result).now;
               auto said = answer_submit(duty->get_request(), refusal, result, now);
               std::move(*duty).respond(std::move(said));
             });
}

// -- many jobs ----------------------------------------------------------------------------------

/// What becomes of each payload of a batch: it is refused, and this is the member of `results`; or
/// it is the next one that goes to the store, where there is nothing yet.
using batch_places = std::vector<std::optional<std::string>>;

std::string result_of_payload(const pj::accepted_job& accepted, pj::instant now) {
  using kind = pj::accepted_job::kind;
  switch (accepted.what) {
    case kind::replayed:
      return batch_result(accepted.answer);
    case kind::key_reused:
      return batch_refusal(422, "IDEMPOTENCY_KEY_REUSED", "the key was used with another payload");
    case kind::in_progress:
      return batch_refusal(409, "IDEMPOTENCY_IN_PROGRESS",
                           "the first payload with this key is still being stored");
    case kind::queue_full:
      return batch_refusal(503, "QUEUE_FULL", "as many jobs wait as may");
    case kind::accepted:
    case kind::deduplicated:
      break;
  }
  return batch_result(acceptance_of(accepted, now));
}

pj::kept_answer answer_of_batch(const batch_places& places,
                                std::span<const pj::accepted_job> accepted, pj::instant now) {
  pj::kept_answer result{200, R"({"results":[)"};
  auto next = accepted.begin();
  auto separator = "";
  for (const auto& each : places) {
    result.body += std::exchange(separator, ",");
    result.body += each ? *each : result_of_payload(*next++, now);
  }
  result.body += "]}";
  return result;
}

response answer_batch(const request& asked, const batch_places& places, store_refusal refusal,
                      pj::written* result) {
  using kind = pj::accepted_job::kind;
  if (result == nullptr) return store_refused(asked, refusal);
  auto& done = std::get<pj::accept_result>(*result);
  if (done.what == kind::replayed) return batch_response(std::move(done.answer), true);
  if (done.what != kind::accepted) return key_conflict(asked, done.what);
  return batch_response(answer_of_batch(places, done.jobs, done.now), false);
}

void submit_batch(const job_desk& desk, const request& asked, responder answer) {
  const auto refuse = [&](response&& why) { std::move(answer).respond(std::move(why)); };
  const auto key = read_idempotency_key(asked);
  if (auto refused = refuse_head(asked, key)) return refuse(std::move(*refused));
  job_query query{asked.query};
  const auto atomic = query.flag("atomic");
  if (atomic && !desk.wiring.state.settings.mongodb.empty()) {
    query.refuse("atomic", "cannot be `true`: the store writes one job at a time");
  }
  if (!query.complaints().empty()) return refuse(invalid_parameters(asked, query.complaints()));
  const auto body = read_json_body(asked.body);
  if (!body.why.empty()) return refuse(invalid_json(asked, body.why));
  const auto read = read_batch(body.text);
  if (const auto* why = std::get_if<std::string>(&read)) return refuse(invalid_batch(asked, *why));

  auto wanted = desk.acceptance();
  const auto places = std::make_shared<batch_places>();
  std::vector<std::pair<std::size_t, job_refusal>> refusals;
  for (const auto payload : std::get<job_batch>(read).payloads) {
    auto made = desk.read(payload, true);
    if (auto* refusal = std::get_if<job_refusal>(&made)) {
      places->push_back(
          batch_refusal(400, refusal->code, refusal->code.type()->title, refusal->errors));
      refusals.emplace_back(places->size() - 1, std::move(*refusal));
      continue;
    }
    auto& one = std::get<wanted_job>(made);
    auto& item = wanted.jobs.emplace_back();
    item.job = std::move(one.job);
    if (one.idempotency_key) {
      item.key = keyed("POST /jobs/batch, one payload", *one.idempotency_key, {}, payload);
    }
    places->emplace_back();
  }
  if (atomic && !refusals.empty()) return refuse(invalid_jobs(asked, refusals));
  if (key.key) {
    wanted.key = keyed("POST /jobs/batch", *key.key, asked.header("Content-Type"), asked.body);
    wanted.answer_of_all = [places](std::span<const pj::accepted_job> accepted, pj::instant now) {
      return answer_of_batch(*places, accepted, now);
    };
  } else if (wanted.jobs.empty()) {
    return refuse(batch_response(answer_of_batch(*places, {}, {}), false));
  }
  ask_writer(desk.wiring, std::move(wanted),
             [places, duty = share(std::move(answer))](store_refusal refusal, pj::written* result) {
               auto said = answer_batch(duty->get_request(), *places, refusal, result);
               std::move(*duty).respond(std::move(said));
             });
}

// -- reading ------------------------------------------------------------------------------------

void show_job(const job_desk& desk, const request& asked, responder answer) {
  job_query query{asked.query};
  read_job_wait(asked, query);
  if (!query.complaints().empty()) {
    return std::move(answer).respond(invalid_parameters(asked, query.complaints()));
  }
  const auto id = read_job_id(asked);
  if (!id) return std::move(answer).respond(job_not_found(asked));
  ask_reader(desk.wiring, jobs::find_job{*id},
             [&state = desk.wiring.state, duty = share(std::move(answer))](
                 store_refusal refusal, jobs::read_result* result) {
               const auto& client = duty->get_request();
               if (result == nullptr) {
                 return std::move(*duty).respond(store_refused(client, refusal));
               }
               const auto& found = std::get<std::optional<pj::job>>(*result);
               if (!found) return std::move(*duty).respond(job_not_found(client));
               const job_view view{*found, state.now(), wait_of_vendor(state, found->vendor)};
               std::move(*duty).respond(job_response(client, view));
             });
}

void list_jobs(const job_desk& desk, const request& asked, responder answer) {
  auto input = read_job_list_input(asked);
  if (!input.errors.empty()) {
    return std::move(answer).respond(invalid_parameters(asked, input.errors));
  }
  ask_reader(desk.wiring, input.filter,
             [&state = desk.wiring.state, filter = input.filter, duty = share(std::move(answer))](
                 store_refusal refusal, jobs::read_result* result) {
               const auto& client = duty->get_request();
               if (result == nullptr) {
                 return std::move(*duty).respond(store_refused(client, refusal));
               }
               const auto& found = std::get<std::vector<pj::job_summary>>(*result);
               std::move(*duty).respond(job_list_response(client, filter, found, state.now()));
             });
}

void cancel_job(const job_desk& desk, const request& asked, responder answer) {
  const auto id = read_job_id(asked);
  if (!id) return std::move(answer).respond(job_not_found(asked));
  ask_writer(desk.wiring, pj::cancel{*id},
             [&state = desk.wiring.state, id = *id, duty = share(std::move(answer))](
                 store_refusal refusal, pj::written* result) {
               const auto& client = duty->get_request();
               if (result == nullptr) {
                 return std::move(*duty).respond(store_refused(client, refusal));
               }
               const auto& done = std::get<pj::cancel_result>(*result);
               std::move(*duty).respond(cancel_response(client, id, done, state.now()));
             });
}

}  // namespace

std::uint64_t unguessable_bits() {
  std::uint64_t result = 0;
  fill_with_random(&result, sizeof result);
  return result;
}

std::string make_webhook_token() {
  std::array<char, 24> bytes{};
  fill_with_random(bytes.data(), bytes.size());
  return wire::encode_base64url({bytes.data(), bytes.size()});
}

void add_job_routes(router& routes, const jobs_wiring& wiring, job_maker make) {
  const auto desk = std::make_shared<const job_desk>(job_desk{wiring, std::move(make)});
  const auto add = [&](method m, std::string_view path, std::string_view summary, auto serve) {
    route_options options;
    options.summary = summary;
    options.produces = {"application/json"};
    routes.add(
        m, path,
        [desk, serve](const request& asked, responder answer) {
          serve(*desk, asked, std::move(answer));
        },
        std::move(options));
  };
  add(method::post, config::jobs_path,
      "Hands in a job: any JSON, with options in `_job`. 202 once it is durable.", submit_job);
  add(method::post, config::job_batch_path,
      "Hands in up to 1,000 jobs with one durable write; with `atomic=true` all or none.",
      submit_batch);
  add(method::get, config::jobs_path,
      "Jobs, newest first, in pages: `status`, `vendor`, `created_after`, `created_before`, "
      "`limit`, `cursor`.",
      list_jobs);
  add(method::get, config::job_path, "One job: what became of it, and its attempts.", show_job);
  add(method::post, config::job_cancel_path,
      "Cancels a job: 200 where it has not begun, else 202 and within two seconds.", cancel_job);
  add(method::delete_, config::job_path, "The same as `POST` of its `cancel_url`.", cancel_job);
}

}  // namespace tributary::http::server
