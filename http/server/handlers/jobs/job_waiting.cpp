// SPDX-License-Identifier: MIT
#include "http/server/handlers/jobs/job_waiting.hpp"

#include "http/server/handlers/jobs/job_answers.hpp"

#include <algorithm>
#include <utility>

namespace tributary::http::server {

namespace jobs = actors::jobs;

namespace {

jobs::vendor_wait wait_of(const jobs::jobs_state& state, const std::string& vendor) {
  const auto* found = state.find(vendor);
  return found == nullptr ? jobs::vendor_wait{} : found->wait();
}

}  // namespace

void job_waiting::begin(const jobs_wiring& wiring, std::shared_ptr<job_hub> hub, responder answer,
                        const pj::job_id& id, job_wait wait,
                        std::optional<job_acceptance> accepted) {
  std::make_shared<job_waiting>(wiring, std::move(hub), std::move(answer), id, wait,
                                std::move(accepted))
      ->start();
}

job_waiting::job_waiting(const jobs_wiring& wiring, std::shared_ptr<job_hub> hub, responder answer,
                         const pj::job_id& id, job_wait wait,
                         std::optional<job_acceptance> accepted)
    : wiring_(wiring),
      hub_(std::move(hub)),
      answer_(std::move(answer)),
      id_(id),
      wait_(wait),
      accepted_(std::move(accepted)),
      deadline_(std::chrono::steady_clock::now() + wait.most),
      timer_(&io::call_member<&job_waiting::on_timer, job_waiting>, this) {}

void job_waiting::start() {
  hub_->watch(id_, shared_from_this());
  answer_.on_disconnect([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->on_gone();
  });
  read();
}

void job_waiting::read() {
  reading_ = true;
  stale_ = false;
  // The answer comes on the reader's thread, where the last reference to this must not go.
  ask_reader(wiring_, jobs::find_job{id_},
             [hub = hub_, weak = weak_from_this()](jobs::store_refusal refusal,
                                                   jobs::read_result* result) {
               std::optional<pj::job> found;
               if (result != nullptr) found = std::move(std::get<0>(*result));
               hub->loop().post([weak, refusal, found = std::move(found)]() mutable {
                 if (const auto self = weak.lock()) self->on_read(refusal, std::move(found));
               });
             });
}

void job_waiting::on_read(jobs::store_refusal refusal, std::optional<pj::job> found) {
  reading_ = false;
  if (!answer_) return;
  const auto& asked = answer_.get_request();
  if (refusal != jobs::store_refusal::none) return finish(store_refused(asked, refusal));
  if (!found) return finish(job_not_found(asked));
  job_ = std::move(found);
  look();
}

/// What is known is new, or the time is.
void job_waiting::look() {
  const job_view view{*job_, wiring_.state.now(), {}};
  const auto is_other = !accepted_ && knows_other_version(answer_.get_request(), view);
  if (over_ || has_ended(job_->state) || is_other) return answer_with_job();
  if (stale_) return read();
  pause();
}

void job_waiting::pause() {
  if (!std::exchange(parked_, true)) {
    answer_.park([weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->on_stop();
    });
  }
  auto until = deadline_;
  // When it is due it looks different, though nothing is written then.
  const auto left = job_->run_at - wiring_.state.now();
  if (job_->state == pj::job_state::queued && left.count() > 0) {
    until = std::min(until, std::chrono::steady_clock::now() + left);
  }
  hub_->loop().arm_at(timer_, until);
}

void job_waiting::on_change(const jobs::job_change& change) {
  if (!answer_ || (job_ && change.version <= job_->version)) return;
  stale_ = true;
  if (reading_) return;
  // Who knows no version waits for the end alone; until then there is nothing to read.
  const auto is_awaited =
      has_ended(change.state) || (!accepted_ && answer_.get_request().has_header("If-None-Match"));
  if (is_awaited) read();
}

void job_waiting::on_timer() {
  over_ = over_ || std::chrono::steady_clock::now() >= deadline_;
  if (reading_) return;
  stale_ ? read() : look();
}

void job_waiting::on_stop() {
  over_ = true;
  if (!reading_) answer_with_job();
}

/// Nobody reads the answer any more.
void job_waiting::on_gone() {
  over_ = true;
  if (!reading_ && job_) answer_with_job();
}

void job_waiting::answer_with_job() {
  const auto& asked = answer_.get_request();
  if (accepted_ && !has_ended(job_->state)) {
    return finish(accepted_response(accepted_->answer, accepted_->replayed));
  }
  const job_view view{*job_, wiring_.state.now(), wait_of(wiring_.state, job_->vendor)};
  auto result = job_response(asked, view);
  if (wait_.by_prefer) {
    result.add_header("Preference-Applied", "wait=" + std::to_string(wait_.most.count()));
  }
  finish(std::move(result));
}

void job_waiting::finish(response&& last) {
  timer_.cancel();
  const auto self = shared_from_this();
  hub_->unwatch(id_, *this);
  std::move(answer_).respond(std::move(last));
}

}  // namespace tributary::http::server
