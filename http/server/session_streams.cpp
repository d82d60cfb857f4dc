// SPDX-License-Identifier: MIT
#include "http/server/preconditions.hpp"
#include "http/server/session.hpp"

#include <algorithm>
#include <utility>

namespace tributary::http::server {

stream_state::~stream_state() { let_go(); }

void stream_state::let_go() noexcept {
  if (handle == nullptr) return;
  handle->session_ = nullptr;
  handle->exchange_ = nullptr;
  handle = nullptr;
}

stream::stream(session& owner, exchange& answers) noexcept : session_(&owner), exchange_(&answers) {
  answers.stream->handle = this;
}

void stream::take(stream& other) noexcept {
  session_ = std::exchange(other.session_, nullptr);
  exchange_ = std::exchange(other.exchange_, nullptr);
  if (exchange_ != nullptr) exchange_->stream->handle = this;
}

std::pair<session*, exchange*> stream::let_go() noexcept {
  const std::pair held{session_, exchange_};
  if (exchange_ != nullptr) exchange_->stream->let_go();
  return held;
}

void stream::write(std::span<const wire::byte_slice> pieces) {
  if (exchange_ != nullptr) session_->write_stream(*exchange_, pieces);
}

std::size_t stream::backlog() const noexcept {
  return exchange_ == nullptr ? 0 : exchange_->stream->pieces.size();
}

void stream::discard_unsent() {
  if (exchange_ != nullptr) exchange_->body_size -= exchange_->stream->pieces.discard_unsent();
}

void stream::finish(bool close) {
  if (const auto [owner, answers] = let_go(); answers != nullptr) {
    owner->finish_stream(*answers, close);
  }
}

void stream::abort() {
  if (const auto [owner, answers] = let_go(); answers != nullptr) owner->abort_stream(*answers);
}

void stream::on_end(end_callback f) {
  if (exchange_ != nullptr) exchange_->stream->on_end = std::move(f);
}

stream responder::start_stream(response&& head) && {
  if (exchange_ == nullptr) return {};
  auto* to = std::exchange(exchange_, nullptr);
  const session_ptr owner(std::exchange(session_, nullptr), false);
  return owner->start_stream(*to, std::move(head));
}

/// From here on the exchange is answered: it is no longer in flight, its head is written when its
/// turn comes, and its body grows.
stream session::start_stream(exchange& to, response&& head) {
  if (breaks_if_match(to.asked, head)) {
    on_answer(to, precondition_failed(to.asked, head));
    return {};
  }
  to.stream = std::make_unique<stream_state>(!to.http_1_0);
  head.body.clear();
  head.body_owner.reset();
  if (to.http_1_0) to.keep_alive = false;  // only the end of the connection tells that of the body
  stream made;
  if (to.asked.is_head) {
    to.stream->finished = true;
  } else if (closed() || end_of_input_ || group_->draining()) {
    to.body_size = to.stream->pieces.end();
    to.stream->finished = true;
  } else {
    made = stream(*this, to);
  }
  on_answer(to, std::move(head));
  return made;
}

void session::write_stream(exchange& to, std::span<const wire::byte_slice> pieces) {
  to.body_size += to.stream->pieces.add(pieces);
  if (&to == queue_.first() && !writing_) turn();
}

void session::finish_stream(exchange& to, bool close) {
  auto& state = *to.stream;
  state.on_end = nullptr;
  state.finished = true;
  to.body_size += state.pieces.end();
  if (close) to.keep_alive = false;
  if (&to == queue_.first() && !writing_) turn();
}

void session::abort_stream(exchange& to) {
  auto& state = *to.stream;
  state.on_end = nullptr;
  state.finished = state.aborted = true;
  if (&to != queue_.first() || advancing_) return;
  const session_ptr held(this);
  close();
}

/// Writes what there is to write now, unless whoever called is about to.
void session::turn() {
  if (advancing_ || closed()) return;
  const session_ptr held(this);
  advance();
  end_turn();
}

/// What is due for a stream that is the first in line. It may be over without another byte.
session::stream_due session::look_at_stream() {
  auto& state = *queue_.first()->stream;
  if (state.aborted) {
    close();
    return stream_due::nothing;
  }
  if (queue_.first()->answer_head.empty() || queue_.first()->written < queue_.first()->size())
    return stream_due::bytes;
  if (!state.finished) return stream_due::nothing;
  end_first();
  return stream_due::ended;
}

/// `size` more bytes of the first exchange, a stream, are written; they count already.
void session::consume_stream(std::size_t size) {
  const auto body_written = queue_.first()->written -
                            std::min(queue_.first()->written, queue_.first()->answer_head.size());
  queue_.first()->stream->pieces.consume(std::min(size, body_written));
}

/// Ends all streams from our side, and has those answered that are parked. What callbacks and hooks
/// write goes out.
void session::tell_stopping() {
  const advancing_guard busy(*this);
  for (auto* at = queue_.first(); at != nullptr; at = at->next) {
    if (auto hook = std::move(at->on_stop)) hook();
    if (at->stream == nullptr || at->stream->finished) continue;
    if (auto told = std::exchange(at->stream->on_end, nullptr)) told(stream_end::stopping);
    at->stream->let_go();
    if (!at->stream->finished) finish_stream(*at, true);
  }
}

/// Nobody reads this stream any more.
void session::lose_stream(exchange& lost, stream_end why) {
  auto& state = *lost.stream;
  if (state.finished) return;
  state.let_go();
  state.finished = state.aborted = true;
  if (auto told = std::exchange(state.on_end, nullptr)) told(why);
}

}  // namespace tributary::http::server
