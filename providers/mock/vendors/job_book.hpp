// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace tributary::providers::mock::vendors {

/// A job that a vendor has taken.
struct taken_job {
  std::string id;
  std::size_t fingerprint = 0;  ///< of the request's body
  unsigned status = 0;          ///< of the answer, which is the same for each repetition
  std::string answer;           ///< its body
  std::string data;             ///< JSON, the result when it is done
  bool fails = false;           ///< there will be none
  std::chrono::system_clock::time_point ends{};
  std::atomic<bool> cancelled{false};
};

/// The jobs of one vendor, for as long as it runs: by their keys, so that a repetition is known,
/// and by their ids. Not of several threads at once; its jobs may be, where they are atomic.
class job_book {
 public:
  /// Of a request's body, to tell another one.
  static std::size_t fingerprint_of(std::string_view body);

  /// Nullptr where there is none.
  std::shared_ptr<taken_job> with_key(const std::string& key) const;
  /// The last one that was taken under this id.
  std::shared_ptr<taken_job> with_id(const std::string& id) const;

  /// @param key empty: nothing is known by it
  void add(const std::string& key, std::shared_ptr<taken_job> job);

 private:
  using index = std::unordered_map<std::string, std::shared_ptr<taken_job>>;

  static std::shared_ptr<taken_job> find(const index& in, const std::string& name);

  index by_key_;
  index by_id_;
};

}  // namespace tributary::providers::mock::vendors
