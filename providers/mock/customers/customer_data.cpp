// SPDX-License-Identifier: MIT
#include "providers/mock/customers/customer_data.hpp"

#include "providers/mock/scramble.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>

namespace tributary::providers::mock::customers {

namespace {

using std::string_view;

constexpr std::array first_names{
    string_view{"Ada"},    string_view{"Björn"}, string_view{"Chiara"}, string_view{"Daniel"},
    string_view{"Elif"},   string_view{"Farid"}, string_view{"Grace"},  string_view{"Hana"},
    string_view{"Ivan"},   string_view{"José"},  string_view{"Keiko"},  string_view{"Lena"},
    string_view{"Mikkel"}, string_view{"Noor"},  string_view{"Olga"},   string_view{"Priya"}};
/// `first_names` in ASCII, for e-mail addresses.
constexpr std::array first_names_plain{
    string_view{"ada"},    string_view{"bjoern"}, string_view{"chiara"}, string_view{"daniel"},
    string_view{"elif"},   string_view{"farid"},  string_view{"grace"},  string_view{"hana"},
    string_view{"ivan"},   string_view{"jose"},   string_view{"keiko"},  string_view{"lena"},
    string_view{"mikkel"}, string_view{"noor"},   string_view{"olga"},   string_view{"priya"}};
constexpr std::array last_names{
    string_view{"Almeida"}, string_view{"Bauer"},    string_view{"Castro"},
    string_view{"Dubois"},  string_view{"Eriksen"},  string_view{"Fischer"},
    string_view{"Greco"},   string_view{"Haddad"},   string_view{"Ito"},
    string_view{"Jansen"},  string_view{"Kowalski"}, string_view{"Lindgren"},
    string_view{"Moreau"},  string_view{"Novak"},    string_view{"Okafor"},
    string_view{"Petrov"}};
constexpr std::array languages{string_view{"en"}, string_view{"de"}, string_view{"fr"},
                               string_view{"es"}, string_view{"tr"}, string_view{"ja"}};
constexpr std::array currencies{string_view{"EUR"}, string_view{"USD"}, string_view{"GBP"},
                                string_view{"CHF"}, string_view{"JPY"}, string_view{"SEK"}};
constexpr std::array adjectives{
    string_view{"Black"}, string_view{"Compact"}, string_view{"Electric"},  string_view{"Folding"},
    string_view{"Green"}, string_view{"Heavy"},   string_view{"Insulated"}, string_view{"Large"},
    string_view{"Light"}, string_view{"Modern"},  string_view{"Oak"},       string_view{"Portable"},
    string_view{"Steel"}, string_view{"Striped"}, string_view{"Thermal"},   string_view{"White"}};

struct article {
  string_view name;
  unsigned category;
};
constexpr std::array categories{string_view{"Kitchen"},     string_view{"Garden"},
                                string_view{"Office"},      string_view{"Lighting"},
                                string_view{"Outdoor"},     string_view{"Bathroom"},
                                string_view{"Electronics"}, string_view{"Furniture"}};
constexpr std::array articles{
    article{"Kettle", 0},  article{"Mug", 0},      article{"Rake", 1},  article{"Hose", 1},
    article{"Stapler", 2}, article{"Notebook", 2}, article{"Lamp", 3},  article{"Lantern", 3},
    article{"Tent", 4},    article{"Backpack", 4}, article{"Towel", 5}, article{"Mirror", 5},
    article{"Radio", 6},   article{"Charger", 6},  article{"Chair", 7}, article{"Shelf", 7}};
constexpr std::array statuses{string_view{"completed"}, string_view{"completed"},
                              string_view{"completed"}, string_view{"pending"},
                              string_view{"failed"},    string_view{"refunded"}};

constexpr std::uint32_t catalogue_size = adjectives.size() * articles.size();
/// 2024-01-01T00:00:00Z and the seconds of that year.
constexpr std::int64_t year_start = 1'704'067'200;
constexpr std::uint64_t year_seconds = 366 * 86'400;

/// Independent sequences of one seed.
enum stream : std::uint64_t { of_customer = 1, of_catalogue, of_choice, of_transaction };

template <class List>
const auto& pick(const List& list, std::uint64_t random) {
  return list[random % list.size()];
}

void append_number(std::string& out, std::uint64_t value, int width = 0) {
  std::array<char, 24> buffer;
  const auto length = std::snprintf(buffer.data(), buffer.size(), "%0*llu", width,
                                    static_cast<unsigned long long>(value));
  out.append(buffer.data(), static_cast<std::size_t>(length));
}

/// `12.30`: two decimals always, as a service written for money does it.
void append_money(std::string& out, std::uint64_t cents) {
  append_number(out, cents / 100);
  out += '.';
  append_number(out, cents % 100, 2);
}

void append_date(std::string& out, std::int64_t seconds) {
  using namespace std::chrono;
  const sys_seconds time{std::chrono::seconds{seconds}};
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss clock{time - day};
  std::array<char, 40> text;
  const auto length = std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()));
  out.append(text.data(), static_cast<std::size_t>(length));
}

std::string lower(string_view text) {
  std::string result{text};
  for (char& c : result) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
  return result;
}

void append_product(std::string& out, std::uint64_t seed, std::uint32_t product) {
  out += R"({"product_id":"p)";
  append_number(out, product + 1, 4);
  out += R"(","name":")";
  out += adjectives[product / articles.size()];
  out += ' ';
  out += articles[product % articles.size()].name;
  out += R"(","price":)";
  append_money(out, 199 + scramble(seed, of_catalogue, product) % 49'800);
  out += '}';
}

void append_category(std::string& out, std::size_t category) {
  out += R"({"category_id":"cat)";
  append_number(out, category + 1);
  out += R"(","category_name":")";
  out += categories[category];
  out += R"("})";
}

}  // namespace

std::optional<std::uint32_t> customer_data::number_of(std::string_view customer_id) noexcept {
  if (customer_id.size() < 2 || customer_id[0] != 'c' || customer_id[1] == '0') return std::nullopt;
  std::uint32_t number = 0;
  const auto* end = customer_id.data() + customer_id.size();
  const auto [rest, error] = std::from_chars(customer_id.data() + 1, end, number);
  if (error != std::errc{} || rest != end || number > customers) return std::nullopt;
  return number;
}

std::string customer_data::customer(std::uint32_t number) const {
  const auto random = scramble(seed_, of_customer, number);
  const auto first = random % first_names.size();
  const auto last = pick(last_names, random >> 8);
  std::string result = R"({"customer_id":"c)";
  append_number(result, number);
  result += R"(","name":")";
  result += first_names[first];
  result += ' ';
  result += last;
  result += R"(","email":")";
  result += first_names_plain[first];
  result += '.';
  result += lower(last);
  append_number(result, number);
  result += R"(@example.com","preferences":{"language":")";
  result += pick(languages, random >> 16);
  result += R"(","currency":")";
  result += pick(currencies, random >> 24);
  result += R"("}})";
  return result;
}

std::string customer_data::master_data(std::uint32_t number) const {
  const auto random = scramble(seed_, of_choice, number);
  const auto count = 22 + random % 7;
  const auto start = static_cast<std::uint32_t>((random >> 8) % catalogue_size);
  // An odd step visits each entry of the catalogue, whose size is a power of two, before any
  // repeats.
  const auto step = static_cast<std::uint32_t>((random >> 32) % catalogue_size) | 1U;
  static_assert((catalogue_size & (catalogue_size - 1)) == 0);
  std::array<bool, categories.size()> present{};
  std::string result = R"({"products":[)";
  result.reserve(2'400);
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto product = (start + i * step) % catalogue_size;
    if (i != 0) result += ',';
    append_product(result, seed_, product);
    present[articles[product % articles.size()].category] = true;
  }
  result += R"(],"categories":[)";
  for (std::size_t i = 0; i < present.size(); ++i) {
    if (!present[i]) continue;
    if (result.back() != '[') result += ',';
    append_category(result, i);
  }
  result += "]}";
  return result;
}

std::string customer_data::transactions(std::uint32_t number, const instant_range& range) const {
  const auto count = 38 + scramble(seed_, of_transaction, number) % 7;
  // Each transaction falls into its own share of the year, so they are in order without sorting.
  const auto share = year_seconds / count;
  std::string result = R"({"transactions":[)";
  result.reserve(4'600);
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto random = scramble(seed_, of_transaction, (std::uint64_t{number} << 16) + i + 1);
    const auto when = year_start + static_cast<std::int64_t>(i * share + random % share);
    if (!range.contains({when, false, {}})) continue;
    if (result.back() != '[') result += ',';
    result += R"({"transaction_id":"t)";
    append_number(result, number);
    result += '-';
    append_number(result, i + 1);
    result += R"(","amount":)";
    append_money(result, 99 + (random >> 32) % 250'000);
    result += R"(,"date":")";
    append_date(result, when);
    result += R"(","status":")";
    result += pick(statuses, random >> 56);
    result += R"("})";
  }
  result += "]}";
  return result;
}

}  // namespace tributary::providers::mock::customers
