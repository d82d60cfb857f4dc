// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>
#include <string_view>

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
struct request {
  std::string_view method;
  std::string_view target;  ///< what stood in the request line
  std::string_view body;
  const header_fields& headers;
};

/// An answer, with a JSON body unless `content_type` says another.
struct reply {
  unsigned status = 200;
  std::string_view allow;  ///< value of `Allow`; empty: no such field
  std::string owned;       ///< the body, unless
  std::string_view
      shared;  ///< a rendered document stands for it, which lives as long as `services`
  std::string_view content_type = "application/json";
  std::string fields;  ///< more of the header: `Name: value\r\n` each
  std::string_view body() const noexcept { return shared.empty() ? owned : shared; }
};

/// An answer and how to deliver it.
struct scripted_reply {
  reply answer;
  std::chrono::milliseconds delay{0};
  bool hang = false;
  bool truncate = false;
};

/// What answers the requests of one port. Any thread.
class responder {
 public:
  virtual scripted_reply answer(const request& asked) = 0;

 protected:
  ~responder() = default;
};

}  // namespace tributary::providers::mock
