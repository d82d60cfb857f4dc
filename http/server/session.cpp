// SPDX-License-Identifier: MIT
#include "http/server/session.hpp"

#include "http/server/head_parser.hpp"
#include "http/server/problems.hpp"
#include "http/server/request_id.hpp"
#include "http/server/router.hpp"
#include "http/wire/via.hpp"

#include <boost/asio/buffer.hpp>

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <exception>
#include <utility>
#include <variant>

namespace tributary::http::server {

namespace {

using boost::system::error_code;

constexpr std::size_t first_capacity = session_group::buffer_size;
constexpr std::size_t body_capacity = 64 * 1024;       ///< spares reads of large bodies
constexpr std::size_t first_body_reserve = 64 * 1024;  ///< a client's word is not worth more memory

wire::problem problem_of(wire::refusal why) {
  wire::problem p;
  p.status = why.status;
  p.detail = std::move(why.detail);
  switch (why.status) {
    case 408:
      p.code = "REQUEST_TIMEOUT";
      break;
    case 413:
      p.code = "CONTENT_TOO_LARGE";
      break;
    case 414:
      p.code = "URI_TOO_LONG";
      break;
    case 431:
      p.code = "HEADER_FIELDS_TOO_LARGE";
      break;
    case 501:
      p.code = "NOT_IMPLEMENTED";
      break;
    case 505:
      p.code = "HTTP_VERSION_NOT_SUPPORTED";
      break;
    default:
      p.code = "MALFORMED_REQUEST";
      break;
  }
  return p;
}

/// An upstream has led back to this process.
bool came_back(const request& asked) {
  bool result = false;
  asked.each_header("via", [&](std::string_view value) { result |= wire::has_own_via(value); });
  return result;
}

wire::head_limits limits_of(const config::request_limits& limits) {
  return {limits.request_line, limits.headers, limits.header_count};
}

}  // namespace

session::session(std::shared_ptr<session_group> owner, int descriptor, std::string remote_address)
    : group_(std::move(owner)),
      socket_(group_->loop().get_executor()),
      remote_address_(std::move(remote_address)),
      scanner_(limits_of(settings().limits)),
      read_timer_(io::call_member<&session::on_read_timer, session>, this),
      write_timer_(io::call_member<&session::on_write_timeout, session>, this),
      probe_timer_(io::call_member<&session::on_probe, session>, this) {
  error_code error;
  socket_.assign(io::asio::ip::tcp::v4(), descriptor, error);
  if (error) {
    ::close(descriptor);
  } else {
    socket_.non_blocking(true, error);
  }
  group_->join(*this);
}

session::~session() {
  if (link_ != nullptr) {
    *link_ = next_open_;
    if (next_open_ != nullptr) next_open_->link_ = link_;
  }
}

// Not inline: seen within a caller that holds two references, GCC 12 takes the first release for
// the last and warns.
void intrusive_ptr_release(session* of) noexcept {
  if (--of->references_ == 0) delete of;
}

void session::start() {
  last_read_ = std::chrono::steady_clock::now();
  end_turn();
}

/// Room to read into, or false when the limits leave none until something is answered.
bool session::make_room() {
  if (begin_ == end_) {
    begin_ = end_ = 0;
    if (capacity_ > first_capacity && queue_.empty()) {  // idle connections keep nothing
      data_.reset();
      capacity_ = 0;
    }
    give_space_back();
  }
  if (capacity_ == 0) return true;  // taken when there is something to read
  if (end_ < capacity_ && (begin_ == 0 || capacity_ - end_ >= capacity_ / 2)) return true;
  if (begin_ > 0) {
    std::memmove(data_.get(), data_.get() + begin_, end_ - begin_);
    end_ -= std::exchange(begin_, 0);
    return true;
  }
  const auto& limits = settings().limits;
  // A head within its limits always fits, so that the scanner is the one to refuse.
  const auto head_capacity = std::max(first_capacity, limits.request_line + limits.headers + 1024);
  const auto most = incoming_ != nullptr ? std::max(body_capacity, head_capacity) : head_capacity;
  if (queue_.size() >= settings().pipeline_depth && incoming_ == nullptr) return false;
  const auto wanted = std::min(capacity_ * 4, most);
  if (wanted <= capacity_) return false;
  std::unique_ptr<char[]> larger(new char[wanted]);
  if (end_ > 0) std::memcpy(larger.get(), data_.get(), end_);
  data_ = std::move(larger);
  capacity_ = wanted;
  return true;
}

/// A read that is pending, into a buffer that the session has only when there is something to read.
struct session::reader {
  session_ptr of;

  io::asio::mutable_buffer take_space() { return of->take_space(); }
  void give_space_back() { of->give_space_back(); }
  void operator()(const error_code& error, std::size_t size) { of->on_read(error, size); }
};

void session::start_read() {
  reading_ = true;
  socket_.async_read_drained(reader{session_ptr(this)});
}

io::asio::mutable_buffer session::take_space() {
  if (capacity_ == 0) {
    data_ = group_->take_buffer();
    capacity_ = first_capacity;
  }
  return {data_.get() + end_, capacity_ - end_};
}

void session::give_space_back() {
  if (begin_ != end_ || capacity_ != first_capacity || incoming_ != nullptr) return;
  group_->give_buffer_back(std::move(data_));
  capacity_ = begin_ = end_ = 0;
}

void session::on_read(const error_code& error, std::size_t size) {
  reading_ = false;
  if (closed()) return;
  if (error) {
    end_input(error);
  } else {
    take_input(size);
  }
  advance();
  end_turn();
}

void session::take_input(std::size_t size) {
  unprobed_ = size < capacity_ - end_;
  end_ += size;
  last_read_ = std::chrono::steady_clock::now();
  if (input_over_) {
    discarded_ += size;
    begin_ = end_ = 0;
  }
}

void session::end_input(const error_code& error) {
  unprobed_ = false;
  if (error != io::asio::error::eof || life_ == life::lingering) return close();
  if (std::exchange(end_of_input_, true)) return;
  tell_gone(stream_end::client_gone);
}

/// Turns input into requests and answers into output until neither gets on.
void session::advance() {
  if (advancing_ || closed()) return;
  const advancing_guard busy(*this);
  do {
    parse_available();
  } while (flush());
}

bool session::may_begin_request() const noexcept {
  return !input_over_ && incoming_ == nullptr && held_ == nullptr &&
         queue_.size() < settings().pipeline_depth;
}

void session::parse_available() {
  begin_held();
  while (!input_over_ && !closed() && begin_ != end_) {
    if (incoming_ != nullptr ? !parse_body_available() : !parse_head_available()) break;
  }
  if (!end_of_input_ || input_over_ || closed()) return;
  if (incoming_ != nullptr) return refuse({400, "the connection ended within the body"});
  if (begin_ != end_ && may_begin_request()) {
    refuse({400, "the connection ended within the header"});
  }
}

/// @returns false when more input or an answer is needed first
bool session::parse_head_available() {
  if (!may_begin_request()) return false;
  switch (scanner_.scan(input())) {
    case wire::head_scanner::progress::need_more:
      return false;
    case wire::head_scanner::progress::refused:
      refuse(scanner_.take_refusal());
      return false;
    case wire::head_scanner::progress::complete:
      begin_request();
      return true;
  }
  return false;
}

void session::begin_request() {
  auto& made = append_exchange();
  incoming_ = &made;
  waiting_ = waiting_for::nothing;  // what comes next has a time of its own
  made.head = scanner_.head(input());
  begin_ += scanner_.consumed();
  scanner_.reset();
  auto judged = wire::judge_head(made.head);
  if (auto* wrong = std::get_if<wire::refusal>(&judged)) return refuse(std::move(*wrong));
  const auto& head = std::get<wire::request_head>(judged);
  if (!parse_head(made.head, made.asked)) return refuse({400, "a header field is malformed"});
  if (head.content_length.value_or(0) > settings().limits.body) {
    return refuse({413, "body: longer than " + std::to_string(settings().limits.body) + " bytes"});
  }
  fill_request(head);
  if (!head.has_body()) return end_request();
  if (head.chunked) {
    chunks_.emplace(settings().limits.body, settings().limits.headers);
  } else {
    body_left_ = *head.content_length;
    made.asked.body.reserve(std::min<std::size_t>(body_left_, first_body_reserve));
  }
  continue_due_ = head.expects_continue;
}

void session::fill_request(const wire::request_head& head) {
  auto& asked = incoming_->asked;
  incoming_->keep_alive = head.keep_alive;
  incoming_->http_1_0 = head.minor_version == 0;
  client_closes_ = !head.keep_alive;
  asked.remote_address = remote_address_;
  asked.received = last_read_;
  give_id(asked);
}

void session::give_id(request& asked) {
  const auto given = asked.header("x-request-id");
  if (is_sane_request_id(given)) {
    asked.request_id = given;
  } else {
    make_request_id(asked.request_id);
  }
}

/// @returns false when more input is needed
bool session::parse_body_available() {
  auto& body = incoming_->asked.body;
  continue_due_ = false;  // the client did not wait
  if (chunks_) {
    auto rest = input();
    const auto progress = chunks_->decode(rest, body);
    begin_ = end_ - rest.size();
    if (progress == wire::chunk_decoder::progress::refused) {
      refuse(chunks_->take_refusal());
      return false;
    }
    if (progress == wire::chunk_decoder::progress::need_more) return false;
    chunks_.reset();
  } else {
    const auto size = std::min<std::uint64_t>(body_left_, end_ - begin_);
    body.append(data_.get() + begin_, size);
    begin_ += size;
    body_left_ -= size;
    if (body_left_ > 0) return false;
  }
  end_request();
  return true;
}

/// The request is read whole.
void session::end_request() {
  auto& ready = *std::exchange(incoming_, nullptr);
  if (!ready.keep_alive) input_over_ = true;
  if (queue_.may_begin_last()) return dispatch(ready);
  held_ = &ready;
}

/// The time of a request that had to wait for its client to read begins with it.
void session::begin_held() {
  if (held_ == nullptr || life_ != life::open || !queue_.may_begin_last()) return;
  auto& ready = *std::exchange(held_, nullptr);
  ready.asked.received = std::chrono::steady_clock::now();
  dispatch(ready);
}

void session::dispatch(exchange& ready) {
  ready.begun = true;
  if (came_back(ready.asked)) {
    ready.answer = loop_detected(ready.asked);
    ready.answered = true;
    return;
  }
  const auto* route = ready.served->shared->routes->resolve(ready.asked, ready.answer);
  if (route == nullptr) {
    ready.answered = true;
    return;
  }
  const auto others = counters().in_flight.fetch_add(1, std::memory_order_relaxed);
  ready.counted = true;
  ready.large = route->options.large_answers;
  responder duty(*this, ready);
  if (others >= settings().max_in_flight && !route->options.never_shed) {
    counters().shed.fetch_add(1, std::memory_order_relaxed);
    std::move(duty).respond(overloaded(ready.asked, "too many requests are being answered"));
    return;
  }
  try {
    route->target->handle(ready.asked, std::move(duty));
  } catch (const std::exception&) {
    // The responder has answered 500 on its way out.
  }
  if (end_of_input_) tell_gone(stream_end::client_gone);
}

/// Answers what could not be read, after the answers before it, and reads nothing more.
void session::refuse(wire::refusal why) {
  input_over_ = true;
  continue_due_ = false;
  begin_ = end_ = 0;
  chunks_.reset();
  auto& refused = incoming_ != nullptr ? *incoming_ : append_exchange();
  incoming_ = nullptr;
  refused.keep_alive = false;
  client_closes_ = false;
  if (refused.asked.request_id.empty()) give_id(refused.asked);
  refused.asked.remote_address = remote_address_;
  if (refused.asked.received == io::steady_time{}) refused.asked.received = last_read_;
  auto& count = why.status == 408 ? counters().timeouts : counters().malformed;
  count.fetch_add(1, std::memory_order_relaxed);
  refused.answer = problem_response(refused.asked, problem_of(std::move(why)));
  refused.begun = refused.answered = true;
}

exchange& session::append_exchange() {
  auto& made = queue_.append(group_->make_exchange());
  made.served = group_->current();
  return made;
}

}  // namespace tributary::http::server
