// SPDX-License-Identifier: MIT
#include "config/check.hpp"

#include "config/sections/checks.hpp"

namespace tributary::config {

namespace {

void check_sections(const section_list& sections, settings& target, complaint& out) {
  std::vector<std::string> upstreams;
  for (const auto& upstream : target.upstreams) upstreams.push_back(upstream.name);
  auto taken_upstreams = upstreams;
  const auto paths = sections.taken_paths(target);
  const section_scope scope{target, upstreams, taken_upstreams, paths, out};
  for (const auto& section : sections) {
    section->check_in(target, scope);
    for (auto& added : section->upstreams_of(target)) {
      taken_upstreams.push_back(std::move(added.name));
    }
  }
}

}  // namespace

void check(const node& root, const section_list& sections, settings& target, error_list& errors) {
  complaint out{root, errors};
  check_server(target.server, out);
  check_admin(target.admin, target.server, out);
  check_redis(target.redis, out);
  for (auto& upstream : target.upstreams) check_upstream(upstream, out);
  check_sections(sections, target, out);
}

}  // namespace tributary::config
