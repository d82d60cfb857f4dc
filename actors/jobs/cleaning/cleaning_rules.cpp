// SPDX-License-Identifier: MIT
#include "actors/jobs/cleaning/cleaning_rules.hpp"

#include "actors/jobs/cleaning/folded_text.hpp"
#include "http/wire/characters.hpp"
#include "http/wire/json_pointer.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <stdexcept>
#include <utility>

namespace tributary::actors::jobs::cleaning {

namespace {

constexpr std::string_view operator_names[] = {"redact", "mask", "hash", "drop", "keep"};

constexpr std::string_view fields_by_default[] = {
    "password",    "passwd",        "secret", "token", "access_token", "refresh_token",
    "api_key",     "authorization", "cvv",    "cvc",   "pin",          "ssn",
    "credit_card", "card_number",   "iban",   "email", "phone"};

bool is_plain(std::string_view name) noexcept {
  return std::all_of(name.begin(), name.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

void append_comparable(std::string& out, std::string_view plain) {
  for (const auto c : plain) {
    if (c != '_' && c != '-') out += http::wire::to_lower(c);
  }
}

/// A name as names are compared. White space around it and what cannot be seen do not count, and
/// full-width letters are ASCII, so that no spelling of a name that reads the same gets by.
std::string comparable(std::string_view name) {
  std::string result;
  if (is_plain(name)) {
    append_comparable(result, name);
    return result;
  }
  name = trimmed(name, spelling::plain);
  folded_text folded;
  folded.assign(name, spelling::plain);
  for (std::size_t i = 0; i < folded.characters().size(); ++i) {
    const auto character = folded.characters().substr(i, 1);
    const auto begin = folded.begin_of(i);
    // What is not folded to ASCII is told apart by its bytes.
    append_comparable(
        result, is_plain(character) ? character : name.substr(begin, folded.end_of(i) - begin));
  }
  return result;
}

void check_hash_key(const cleaning_settings& settings) {
  const auto hashes = [](const auto& entry) { return entry.second == cleaning_operator::hash; };
  const auto any_hashes = [&](const operator_map& map) {
    return std::any_of(map.begin(), map.end(), hashes);
  };
  if (settings.hash_key.empty() && (any_hashes(settings.fields) || any_hashes(settings.paths))) {
    throw std::invalid_argument{"cleaning: hash needs a key"};
  }
}

}  // namespace

std::string_view to_string(cleaning_operator value) noexcept {
  return operator_names[static_cast<std::size_t>(value)];
}

std::optional<cleaning_operator> parse_cleaning_operator(std::string_view name) noexcept {
  const auto* found = std::find(std::begin(operator_names), std::end(operator_names), name);
  if (found == std::end(operator_names)) return std::nullopt;
  return static_cast<cleaning_operator>(found - std::begin(operator_names));
}

std::span<const std::string_view> default_fields() noexcept { return fields_by_default; }

cleaning_rules::cleaning_rules(const cleaning_settings& settings)
    : detectors_(settings.detectors), hash_key_(settings.hash_key) {
  check_hash_key(settings);
  for (const auto name : fields_by_default) {
    fields_.emplace(comparable(name), cleaning_operator::redact);
  }
  for (const auto& [name, what] : settings.fields) {
    auto compared = comparable(name);
    if (compared.empty()) throw std::invalid_argument{"cleaning: a field without a name"};
    fields_.insert_or_assign(std::move(compared), what);
  }
  for (const auto& [pointer, what] : settings.paths) add_path(pointer, what);
}

void cleaning_rules::add_path(std::string_view pointer, cleaning_operator what) {
  auto tokens = http::wire::parse_json_pointer(pointer);
  if (!tokens) throw std::invalid_argument{"cleaning: not a JSON Pointer: " + std::string{pointer}};
  auto* node = &paths_;
  for (auto& token : *tokens) {
    if (token == "*") {
      if (!node->any) node->any = std::make_unique<path_node>();
      node = node->any.get();
    } else {
      node = &node->children[std::move(token)];
    }
  }
  node->what = what;
}

std::optional<cleaning_operator> cleaning_rules::field(std::string_view name) const {
  const auto found = fields_.find(comparable(name));
  return found == fields_.end() ? std::nullopt : std::optional{found->second};
}

void cleaning_rules::append_hash(std::string& out, std::string_view text) const {
  constexpr std::size_t bytes_shown = 16;
  constexpr std::string_view hex = "0123456789abcdef";
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (::HMAC(::EVP_sha256(), hash_key_.data(), static_cast<int>(hash_key_.size()),
             reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(),
             &size) == nullptr) {
    throw std::runtime_error{"no HMAC-SHA-256"};
  }
  for (std::size_t i = 0; i < bytes_shown; ++i) {
    out += hex[digest[i] >> 4];
    out += hex[digest[i] & 15];
  }
}

}  // namespace tributary::actors::jobs::cleaning
