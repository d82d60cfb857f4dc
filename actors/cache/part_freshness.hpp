// SPDX-License-Identifier: MIT
#pragma once

#include "config/sections/part_settings.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::actors::cache {

using steady_time = std::chrono::steady_clock::time_point;

/// What was asked of an upstream, as far as storing its answer depends on it.
struct part_request_facts {
  std::string_view method = "GET";
  bool has_authorization = false;
  bool has_cookie = false;
};

/// What the upstream answered, and when.
struct part_answer_facts {
  int status = 200;
  std::string_view header_block;                      ///< raw, `Name: value\r\n` each
  steady_time asked;                                  ///< when the call was made
  steady_time received;                               ///< when the answer had come
  std::chrono::system_clock::time_point received_at;  ///< `received` by the calendar; stands in for
                                                      ///< a missing Date
};

/// What a shared cache may do with an upstream's answer, and until when. Times do not come before
/// `fresh_until`; one that equals it grants nothing.
struct part_freshness {
  /// Answers 200 and 203 to GET and HEAD may be stored when they
  /// - do not say `no-store` or `private`, and have no Set-Cookie;
  /// - have a validator, where they say `no-cache` (or Pragma does, without Cache-Control);
  /// - say `public`, `s-maxage` or `must-revalidate` if the call carried Authorization (RFC 9111,
  ///   3.5) or, since that identifies somebody as well, a Cookie; not needed with `shared`;
  /// - do not vary by `*` or by what is no field name;
  /// - are of any use: fresh for a while, allowed to be stale, or with a validator.
  ///
  /// When false, nothing else here is set.
  bool storable = false;

  /// `no-cache`: serves nobody without a 304 for that very request.
  bool always_validated = false;

  /// After `s-maxage`, else `max-age`, else Expires less Date (unreadable: 0; the first counts),
  /// less Age and the time the call took (RFC 9111, 4.2.3; clocks are not compared). After
  /// `no-cache` none. Where all of
  /// them are missing, the configured `ttl` from the arrival; without `ttl` such an answer is not
  /// stored. With `force_ttl` the configured one counts always.
  steady_time fresh_until;

  /// Until when it is served old while one call renews it (RFC 5861, 3): as the upstream says by
  /// `stale-while-revalidate`, else as the settings say. `must-revalidate` and `proxy-revalidate`
  /// forbid all stale use. `s-maxage` implies the latter (RFC 9111, 5.2.2.10), unless a directive
  /// of RFC 5861 stands beside it: then that one holds, and the settings and `max_stale` do not.
  steady_time revalidate_until;

  steady_time error_until;     ///< served old when that call fails (RFC 5861, 4); rules as above
  steady_time fallback_until;  ///< serves a fallback `stale`, by its `max_stale`
  steady_time keep_until;      ///< of no use any more, not even to be revalidated
  std::chrono::milliseconds age{};  ///< when it was received
  std::string etag;                 ///< for If-None-Match; empty: none
  std::string last_modified;        ///< for If-Modified-Since, as sent; empty: none
  std::vector<std::string> vary;    ///< request fields it was chosen by: lower case, each once
};

/// How long an answer with a validator is kept past all other use, to be asked for again by 304.
inline constexpr std::chrono::minutes kept_for_validation{10};

/// Judges an answer by RFC 9111, for a cache shared by all users, and RFC 5861. `force_ttl` takes
/// the place of `no-cache`, `must-revalidate` and `proxy-revalidate` too; what says who may see an
/// answer
/// (`no-store`, `private`, Set-Cookie, the rule on credentials) holds all the same.
///
/// @param max_stale longest of the part's fallbacks `stale`; 0: there is none
part_freshness judge_freshness(const config::part_cache_settings& settings,
                               const part_request_facts& asked, const part_answer_facts& answer,
                               std::chrono::milliseconds max_stale);

/// Header block of a stored answer after a 304 (RFC 9111, section 3.2 and 4.3.4): the fields of
/// the 304 take the place of those of the same name, but for what describes the stored body and
/// the connection. The old Age and Date go in any case. To be judged anew, as a 200.
std::string refreshed_header(std::string_view stored, std::string_view not_modified);

}  // namespace tributary::actors::cache
