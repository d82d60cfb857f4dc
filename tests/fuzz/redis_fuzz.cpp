// SPDX-License-Identifier: MIT
// Feeds the reader of Redis replies. The first byte of the input chooses how it is cut into reads;
// whatever the cut, the same replies must come out, and none beyond the limits.
#include "providers/redis/reply_reader.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace tributary::providers::redis;
using progress = reply_reader::progress;

constexpr reply_limits limits{64 * 1024, 512};

struct verdict {
  progress last = progress::need_more;
  std::vector<reply> replies;
};

verdict read(std::string_view bytes, std::size_t piece) {
  reply_reader reader{limits};
  verdict seen;
  while (!bytes.empty() && seen.last != progress::failed) {
    const auto size = std::min(bytes.size(), piece);
    reader.feed(bytes.substr(0, size));
    bytes.remove_prefix(size);
    reply next;
    while ((seen.last = reader.next(next)) == progress::complete) {
      seen.replies.push_back(std::move(next));
      next = {};
    }
  }
  return seen;
}

std::size_t weight(const reply& of) {
  auto sum = of.text.size();
  for (const auto& each : of.items) sum += weight(each);
  return sum;
}

bool same(const reply& a, const reply& b) {
  return a.kind == b.kind && a.integer == b.integer && a.text == b.text &&
         std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(), same);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = 1 + data[0];
  const std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
  const auto cut = read(bytes, piece);
  for (const auto& each : cut.replies) {
    if (weight(each) > limits.bytes) std::abort();
  }
  // A failure may be seen sooner in one cut than in another; what came before it may not differ.
  const auto whole = read(bytes, bytes.size() + 1);
  const auto common = std::min(cut.replies.size(), whole.replies.size());
  for (std::size_t i = 0; i < common; ++i) {
    if (!same(cut.replies[i], whole.replies[i])) std::abort();
  }
  const auto failed = cut.last == progress::failed || whole.last == progress::failed;
  if (!failed && cut.replies.size() != whole.replies.size()) std::abort();
  return 0;
}
