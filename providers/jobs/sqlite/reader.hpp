// SPDX-License-Identifier: MIT
#pragma once

#include "providers/jobs/job_store.hpp"
#include "providers/jobs/sqlite/rows.hpp"
#include "providers/storage/sqlite/connection.hpp"
#include "providers/storage/sqlite/file_lock.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tributary::providers::jobs::sqlite {

/// Each answer is of one state of the store, the one that the last commit left.
class reader final : public job_reader {
 public:
  /// @param connection to an up-to-date file, to read only
  reader(std::shared_ptr<db::file_lock> lock, std::unique_ptr<db::connection> connection,
         std::function<instant()> clock);

  std::optional<job> find(const job_id& id) override;
  std::vector<job_summary> list(const list_filter& filter) override;
  std::vector<job_event> events(const job_id& id, std::uint64_t after, std::size_t limit) override;
  job_counts counts() override;

 private:
  /// One run of an index that has a part of a list in order.
  struct part;

  void list_part(const list_filter& filter, const part& wanted, std::vector<job_summary>& result);
  std::vector<std::string> vendors();

  std::shared_ptr<db::file_lock> lock_;
  std::unique_ptr<db::connection> connection_;
  std::function<instant()> clock_;
  attempt_rows attempts_;
  db::statement find_;
  db::statement list_all_;
  db::statement list_part_;
  db::statement next_vendor_;
  db::statement events_;
  db::statement scheduled_;
};

}  // namespace tributary::providers::jobs::sqlite
