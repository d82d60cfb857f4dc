// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tributary::providers::mock {

/// The fields of a request's header, wherever they are kept.
class header_fields {
 public:
  /// The value of the first field of that name, in any case; empty when there is none.
  virtual std::string_view find(std::string_view name) const = 0;

 protected:
  ~header_fields() = default;
};

/// A request as it was received. Views are good until it is answered.
struct wire_request {
  std::string_view method;
  std::string_view target;  ///< what stood in the request line
  std::string_view body;
  const header_fields& headers;
};

/// A request to one service, its target taken apart. Whatever it refers to lives until it is
/// answered.
struct request {
  std::string_view method;
  std::string_view path;   ///< decoded
  std::string_view below;  ///< of `path`, what follows the path of the service: `/c1`, or nothing
  /// Of the query, decoded, in the order in which they came. A plus stays a plus, as RFC 3986 has
  /// it and as the offset of a time needs it.
  std::vector<std::pair<std::string, std::string>> parameters;
  std::string_view body;
  const header_fields& headers;

  /// The first parameter of that name; empty when there is none.
  std::string_view parameter(std::string_view name) const;
  /// GET or HEAD.
  bool reads() const noexcept { return method == "GET" || method == "HEAD"; }
};

/// Where a connection ends before its time.
enum class cut : std::uint8_t {
  none,
  at_once,   ///< nothing of the answer is sent
  half_way,  ///< … of the body
};

/// An answer, with a JSON body unless `content_type` says another.
struct reply {
  unsigned status = 200;
  std::string_view allow;   ///< value of `Allow`; empty: no such field
  std::string owned;        ///< the body, unless `shared` is there
  std::string_view shared;  ///< a document that lives as long as the service
  std::string_view content_type = "application/json";
  std::string fields;  ///< more of the header: `Name: value\r\n` each
  cut where = cut::none;
  /// Where it is there, the answer waits: this is called with what lets it go, once, from any
  /// thread.
  std::function<void(std::function<void()> go_on)> hold;
  std::string_view body() const noexcept { return shared.empty() ? owned : shared; }
};

/// `{"error":"…"}`
reply failure(unsigned status, std::string_view message);
/// 405 with the methods that would do, such as `GET, HEAD`.
reply not_allowed(std::string_view allow);

/// An answer and how to deliver it.
struct scripted_reply {
  reply answer;
  std::chrono::milliseconds delay{0};
  bool hang = false;
  bool truncate = false;
  bool drop = false;  ///< closes the connection instead
};

/// What answers the requests of one listener. Any thread.
class responder {
 public:
  virtual scripted_reply answer(const wire_request& asked) = 0;

 protected:
  ~responder() = default;
};

}  // namespace tributary::providers::mock
