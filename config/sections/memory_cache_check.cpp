// SPDX-License-Identifier: MIT
#include "config/sections/checks.hpp"

namespace tributary::config {

void check_memory_cache(const std::string& name, const memory_cache_settings& cache,
                        complaint& out) {
  if (cache.max_bytes != 0 && cache.max_object > cache.max_bytes) {
    out.add({name, "max_object"}, "larger than " + cited(name + ".max_bytes"));
  }
}

}  // namespace tributary::config
