// SPDX-License-Identifier: MIT
#pragma once

#include "actors/jobs/jobs_state.hpp"
#include "http/server/exchange.hpp"
#include "http/server/handlers/jobs/jobs_refs.hpp"

#include <functional>
#include <memory>
#include <utility>

namespace tributary::http::server {

/// What the handlers of jobs work with. Both outlive the handlers.
struct jobs_wiring {
  actors::jobs::jobs_state& state;
  std::vector<jobs_refs>& refs;  ///< by worker

  jobs_refs& own_refs() const;  ///< of this worker
};

/// A client's question to the store of jobs, with the duty to answer it. `then` is called once with
/// what came of it: on the thread of the store's actor, or of whoever dropped the question. Its
/// result is null unless the refusal is `none`.
template <class Call, class Wanted, class Result>
class store_question final : public Call {
 public:
  using continuation = std::function<void(actors::jobs::store_refusal refusal, Result* result)>;

  store_question(Wanted wanted, continuation then)
      : Call(std::move(wanted)), then_(std::move(then)) {}
  ~store_question() override {
    if (then_) take()(actors::jobs::store_refusal::unavailable, nullptr);
  }

  void answer(actors::jobs::store_refusal refusal, Result* result) override {
    if (then_) take()(refusal, result);
  }

 private:
  /// Empties it, so that only the first answer counts.
  continuation take() noexcept { return std::exchange(then_, nullptr); }

  continuation then_;
};

using write_question =
    store_question<actors::jobs::write_call, providers::jobs::write, providers::jobs::written>;
using read_question =
    store_question<actors::jobs::read_call, actors::jobs::read, actors::jobs::read_result>;

/// Has the store carry out a write. On a worker's thread. Where nobody can take it, `then` is
/// called at once.
void ask_writer(const jobs_wiring& wiring, providers::jobs::write wanted,
                write_question::continuation then);

/// The same of a read; the readers take turns.
void ask_reader(const jobs_wiring& wiring, actors::jobs::read wanted,
                read_question::continuation then);

/// A responder that lambdas, which have to be copyable, can hold.
using shared_responder = std::shared_ptr<responder>;
inline shared_responder share(responder&& answer) {
  return std::make_shared<responder>(std::move(answer));
}

}  // namespace tributary::http::server
