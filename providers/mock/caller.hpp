// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tributary::providers::mock {

/// A POST that a service sends by itself, such as a webhook.
struct outgoing_call {
  std::string url;   ///< `http://` and a loopback address or `localhost`, see `caller::post`
  std::string body;  ///< JSON, unless `fields` name another Content-Type
  std::vector<std::pair<std::string, std::string>> fields{};  ///< of the header, name and value
  std::chrono::milliseconds after{0};                         ///< sent so much later, up to an hour
  std::chrono::milliseconds deadline{5'000};                  ///< for all of it, once it is sent
  /// Called when it is due, on the caller's own thread: it may still change `body` and `fields`,
  /// with the time of day for example.
  /// @returns false: it is not sent, and its end is told as an error
  std::function<bool(outgoing_call& self)> when_due{};
};

/// What came of one.
struct call_result {
  unsigned status = 0;  ///< 0: there was no answer, and `error` says why
  std::string body;     ///< of the answer
  std::string error;    ///< one line; empty where there is a status
};

/// How services reach whoever uses them. Each call is tried once: who wants another try asks again
/// when told. Any thread.
class caller {
 public:
  /// Called once for each call that was taken, on the caller's own thread; never when the mock is
  /// stopped first. May post again.
  using told = std::function<void(call_result)>;

  /// Why a call to elsewhere is not taken.
  static constexpr std::string_view only_here = "calls go to http URLs on this machine only";

  /// Takes a call. It goes to this machine only: a host that is neither `localhost` nor an address
  /// of loopback is refused here (`only_here`) and never looked up, let alone dialled.
  /// @returns why it was not taken, in one line, or nullopt
  virtual std::optional<std::string> post(outgoing_call call, told done) = 0;

 protected:
  ~caller() = default;
};

}  // namespace tributary::providers::mock
