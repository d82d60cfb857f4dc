// SPDX-License-Identifier: MIT
#pragma once

#include "providers/jobs/job_store.hpp"
#include "providers/jobs/sqlite/changes.hpp"
#include "providers/jobs/sqlite/operations.hpp"
#include "providers/storage/sqlite/connection.hpp"
#include "providers/storage/sqlite/file_lock.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace tributary::providers::jobs::sqlite {

/// Carries out a batch in one transaction. Only when one of its writes is refused is the batch
/// begun anew, with each write undone by itself where it fails: the common case pays nothing for
/// that.
class writer final : public job_writer {
 public:
  /// @param connection to an up-to-date file
  writer(std::shared_ptr<db::file_lock> lock, std::unique_ptr<db::connection> connection,
         std::function<instant()> clock);

  std::vector<written> apply(std::span<const write> batch) override;

 private:
  using results = std::vector<written>;

  /// Nothing: one of them was refused, and all is as before.
  std::optional<results> together(std::span<const write> batch);
  results apart(std::span<const write> batch);
  written carry_out(const write& each, instant now);
  void commit(db::transaction& whole);

  std::shared_ptr<db::file_lock> lock_;
  std::unique_ptr<db::connection> connection_;
  std::function<instant()> clock_;
  bool given_up_ = false;
  job_tally tally_;
  job_changes changes_;
  accepting accepting_;
  claiming claiming_;
  webhook_taking webhooks_;
  settling settling_;
  reaping reaping_;
};

}  // namespace tributary::providers::jobs::sqlite
