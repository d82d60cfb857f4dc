// SPDX-License-Identifier: MIT
#pragma once

#include "providers/storage/sqlite/schema.hpp"

namespace tributary::providers::jobs::sqlite {

namespace db = storage::sqlite;

/// All that is in `jobs.db`.
const db::schema& job_tables() noexcept;

}  // namespace tributary::providers::jobs::sqlite
