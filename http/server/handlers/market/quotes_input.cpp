// SPDX-License-Identifier: MIT
#include "http/server/handlers/market/quotes_input.hpp"

#include "http/server/problems.hpp"
#include "http/wire/characters.hpp"
#include "http/wire/json_string.hpp"
#include "http/wire/target.hpp"
#include "providers/market/meant_symbol.hpp"
#include "providers/market/symbol.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace tributary::http::server {

namespace pm = providers::market;

namespace {

constexpr std::string_view symbols_name = "symbols";
constexpr std::size_t echoed_bytes = 64;

/// The value of `symbols`, raw, or what is wrong with it as a whole.
struct found_symbols {
  std::string_view raw;
  std::string_view wrong;
};

bool is_symbols(std::string_view raw_name, std::string& decoded) {
  if (raw_name.find('%') == raw_name.npos) return raw_name == symbols_name;
  return wire::percent_decode(raw_name, decoded) && decoded == symbols_name;
}

found_symbols find_symbols(std::string_view query) {
  std::string decoded;
  std::optional<std::string_view> value;
  for (auto rest = query; const auto item = wire::next_query_item(rest);) {
    if (!is_symbols(item->name, decoded)) continue;
    if (value) return {{}, "symbols must be given only once"};
    value = item->value;
  }
  if (!value) return {{}, "symbols is required: 1 to 100 symbols, separated by commas"};
  if (value->empty()) return {{}, "symbols must name 1 to 100 symbols, and is empty"};
  return {*value, {}};
}

/// `raw` with blanks for each run of `+` that a comma, also an escaped one, or an end is beside.
std::string with_blanks(std::string_view raw) {
  const auto is_comma = [](std::string_view text) {
    return text.starts_with(',') || text.starts_with("%2C") || text.starts_with("%2c");
  };
  std::string result{raw};
  for (auto begin = raw.find('+'); begin != raw.npos;) {
    const auto end = std::min(raw.find_first_not_of('+', begin), raw.size());
    const auto before = raw.substr(0, begin);
    if (before.empty() || end == raw.size() || before.ends_with(',') ||
        (before.size() >= 3 && before[before.size() - 3] == '%' &&
         is_comma(before.substr(before.size() - 3))) ||
        is_comma(raw.substr(end))) {
      std::fill(result.begin() + static_cast<std::ptrdiff_t>(begin),
                result.begin() + static_cast<std::ptrdiff_t>(end), ' ');
    }
    begin = raw.find('+', end);
  }
  return result;
}

void add_malformed(quotes_input& to, std::string_view text, std::size_t place) {
  if (++to.wrong > max_listed_errors) return;
  const auto where = " at place " + std::to_string(place) + " of symbols";
  if (text.empty()) {
    to.errors.push_back({"an empty symbol" + where, {}});
    return;
  }
  to.errors.push_back(
      {pm::with_meant_symbol("not a symbol" + where + ": " + std::string{pm::symbol_form}, text),
       std::string{text.substr(0, echoed_bytes)}});
}

/// What follows `text` at this place is not read.
void add_one_too_many(quotes_input& to, std::string_view text, std::size_t place) {
  if (++to.wrong > max_listed_errors) return;
  to.errors.push_back({"symbols must name at most 100 different symbols; the one at place " +
                           std::to_string(place) + " is one too many",
                       std::string{text}});
}

bool has(const std::vector<pm::symbol>& known, std::string_view text) noexcept {
  return std::ranges::any_of(known, [&](const auto& each) { return each.text == text; });
}

}  // namespace

quotes_input read_quotes_input(std::string_view query) {
  quotes_input result;
  const auto found = find_symbols(query);
  if (!found.wrong.empty()) {
    result.errors.push_back({std::string{found.wrong}, {}});
    result.wrong = 1;
    return result;
  }
  std::string blanks;
  std::string decoded;
  auto rest = found.raw;
  if (rest.find('+') != rest.npos) rest = blanks = with_blanks(rest);
  if (rest.find('%') != rest.npos) {
    // A target with malformed escapes has been refused before.
    wire::percent_decode(rest, decoded);
    rest = decoded;
  }
  const auto commas = static_cast<std::size_t>(std::ranges::count(rest, ','));
  result.symbols.reserve(std::min(commas + 1, max_asked_symbols));
  for (std::size_t place = 1; place <= commas + 1; ++place) {
    const auto end = std::min(rest.find(','), rest.size());
    const auto text = wire::trim(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    auto read = pm::parse_symbol(text);
    if (!read) {
      add_malformed(result, text, place);
    } else if (!has(result.symbols, read->text)) {
      if (result.symbols.size() == max_asked_symbols) {
        add_one_too_many(result, text, place);
        break;
      }
      result.symbols.push_back(std::move(*read));
    }
  }
  return result;
}

response refuse_symbols(const request& asked, const quotes_input& input) {
  const auto& errors = input.errors;
  std::string list = R"("errors":[)";
  for (const auto& error : errors) {
    if (&error != &errors.front()) list += ',';
    list += '{';
    if (!error.symbol.empty()) {
      list += R"("symbol":)";
      wire::append_json_string(list, error.symbol);
      list += R"(,"kind":"bad_request",)";
    }
    list += R"("detail":)";
    wire::append_json_string(list, error.detail);
    list += R"(,"parameter":"symbols"})";
  }
  list += ']';
  auto p = wire::make_problem("INVALID_PARAMETER");
  p.detail = input.wrong == 1 ? errors.front().detail
                              : std::to_string(input.wrong) + " things are wrong with symbols";
  if (input.wrong > errors.size()) {
    p.detail += "; the first " + std::to_string(errors.size()) + " are listed";
  }
  p.extra = list;
  return problem_response(asked, std::move(p));
}

}  // namespace tributary::http::server
