// SPDX-License-Identifier: MIT
#include "providers/jobs/sqlite/writer.hpp"

#include <exception>
#include <utility>

namespace tributary::providers::jobs::sqlite {

namespace {

/// Whether an exception speaks of one write alone, and not of the store.
bool is_of_one_write(const std::exception& why) noexcept {
  const auto* error = dynamic_cast<const db::error*>(&why);
  return error == nullptr || error->kind() == db::trouble::refused;
}

}  // namespace

writer::writer(std::shared_ptr<db::file_lock> lock, std::unique_ptr<db::connection> connection,
               std::function<instant()> clock)
    : lock_(std::move(lock)),
      connection_(std::move(connection)),
      clock_(std::move(clock)),
      tally_(*connection_),
      changes_(*connection_, tally_),
      accepting_(*connection_, tally_, changes_),
      claiming_(*connection_, changes_),
      webhooks_(*connection_, changes_),
      settling_(changes_, webhooks_),
      reaping_(*connection_, changes_) {}

std::vector<written> writer::apply(std::span<const write> batch) {
  if (given_up_) throw store_unavailable(connection_->path() + ": given up after an error");
  try {
    if (auto all = together(batch)) return std::move(*all);
    return apart(batch);
  } catch (const std::exception& why) {
    // What a failed sync has left behind nobody knows. To sync again would report success for
    // pages that the system has dropped; so nothing is written through this connection any more.
    given_up_ = true;
    connection_->leave_as_it_is();
    throw store_unavailable(why.what());
  }
}

std::optional<writer::results> writer::together(std::span<const write> batch) {
  try {
    db::transaction whole{*connection_, db::transaction::kind::writing};
    const auto now = clock_();
    results result;
    result.reserve(batch.size());
    for (const auto& each : batch) result.push_back(carry_out(each, now));
    commit(whole);
    return result;
  } catch (const std::exception& why) {
    tally_.undo();
    if (!is_of_one_write(why)) throw;
    return std::nullopt;
  }
}

writer::results writer::apart(std::span<const write> batch) {
  db::transaction whole{*connection_, db::transaction::kind::writing};
  const auto now = clock_();
  results result;
  result.reserve(batch.size());
  for (const auto& each : batch) {
    const auto before = tally_.now;
    try {
      db::savepoint part{*connection_};
      result.push_back(carry_out(each, now));
      part.keep();
    } catch (const std::exception& why) {
      if (!is_of_one_write(why)) throw;
      tally_.now = before;
      result.emplace_back(write_refused{why.what()});
    }
  }
  commit(whole);
  return result;
}

written writer::carry_out(const write& each, instant now) {
  struct visitor {
    writer& self;
    instant now;

    written operator()(const accept& asked) const { return self.accepting_(asked, now); }
    written operator()(const claim& asked) const { return self.claiming_(asked, now); }
    written operator()(const settle& asked) const { return self.settling_(asked, now); }
    written operator()(const renew& asked) const { return self.claiming_(asked, now); }
    written operator()(const take_webhook& asked) const { return self.webhooks_(asked, now); }
    written operator()(const cancel& asked) const { return self.settling_(asked, now); }
    written operator()(const reap& asked) const { return self.reaping_(asked, now); }
  };
  return std::visit(visitor{*this, now}, each);
}

void writer::commit(db::transaction& whole) {
  tally_.write();
  whole.commit();
  tally_.keep();
}

}  // namespace tributary::providers::jobs::sqlite
