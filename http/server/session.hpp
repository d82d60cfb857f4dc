// SPDX-License-Identifier: MIT
#pragma once

#include "http/io/event_loop.hpp"
#include "http/io/stream_socket.hpp"
#include "http/server/exchange_queue.hpp"
#include "http/server/session_group.hpp"
#include "http/server/write_watch.hpp"
#include "http/wire/chunk_decoder.hpp"
#include "http/wire/request_judge.hpp"

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace tributary::http::server {

class session;
using session_ptr = boost::intrusive_ptr<session>;

/// One connection: reads requests ahead of their answers up to `pipeline_depth`, hands them to the
/// router's handlers and writes the answers in order. One read and one write per request in steady
/// state; while a request is in work a read is pending, which tells at once when the client leaves.
///
/// Its life goes one way, and to `closed` from anywhere, by a reset or `close`:
///
///     open ── an answer that says close ──► last_answered ── all else ──► lingering ──┐
///      │                                          │                         it closes,│
///      │ the client has closed its side           │ it has closed its side, │ or time │
///      │ and has all its answers                  │ or was to close first   │ is over │
///      └──────────────────────────────────────────┴──────► closed ◄───────────────────┘
///
/// Lives on its worker's thread, counted by the operations under way and by the responders that are
/// out. The count is not atomic: responders of other threads only ever carry it back here.
class session {
 public:
  session(std::shared_ptr<session_group> owner, int descriptor, std::string remote_address);
  ~session();
  session(const session&) = delete;
  session& operator=(const session&) = delete;

  /// Begins to read.
  void start();

  /// Closes when idle, else after the answers under way.
  void drain();

  /// Closes the socket now. Requests whose handlers have not answered yet are told.
  void close();

  /// The answer to `to`, on this thread.
  void on_answer(exchange& to, response&& answer);

  /// `which` only waits from now on; see `responder::park`.
  void park(exchange& which, session_hook on_stop);

  /// The answer to `to` in pieces, on this thread; see `responder::start_stream` and `stream`.
  stream start_stream(exchange& to, response&& head);
  void write_stream(exchange& to, std::span<const wire::byte_slice> pieces);
  void finish_stream(exchange& to, bool close);
  void abort_stream(exchange& to);

  io::event_loop& loop() noexcept { return group_->loop(); }

  friend void intrusive_ptr_add_ref(session* of) noexcept { ++of->references_; }
  friend void intrusive_ptr_release(session* of) noexcept;

 private:
  friend class session_group;

  // Reading (session.cpp)
  struct reader;
  void start_read();
  io::asio::mutable_buffer take_space();
  void give_space_back();
  bool make_room();
  void on_read(const boost::system::error_code& error, std::size_t size);
  void take_input(std::size_t size);
  void end_input(const boost::system::error_code& error);
  void advance();
  void parse_available();
  bool parse_head_available();
  void begin_request();
  void fill_request(const wire::request_head& head);
  bool parse_body_available();
  void end_request();
  void begin_held();
  void dispatch(exchange& ready);
  bool may_begin_request() const noexcept;
  void refuse(wire::refusal why);
  exchange& append_exchange();
  void give_id(request& asked);
  std::string_view input() const noexcept { return {data_.get() + begin_, end_ - begin_}; }

  // Answering (session_answers.cpp)
  bool flush();
  bool write_some();
  void wait_writable();
  void prepare(exchange& answered);
  bool consume_written(std::size_t size);
  void finish(std::unique_ptr<exchange> done, bool gone);
  void finish_answered_as_gone();
  void close_for(stream_end why);
  void tell_gone(stream_end why);
  void send_continue();
  void count_out(exchange& done) noexcept;

  void end_first();

  // Answers in pieces (session_streams.cpp)
  void turn();
  enum class stream_due { nothing, bytes, ended };
  stream_due look_at_stream();
  void consume_stream(std::size_t size);
  void tell_stopping();
  static void lose_stream(exchange& lost, stream_end why);

  // Time (session_timers.cpp)
  void end_turn();
  void end_gently();
  void watch_reading();
  void on_read_timer();
  void on_read_deadline();
  io::steady_time read_deadline() const noexcept;
  std::uint64_t taken_by_client();
  void on_write_timeout();
  void on_probe();
  const config::server_settings& settings() const noexcept { return group_->shared().settings; }
  serving_counters& counters() const noexcept { return group_->shared().counters; }

  enum class life : std::uint8_t {
    open,
    last_answered,  ///< the answer after which it closes is written
    lingering,      ///< our side is closed; what still comes in is thrown away
    closed,
  };
  bool closed() const noexcept { return life_ == life::closed; }

  /// While one lives, answers that are given now are written by whoever made it.
  class advancing_guard {
   public:
    explicit advancing_guard(session& of) noexcept
        : flag_(of.advancing_), outer_(std::exchange(of.advancing_, true)) {}
    ~advancing_guard() { flag_ = outer_; }
    advancing_guard(const advancing_guard&) = delete;
    advancing_guard& operator=(const advancing_guard&) = delete;

   private:
    bool& flag_;
    bool outer_;
  };

  enum class waiting_for { nothing, first_byte, head, body, end_of_input };

  std::shared_ptr<session_group> group_;
  io::stream_socket socket_;
  std::string remote_address_;
  std::size_t references_ = 0;

  session* next_open_ = nullptr;  ///< in the group's list
  session** link_ = nullptr;

  /// Read buffer; begin_ to end_ is not yet understood. The group's while there is nothing in it.
  std::unique_ptr<char[]> data_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;

  wire::head_scanner scanner_;
  exchange* incoming_ = nullptr;  ///< its body is being read
  std::uint64_t body_left_ = 0;
  std::optional<wire::chunk_decoder> chunks_;

  exchange_queue queue_;
  exchange* held_ = nullptr;  ///< read whole, the last, and not begun yet: no room for its answer

  life life_ = life::open;
  bool reading_ = false;        ///< a read is pending
  bool writing_ = false;        ///< a write is pending
  bool advancing_ = false;      ///< answers given now are written by the caller
  bool unprobed_ = false;       ///< the last read was short, so a reset may have come with it,
                                ///< without an event: look once
  bool input_over_ = false;     ///< nothing more is parsed: refused, or closing
  bool end_of_input_ = false;   ///< the client has closed its side
  bool client_closes_ = false;  ///< it asked for that
  bool continue_due_ = false;
  std::size_t discarded_ = 0;  ///< bytes read while lingering

  waiting_for waiting_ = waiting_for::nothing;
  io::steady_time waiting_since_{};
  io::steady_time last_read_{};
  io::timer read_timer_;
  std::uint64_t sent_ = 0;  ///< bytes of answers that the socket has taken
  write_watch write_watch_;
  io::timer write_timer_;  ///< while the socket is full
  io::timer probe_timer_;
};

}  // namespace tributary::http::server
