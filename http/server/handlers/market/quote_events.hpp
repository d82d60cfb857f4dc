// SPDX-License-Identifier: MIT
#pragma once

#include "actors/market/quotes.hpp"
#include "http/wire/byte_slice.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Server-Sent Events of the stream of quotes (WHATWG HTML, 9.2.6). Pure. An event's id is
/// `<epoch>-<revision>` and says: everything up to this revision has been sent. So of several
/// events of one revision only the last may name it; those before it name the revision before. An
/// event without an id leaves the last one in force.
namespace tributary::http::server {

/// One rendered event of a quote, shared by all clients that get it.
struct quote_event {
  http::wire::shared_bytes bytes;
  std::size_t id_size = 0;  ///< length of the line `id: …` at the beginning

  http::wire::byte_slice whole() const { return http::wire::byte_slice{bytes}; }
  http::wire::byte_slice without_id() const {
    return http::wire::byte_slice{bytes, bytes.view().substr(id_size)};
  }
};

/// `json` is one line.
quote_event render_quote_event(std::string_view epoch, std::uint64_t revision,
                               std::string_view json);

/// The line `id: <epoch>-<revision>`.
http::wire::shared_bytes render_id_line(std::string_view epoch, std::uint64_t revision);

/// Appends `event: quote-error`, for a symbol that has no quote. Not `error`: that is the name of
/// EventSource's own event for a lost connection.
void append_error_event(std::string& out, const providers::market::failure& why);

/// `event: dropped`: the last one of a client that is not served any more.
std::string dropped_event(std::string_view reason);

/// The revision that a Last-Event-ID names; nothing for one of another process, or none of ours.
std::optional<std::uint64_t> revision_of(std::string_view epoch, std::string_view last_event_id);

}  // namespace tributary::http::server
