// SPDX-License-Identifier: MIT
#pragma once

#include "providers/mock/caller.hpp"
#include "providers/mock/stand_in.hpp"
#include "providers/mock/vendors/job_book.hpp"
#include "providers/mock/vendors/vendor_ledger.hpp"
#include "providers/vendors/webhook_signature.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::providers::mock::vendors {

/// Something that a vendor has to tell of a job.
struct news {
  std::string id;         ///< `webhook-id`, the same for all copies and tries
  std::string_view what;  ///< a literal: `done`, `failed`, `progress`
  std::string url;
  std::string body;  ///< JSON
  std::shared_ptr<const taken_job> about;
};

/// Sends the webhooks of one vendor: signed as its knobs say when they go out, and again each
/// second until the answer is 2xx or the job is cancelled. Any thread.
class webhooks {
 public:
  /// References of `around` outlive this.
  /// @throws std::invalid_argument for a secret that is none
  webhooks(const surroundings& around, std::shared_ptr<vendor_ledger> ledger);

  /// @param tried called once when the first try has ended, however; may be empty
  /// @returns why it cannot be sent, in one line, or nullopt
  std::optional<std::string> send(news what, std::chrono::milliseconds after,
                                  std::function<void()> tried);

 private:
  struct sending;

  std::optional<std::string> post(std::shared_ptr<sending> what, std::chrono::milliseconds after);
  bool prepare(sending& what, outgoing_call& call) const;
  void on_told(const std::shared_ptr<sending>& what, const call_result& result);
  void write_down(const sending& what, unsigned status, std::string error) const;

  const desk& own_desk_;
  caller& calls_;
  const surroundings::clock& now_;
  const std::shared_ptr<vendor_ledger> ledger_;
  std::vector<providers::vendors::webhook_secret> secrets_;
};

}  // namespace tributary::providers::mock::vendors
