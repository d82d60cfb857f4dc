// SPDX-License-Identifier: MIT
#pragma once

#include "http/server/exchange.hpp"
#include "http/server/piece_queue.hpp"
#include "http/server/serving.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace tributary::http::server {

/// The body of an answer in pieces, where it is one.
struct stream_state {
  explicit stream_state(bool chunked) noexcept : pieces(chunked) {}
  ~stream_state();
  stream_state(const stream_state&) = delete;
  stream_state& operator=(const stream_state&) = delete;

  /// Empties the handle, if there still is one.
  void let_go() noexcept;

  piece_queue pieces;
  server::stream* handle = nullptr;
  stream::end_callback on_end;
  bool finished = false;  ///< nothing more will be added
  bool aborted = false;   ///< the connection ends when the stream is the first in line
};

/// One request of a session with all that belongs to its answer. Recycled by the group, so that a
/// request in steady state finds its memory there already.
struct exchange {
  request asked;
  generation_ref served;  ///< whose routes it is answered by
  std::string head;       ///< bytes that the request's views point into
  response answer;
  std::string answer_head;  ///< serialised; empty until the answer is due to be written
  session_hook on_disconnect;
  session_hook on_stop;                  ///< set: parked, and not told yet that the listener drains
  std::unique_ptr<stream_state> stream;  ///< null: the answer has all of its body
  exchange* next = nullptr;              ///< in the session, in the order of arrival
  std::size_t body_size = 0;             ///< of the answer, as written; that of a stream grows
  std::size_t written = 0;               ///< bytes of head and body
  bool keep_alive = true;                ///< what the client wants
  bool http_1_0 = false;
  bool begun = false;    ///< its handler was asked, or it needs none
  bool large = false;    ///< begun, and its answer may have any size
  bool counted = false;  ///< in `in_flight`
  bool answered = false;
  bool gone_told = false;  ///< the client left before the answer

  /// Its handler has dropped it because the client left: there is nothing to be said.
  bool forsaken() const noexcept { return answered && gone_told && answer.dropped; }

  std::size_t size() const noexcept { return answer_head.size() + body_size; }

  /// Empties everything and keeps moderate capacities.
  void recycle();
};

/// Serialises the answer's head into `of.answer_head` and decides what of the body is written.
/// @param close says `Connection: close`
void serialise_head(exchange& of, std::string_view date, bool close);

}  // namespace tributary::http::server
