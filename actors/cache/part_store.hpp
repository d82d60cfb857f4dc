// SPDX-License-Identifier: MIT
#pragma once

#include "actors/cache/byte_store.hpp"
#include "actors/cache/part_freshness.hpp"
#include "actors/cache/purge_target.hpp"
#include "http/wire/shared_bytes.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tributary::actors::cache {

/// Names and values of the header fields of a call, as `call_request` has them.
using call_headers = std::vector<std::pair<std::string, std::string>>;

/// An upstream's answer to one call, or the note that answers to it cannot be kept. Immutable once
/// shared.
struct part_answer {
  int status = 0;  ///< 0: such a note; nothing but `expires_at` is set
  std::string header_block;
  http::wire::shared_bytes body;
  part_freshness freshness;
  std::string selected;       ///< what `select_headers` made of the call it answers
  steady_time received;       ///< or confirmed by a 304
  steady_time expires_at;     ///< of no use from here on
  std::size_t body_size = 0;  ///< bytes
  std::size_t footprint = 0;  ///< bytes on the heap, about

  bool is_note() const noexcept { return status == 0; }
};

using part_answer_ptr = std::shared_ptr<const part_answer>;

/// Completes `expires_at` and the two sizes of an answer and makes it immutable.
part_answer_ptr share(part_answer answer);

/// The note that a key's answers cannot be kept, good until `until`.
part_answer_ptr note_uncacheable(steady_time until);

/// Values of the fields `vary` (lower case), as a text that is the same for two calls only if these
/// are: also what is missing and what is empty differ. A field that comes twice counts as a list.
std::string select_headers(const std::vector<std::string>& vary, const call_headers& headers);

/// True when a stored answer was chosen by what this call says too (RFC 9111, section 4.1).
bool answers(const part_answer& stored, const call_headers& headers);

/// Seconds since the upstream made this answer (RFC 9111, section 4.2.3), rounded down.
std::chrono::seconds age_at(const part_answer& stored, steady_time now) noexcept;

/// Upstreams' answers of one shard of the part cache, one for each key, whatever it varies by. Keys
/// are the upstream's name, a space, the target, and for each header field of the call a line feed
/// and the field.
class part_store : public byte_store<part_answer> {
 public:
  using byte_store::byte_store;

  /// Removes what a purge concerns. Scans the shard. Returns how many went.
  std::size_t remove(const purge_target& target);
};

/// True when a purge is one of `key` too: by its beginning or, with whatever header fields, by the
/// upstream and the target. Tags are of whole answers.
bool concerned(const purge_target& target, std::string_view key) noexcept;

}  // namespace tributary::actors::cache
