// SPDX-License-Identifier: MIT
#include "providers/mock/vendors/job_book.hpp"

#include <functional>
#include <utility>

namespace tributary::providers::mock::vendors {

std::size_t job_book::fingerprint_of(std::string_view body) {
  return std::hash<std::string_view>{}(body);
}

std::shared_ptr<taken_job> job_book::find(const index& in, const std::string& name) {
  const auto found = in.find(name);
  return found == in.end() ? nullptr : found->second;
}

std::shared_ptr<taken_job> job_book::with_key(const std::string& key) const {
  return find(by_key_, key);
}

std::shared_ptr<taken_job> job_book::with_id(const std::string& id) const {
  return find(by_id_, id);
}

void job_book::add(const std::string& key, std::shared_ptr<taken_job> job) {
  if (!key.empty()) by_key_[key] = job;
  by_id_[job->id] = std::move(job);
}

}  // namespace tributary::providers::mock::vendors
