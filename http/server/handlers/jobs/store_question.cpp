// SPDX-License-Identifier: MIT
#include "http/server/handlers/jobs/store_question.hpp"

#include "actors/jobs/messages.hpp"
#include "actors/runtime/observed_actor.hpp"
#include "actors/runtime/worker.hpp"

namespace tributary::http::server {

namespace jobs = actors::jobs;
namespace rt = actors::runtime;

namespace {

/// Gives the question to an actor; drops it, and so answers it, where there is none.
template <class Message, class Question>
void hand_over(const caf::actor* to, jobs::store_load& load, std::shared_ptr<Question> question) {
  question->place = load.enter();
  if (!question->place) return question->answer(jobs::store_refusal::overloaded, nullptr);
  if (to != nullptr) rt::tell(*to, Message{std::move(question)});
}

}  // namespace

jobs_refs& jobs_wiring::own_refs() const { return refs[rt::worker::current()->index()]; }

void ask_writer(const jobs_wiring& wiring, providers::jobs::write wanted,
                write_question::continuation then) {
  auto question = std::make_shared<write_question>(std::move(wanted), std::move(then));
  hand_over<jobs::write_to_store>(wiring.own_refs().writer.get(), wiring.state.writes,
                                  std::move(question));
}

void ask_reader(const jobs_wiring& wiring, jobs::read wanted, read_question::continuation then) {
  auto question = std::make_shared<read_question>(std::move(wanted), std::move(then));
  auto& refs = wiring.own_refs();
  const caf::actor* to = nullptr;
  for (std::size_t i = 0; to == nullptr && i < refs.readers.size(); ++i) {
    to = refs.readers[refs.turn++ % refs.readers.size()].get();
  }
  hand_over<jobs::read_from_store>(to, wiring.state.reads, std::move(question));
}

}  // namespace tributary::http::server
