// SPDX-License-Identifier: MIT
#pragma once

#include "http/server/session_hook.hpp"
#include "http/server/stream.hpp"
#include "http/wire/byte_slice.hpp"

#include <boost/container/small_vector.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// One request and its one answer, as handlers see them. Knows neither sockets nor actors.
namespace tributary::http::server {

class session;
struct exchange;

using steady_time = std::chrono::steady_clock::time_point;

/// Methods that a route can be declared for; anything else is `other` and finds no route.
enum class method : std::uint8_t { get, head, post, put, patch, delete_, options, other };

/// The enumerator of a method name, which is case-sensitive (RFC 9110, 9.1).
method to_method(std::string_view name) noexcept;
std::string_view to_string(method m) noexcept;

/// A header field as sent, without the white space around its value.
struct header_field {
  std::string_view name;
  std::string_view value;
};

/// A value of a path template: `{id}` in `/users/{id}`. The value is raw, still percent-encoded,
/// and never empty.
struct path_parameter {
  std::string_view name;
  std::string_view value;
};

/// What the client asked for. Lives, with all views in it, until its responder has answered or is
/// gone; do not keep views beyond that. Never changes after the handler was called, so it may be
/// read on any thread meanwhile.
struct request {
  static constexpr std::size_t no_route = std::numeric_limits<std::size_t>::max();

  server::method method = server::method::other;
  bool is_head = false;  ///< HEAD, served by GET's handler: the session drops the body
  std::string_view method_name;
  std::string_view target;            ///< as sent: path and query, maybe as a URI with its host
  std::string_view path;              ///< raw, still percent-encoded; begins with `/`
  std::string_view query;             ///< raw, without the `?`
  std::vector<header_field> headers;  ///< in the order sent
  std::string body;                   ///< whole, without transfer coding
  std::string request_id;             ///< the client's X-Request-Id when sane, else made
  std::string_view remote_address;    ///< textual IP address, without port; `unix` of a Unix socket
  steady_time received{};             ///< when the last byte of the header was read

  std::size_t route = no_route;  ///< index that `router::add` returned
  boost::container::small_vector<path_parameter, 4> path_parameters;  ///< in the template's order
  std::string_view media_type;  ///< of the route's types the one that Accept likes best

  /// The first field of that name, in any case; empty when there is none.
  std::string_view header(std::string_view name) const noexcept;

  /// True when there is a field of that name, even an empty one.
  bool has_header(std::string_view name) const noexcept;

  /// The raw value of a path parameter; empty when the template has none of that name.
  std::string_view path_value(std::string_view name) const noexcept;

  /// Calls `f(value)` for each field of that name, in order; list fields may come in several lines.
  template <class Function>
  void each_header(std::string_view name, Function&& f) const {
    for (const auto& field : headers) {
      if (same_field_name(field.name, name)) f(field.value);
    }
  }

  static bool same_field_name(std::string_view a, std::string_view b) noexcept;
};

/// The answer. The session adds Date, Content-Length, Connection and X-Request-Id.
struct response {
  int status = 200;                        ///< 200–599
  std::string content_type;                ///< empty: no such field
  std::string headers;                     ///< further fields, serialised: `Name: value\r\n` each
  std::shared_ptr<const void> body_owner;  ///< keeps what slices of `body` do not own themselves
  boost::container::small_vector<wire::byte_slice, 8> body;  ///< written as they are, in order
  bool close = false;          ///< closes the connection after this answer
  bool dropped = false;        ///< made for a request that was dropped, not by its handler
  std::string log_parts;       ///< for the access log: what became of the parts of an aggregate
  std::string_view log_cache;  ///< for the access log: what the cache did; a literal

  /// Appends a field. Bytes that may not stand in a value (RFC 9110, 5.5) become spaces, so a value
  /// that somebody else chose cannot add fields of its own.
  void add_header(std::string_view name, std::string_view value);

  std::size_t body_size() const noexcept;
};

/// A response whose body is one string.
response make_response(int status, std::string_view content_type, std::string_view body);

/// The duty to answer one request: move-only, and answered exactly once by ownership. Destroying it
/// without an answer answers 500.
///
/// May be moved to, used and destroyed on any thread; from another thread than the session's the
/// answer is posted to it. The session's event loop must outlive every responder.
class responder {
 public:
  responder() noexcept = default;
  responder(session& owner, exchange& answers) noexcept;
  responder(responder&& other) noexcept
      : session_(std::exchange(other.session_, nullptr)),
        exchange_(std::exchange(other.exchange_, nullptr)) {}
  responder& operator=(responder&& other) noexcept {
    responder(std::move(other)).swap(*this);
    return *this;
  }
  ~responder();

  /// Answers. On the session's own thread the answer may be written within the call. The request is
  /// gone afterwards. Does nothing on an empty responder.
  void respond(response&& answer) &&;

  /// Begins an answer whose body is written in pieces: chunked, or until the connection closes with
  /// HTTP/1.0. Call it on the session's thread. `head` has no body and no Content-Length. From then
  /// on the request does not count as in flight.
  /// @returns the stream; an empty one where nothing is to be written: the answer to HEAD, a client
  ///   that has gone, a listener that drains, an If-Match that the head does not fulfil (412)
  stream start_stream(response&& head) &&;

  /// Sets what is called, once, on the session's thread, when the client closes or resets the
  /// connection before the answer was given. Call it on that thread, that is within `handle`. An
  /// answer given nevertheless is written if it still can be (a client may have closed its sending
  /// side only). Set it before handing the responder on: it is freed with the answer.
  void on_disconnect(session_hook hook);

  /// Says that the request only waits from now on, for something that may take long to happen: it
  /// does not count as in flight any more. Call it on the session's thread, within `handle` or
  /// later. The answer may come from any thread, as always.
  ///
  /// `on_stop` is called on the session's thread, once, when the listener drains: answer then, with
  /// what is known. Where the listener drains already, that is soon after this call, never within
  /// it. It is freed with the answer. A client that leaves is still told by `on_disconnect`.
  void park(session_hook on_stop);

  /// The request to answer; only while this is not empty.
  const request& get_request() const noexcept;

  /// False when empty: default-made, moved from or answered.
  explicit operator bool() const noexcept { return exchange_ != nullptr; }

 private:
  void swap(responder& other) noexcept {
    std::swap(session_, other.session_);
    std::swap(exchange_, other.exchange_);
  }

  session* session_ = nullptr;  ///< counted; the count changes on the session's thread only
  exchange* exchange_ = nullptr;
};

/// What a route leads to. One object serves all workers at once: `handle` is called on any of their
/// threads, concurrently, and must not block.
class handler {
 public:
  handler() = default;
  handler(const handler&) = delete;
  handler& operator=(const handler&) = delete;
  virtual ~handler() = default;

  /// Takes over the duty to answer, now or later. `asked` is `answer.get_request()`.
  virtual void handle(const request& asked, responder answer) = 0;
};

/// What became of a request.
struct outcome {
  int status = 0;           ///< as answered; 499 when the client had gone before
  std::uint64_t bytes = 0;  ///< written, header and framing included
  std::chrono::steady_clock::duration duration{};  ///< from the header read to the answer written
  /// The client left before the whole answer was written. Streams normally end by the client
  /// leaving: for them, before the head was written.
  bool client_gone = false;
  std::string_view parts;  ///< `log_parts` of the response
  std::string_view cache;  ///< `log_cache` of the response
};

/// Is told about each request after its answer was written or could not be: access log, metrics.
class observer {
 public:
  observer() = default;
  observer(const observer&) = delete;
  observer& operator=(const observer&) = delete;
  virtual ~observer() = default;

  /// On the session's thread; concurrent for different sessions. `asked.route` is
  /// `request::no_route` when the request was refused before routing or no route fits; then its
  /// method and target may be empty.
  virtual void on_answered(const request& asked, const outcome& result) noexcept = 0;
};

}  // namespace tributary::http::server
