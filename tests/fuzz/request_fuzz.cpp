// SPDX-License-Identifier: MIT
#include "http/server/head_parser.hpp"
#include "http/wire/chunk_decoder.hpp"
#include "http/wire/request_judge.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>

using namespace tributary::http;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

/// Judged, parsed and decoded as the session does it. What comes out must not depend on how the
/// bytes were cut.
std::string read(std::string_view input, std::size_t piece) {
  using progress = wire::head_scanner::progress;
  wire::head_scanner scanner({});
  auto result = progress::need_more;
  std::size_t end = 0;
  while (result == progress::need_more && end < input.size()) {
    end = std::min(end + piece, input.size());
    result = scanner.scan(input.substr(0, end));
  }
  if (result == progress::need_more) return "more";
  if (result == progress::refused) return "refused";
  const std::string head(scanner.head(input));
  require(scanner.consumed() <= end);
  auto judged = wire::judge_head(head);
  if (const auto* wrong = std::get_if<wire::refusal>(&judged)) return wrong->detail;

  // Beast may refuse more, such as an odd Proxy-Connection, but must not read anything else.
  const auto& facts = std::get<wire::request_head>(judged);
  server::request asked;
  if (!server::parse_head(head, asked)) return "refused by Beast";
  require(asked.method_name == facts.method && asked.target == facts.target);
  require(asked.path.empty() == (facts.target == "*"));
  require(!(facts.chunked && facts.content_length));
  std::string out = head;
  if (!facts.chunked) return out;

  wire::chunk_decoder decoder(4096, 256);
  auto rest = input.substr(scanner.consumed());
  auto decoded = wire::chunk_decoder::progress::need_more;
  while (decoded == wire::chunk_decoder::progress::need_more && !rest.empty()) {
    auto part = rest.substr(0, piece);
    const auto size = part.size();
    decoded = decoder.decode(part, out);
    rest.remove_prefix(size - part.size());
  }
  require(out.size() <= head.size() + 4096);
  if (decoded == wire::chunk_decoder::progress::refused) return "refused body";
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto whole = read(input, std::max<std::size_t>(size, 1));
  const auto in_pieces = read(input, 1);
  // Bytes one by one may be refused earlier, for their first line alone.
  require(whole == in_pieces || in_pieces == "refused");
  return 0;
}
