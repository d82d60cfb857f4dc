// SPDX-License-Identifier: MIT
#include "http/server/preconditions.hpp"
#include "http/server/problems.hpp"
#include "http/server/session.hpp"

#include <boost/asio/buffer.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace tributary::http::server {

namespace {

using boost::system::error_code;
using io::asio::const_buffer;

/// Buffers of one gathered write; 64 is what Asio hands to the kernel at once.
class gathered {
 public:
  bool full() const noexcept { return size_ == buffers_.size(); }
  const const_buffer* begin() const noexcept { return buffers_.data(); }
  const const_buffer* end() const noexcept { return buffers_.data() + size_; }

  /// Adds `bytes` without its first `skip` ones, which are then taken off `skip`.
  void add(std::string_view bytes, std::size_t& skip) noexcept {
    const auto left_out = std::min(skip, bytes.size());
    skip -= left_out;
    bytes.remove_prefix(left_out);
    if (!bytes.empty() && !full()) buffers_[size_++] = const_buffer(bytes.data(), bytes.size());
  }

  void add(const exchange& answered) noexcept {
    auto skip = answered.written;
    add(answered.answer_head, skip);
    if (answered.body_size == 0) return;
    if (answered.stream != nullptr) {
      answered.stream->pieces.each([&](std::string_view text) {
        std::size_t none = 0;
        add(text, none);
        return !full();
      });
      return;
    }
    for (const auto& fragment : answered.answer.body) add(fragment.view(), skip);
  }

 private:
  std::array<const_buffer, 64> buffers_;
  std::size_t size_ = 0;
};

}  // namespace

responder::responder(session& owner, exchange& answers) noexcept
    : session_(&owner), exchange_(&answers) {
  intrusive_ptr_add_ref(session_);
}

responder::~responder() {
  if (exchange_ == nullptr) return;
  auto answer = internal_error(exchange_->asked, "the request was dropped");
  answer.dropped = true;
  std::move(*this).respond(std::move(answer));
}

void responder::respond(response&& answer) && {
  if (exchange_ == nullptr) return;
  auto* to = std::exchange(exchange_, nullptr);
  session_ptr owner(std::exchange(session_, nullptr), false);
  auto& loop = owner->loop();
  if (io::event_loop::current() == &loop) return owner->on_answer(*to, std::move(answer));
  loop.post([owner = std::move(owner), to, answer = std::move(answer)]() mutable {
    owner->on_answer(*to, std::move(answer));
  });
}

void responder::on_disconnect(session_hook hook) {
  if (exchange_ != nullptr) exchange_->on_disconnect = std::move(hook);
}

void responder::park(session_hook on_stop) {
  if (exchange_ != nullptr) session_->park(*exchange_, std::move(on_stop));
}

const request& responder::get_request() const noexcept { return exchange_->asked; }

void session::on_answer(exchange& to, response&& answer) {
  const session_ptr held(this);
  if (breaks_if_match(to.asked, answer)) answer = precondition_failed(to.asked, answer);
  to.answer = std::move(answer);
  to.answered = true;
  to.on_disconnect.reset();
  to.on_stop.reset();
  count_out(to);
  if (advancing_) return;
  if (closed()) return finish_answered_as_gone();
  advance();
  end_turn();
}

void session::park(exchange& which, session_hook on_stop) {
  which.on_stop = std::move(on_stop);
  count_out(which);
  if (!group_->draining()) return;
  // Later, so that the caller has put the responder where its hook looks for it.
  loop().post([self = session_ptr(this)] { self->drain(); });
}

/// The request is in work no more.
void session::count_out(exchange& done) noexcept {
  if (!std::exchange(done.counted, false)) return;
  counters().in_flight.fetch_sub(1, std::memory_order_relaxed);
}

/// Writes what is answered, in order. @returns true when a request was finished by that
bool session::flush() {
  if (writing_ || life_ != life::open) return false;
  if (continue_due_ && queue_.first() == incoming_) send_continue();
  bool finished = false;
  while (queue_.first() != nullptr && queue_.first()->answered && !writing_ &&
         life_ == life::open) {
    if (queue_.first()->stream != nullptr) {
      const auto due = look_at_stream();
      finished |= due == stream_due::ended;
      if (due == stream_due::nothing) break;
      if (due == stream_due::ended) continue;
    }
    // Given up since the client has ended its sending: no text of ours says that we failed.
    if (queue_.first()->forsaken()) {
      close();
      break;
    }
    finished |= write_some();
  }
  if (!writing_) write_timer_.cancel();
  return finished && !closed();
}

bool session::write_some() {
  gathered buffers;
  for (auto* at = queue_.first(); at != nullptr && at->answered && !buffers.full(); at = at->next) {
    // One that was aborted before its turn ends the connection when it comes.
    if (at != queue_.first() && at->stream != nullptr && at->stream->aborted) break;
    if (at->forsaken()) break;
    prepare(*at);
    buffers.add(*at);
    if (!at->keep_alive || (at->stream != nullptr && !at->stream->finished)) break;
  }
  error_code error;
  const auto size = socket_.write_some(buffers, error);
  if (error == io::asio::error::would_block) {
    wait_writable();
    return false;
  }
  if (error) {
    close();
    return false;
  }
  return consume_written(size);
}

void session::prepare(exchange& answered) {
  if (!answered.answer_head.empty()) return;
  const bool last = answered.next == nullptr;
  if (answered.answer.close || (last && group_->saying_close())) answered.keep_alive = false;
  serialise_head(answered, group_->date(), !answered.keep_alive);
}

void session::wait_writable() {
  writing_ = true;
  if (!write_timer_.armed()) {
    write_watch_.begin(taken_by_client());
    loop().arm(write_timer_, settings().write_timeout);
  }
  socket_.async_wait(io::tcp_socket::wait_write, [self = session_ptr(this)](error_code error) {
    self->writing_ = false;
    if (self->closed()) return;
    if (error) return self->close();
    self->advance();
    self->end_turn();
  });
}

bool session::consume_written(std::size_t size) {
  sent_ += size;
  bool finished = false;
  while (size > 0) {
    const auto part = std::min(size, queue_.first()->size() - queue_.first()->written);
    queue_.first()->written += part;
    size -= part;
    if (queue_.first()->stream != nullptr) consume_stream(part);
    if (queue_.first()->written < queue_.first()->size()) break;
    if (queue_.first()->stream != nullptr && !queue_.first()->stream->finished) break;
    end_first();
    finished = true;
  }
  return finished;
}

void session::end_first() {
  auto done = queue_.pop_front();
  if (!done->keep_alive) {
    life_ = life::last_answered;
    input_over_ = true;
  }
  finish(std::move(done), false);
}

void session::finish(std::unique_ptr<exchange> done, bool gone) {
  if (auto* watcher = done->served->shared->watcher.get()) {
    outcome result;
    const auto streamed = done->stream != nullptr && done->written > 0;
    result.client_gone = (gone || done->gone_told) && !streamed;
    result.status = result.client_gone ? 499 : done->answer.status;
    result.bytes = done->written;
    result.duration = std::chrono::steady_clock::now() - done->asked.received;
    result.parts = done->answer.log_parts;
    result.cache = done->answer.log_cache;
    watcher->on_answered(done->asked, result);
  }
  group_->recycle(std::move(done));
}

/// After the socket was closed: nobody will read these answers. Those to come are awaited, since
/// their responders refer to them.
void session::finish_answered_as_gone() {
  auto rest = std::exchange(queue_, {});
  incoming_ = held_ = nullptr;
  while (!rest.empty()) {
    auto at = rest.pop_front();
    if (at->answered || !at->begun) {
      finish(std::move(at), true);
    } else {
      queue_.append(std::move(at));
    }
  }
}

/// Calls the hooks of all requests in work. A hook may answer or drop its request.
/// @param why for the streams: `client_gone` or `too_slow`
void session::tell_gone(stream_end why) {
  const advancing_guard busy(*this);
  for (auto* at = queue_.first(); at != nullptr; at = at->next) {
    if (at->stream != nullptr) lose_stream(*at, why);
    if (at->answered || !at->begun || std::exchange(at->gone_told, true)) continue;
    if (auto hook = std::move(at->on_disconnect)) hook();
  }
}

/// An interim answer goes out only when its request is the next to be answered. A client whose
/// socket takes not even these bytes will send its body without them.
void session::send_continue() {
  continue_due_ = false;
  constexpr std::string_view interim = "HTTP/1.1 100 Continue\r\n\r\n";
  error_code error;
  const auto size = socket_.write_some(const_buffer(interim.data(), interim.size()), error);
  const bool cut = !error && size != interim.size();
  if (cut || (error && error != io::asio::error::would_block)) close();
}

void session::close() { close_for(stream_end::client_gone); }

void session::close_for(stream_end why) {
  if (closed()) return;
  life_ = life::closed;
  const session_ptr held(this);
  error_code ignored;
  socket_.close(ignored);
  read_timer_.cancel();
  write_timer_.cancel();
  probe_timer_.cancel();
  counters().open_connections.fetch_sub(1, std::memory_order_relaxed);
  tell_gone(why);
  finish_answered_as_gone();
  group_->leave(*this);
}

}  // namespace tributary::http::server
