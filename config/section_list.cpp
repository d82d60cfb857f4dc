// SPDX-License-Identifier: MIT
#include "config/section_list.hpp"

#include "config/built_in.hpp"
#include "config/sections/tables.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace tributary::config {

namespace {

/// The keys that no system brings.
table<settings> own_keys() {
  using s = settings;
  return {
      key("server", &s::server, object(server_keys()), "The public listener."),
      key("admin", &s::admin, object(admin_keys()),
          "The operators' listener: metrics, inspection, cache purge."),
      key("log", &s::log, object(log_keys()), "JSON records on standard error."),
      key("runtime", &s::runtime, object(runtime_keys()), "Threads and actors."),
      key("redis", &s::redis, object(redis_keys()),
          "What several instances share; without `url` and `host` each is on its own."),
      key("upstreams", &s::upstreams, named_objects(upstream_keys()),
          "The services that parts are fetched from, by name."),
      key("data_dir", &s::data_dir, text("path"),
          "Where counts of calls are kept over restarts; made when first needed; a relative path "
          "starts at the working directory; empty: nowhere. Each instance needs its own."),
  };
}

void insert(table<settings>& keys, top_key added) {
  const auto found = std::find_if(keys.begin(), keys.end(), [&](const field<settings>& each) {
    return each.doc.name == added.behind;
  });
  keys.insert(found == keys.end() ? found : found + 1, std::move(added.key));
}

codec<settings> all_keys(const std::vector<section_ptr>& sections) {
  auto result = own_keys();
  for (const auto& section : sections) {
    for (auto& added : section->keys()) insert(result, std::move(added));
  }
  return object(std::move(result));
}

}  // namespace

section_list::section_list(std::vector<section_ptr> sections)
    : sections_(std::move(sections)), keys_(all_keys(sections_)) {}

std::vector<std::string> section_list::taken_paths(const settings& all) const {
  std::vector<std::string> result(std::begin(built_in::paths), std::end(built_in::paths));
  for (const auto& section : sections_) {
    if (!section->is_in(all)) continue;
    for (auto& path : section->paths()) result.push_back(std::move(path));
  }
  return result;
}

std::vector<std::string> section_list::key_prefixes() const {
  std::vector<std::string> result(std::begin(built_in::key_prefixes),
                                  std::end(built_in::key_prefixes));
  for (const auto& section : sections_) {
    for (auto& prefix : section->key_prefixes()) result.push_back(std::move(prefix));
  }
  return result;
}

}  // namespace tributary::config
