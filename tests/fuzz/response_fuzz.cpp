// SPDX-License-Identifier: MIT
// Feeds the reader of upstream answers. The first byte of the input chooses how it is cut into
// reads and whether the request was HEAD; whatever the cut, the progress must be the same.
#include "http/client/fetch.hpp"
#include "http/client/response_reader.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

namespace {

using namespace tributary::http;
using client::response_reader;
using progress = response_reader::progress;

constexpr std::size_t max_header = 4096;
constexpr std::size_t max_body = 64 * 1024;

struct verdict {
  progress result = progress::need_more;
  wire::error_token error = wire::error_token::none;
  client::fetch_result answer;
};

verdict read(std::string_view bytes, std::size_t piece, bool head_request) {
  response_reader reader{max_header, max_body};
  reader.begin(head_request);
  verdict seen;
  while (!bytes.empty() && seen.result == progress::need_more) {
    const auto space = reader.prepare();
    if (space.empty()) std::abort();
    const auto size = std::min({space.size(), bytes.size(), piece});
    std::memcpy(space.data(), bytes.data(), size);
    bytes.remove_prefix(size);
    seen.result = reader.commit(size);
  }
  if (seen.result == progress::need_more) seen.result = reader.commit_eof();
  if (seen.result == progress::need_more) std::abort();
  seen.error = reader.error();
  if (seen.result == progress::complete) reader.take(seen.answer);
  return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size == 0) return 0;
  const auto head_request = (data[0] & 0x80) != 0;
  const std::size_t piece = 1 + (data[0] & 0x7f);
  const std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
  const auto whole = read(bytes, bytes.size() + 1, head_request);
  const auto cut = read(bytes, piece, head_request);
  if (whole.result != cut.result || whole.error != cut.error) std::abort();
  if (whole.answer.body.view() != cut.answer.body.view()) std::abort();
  if (whole.answer.header_block != cut.answer.header_block) std::abort();
  if (whole.answer.body.size() > max_body) std::abort();
  return 0;
}
