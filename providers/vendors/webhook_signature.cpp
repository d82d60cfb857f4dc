// SPDX-License-Identifier: MIT
#include "providers/vendors/webhook_signature.hpp"

#include "http/wire/base64url.hpp"
#include "http/wire/characters.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>
#include <utility>

namespace tributary::providers::vendors {

namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr std::string_view secret_prefix = "whsec_";
constexpr std::string_view version_prefix = "v1,";
constexpr std::size_t mac_size = 32;

using mac = std::array<unsigned char, mac_size>;

void exchange_letters(std::string& text, std::string_view from, std::string_view to) {
  for (auto& letter : text) {
    const auto found = from.find(letter);
    if (found != from.npos) letter = to[found];
  }
}

/// Base64 of RFC 4648, section 4, whose padding may be missing.
std::optional<std::string> decode_base64(std::string_view text) {
  if (text.find_first_of("-_") != text.npos) return std::nullopt;
  if (text.size() % 4 == 0) {
    for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  }
  std::string letters{text};
  exchange_letters(letters, "+/", "-_");
  return http::wire::decode_base64url(letters);
}

std::string encode_base64(std::string_view bytes) {
  auto result = http::wire::encode_base64url(bytes);
  exchange_letters(result, "-_", "+/");
  result.append((4 - result.size() % 4) % 4, '=');
  return result;
}

mac mac_of(const webhook_secret& secret, std::string_view id, std::string_view timestamp,
           std::string_view body) {
  std::string content;
  content.reserve(id.size() + timestamp.size() + body.size() + 2);
  content.append(id).append(1, '.').append(timestamp).append(1, '.').append(body);
  mac result{};
  unsigned size = 0;
  const auto key = secret.key();
  if (::HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
             reinterpret_cast<const unsigned char*>(content.data()), content.size(), result.data(),
             &size) == nullptr ||
      size != result.size()) {
    throw std::runtime_error{"no HMAC-SHA-256"};
  }
  return result;
}

/// Nothing but digits, and not so many that the sum of two does not fit.
std::optional<sys_seconds> parse_timestamp(std::string_view text) {
  constexpr std::size_t most_digits = 12;
  if (text.empty() || text.size() > most_digits) return std::nullopt;
  if (!std::all_of(text.begin(), text.end(), http::wire::is_digit)) return std::nullopt;
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return sys_seconds{seconds{value}};
}

/// Takes the next signature off a list.
std::string_view take_signature(std::string_view& list) {
  list.remove_prefix(std::min(list.find_first_not_of(' '), list.size()));
  const auto result = list.substr(0, list.find(' '));
  list.remove_prefix(result.size());
  return result;
}

bool is_one_of(std::string_view signature, std::span<const mac> expected) {
  if (!signature.starts_with(version_prefix)) return false;
  const auto bytes = decode_base64(signature.substr(version_prefix.size()));
  if (!bytes || bytes->size() != mac_size) return false;
  return std::any_of(expected.begin(), expected.end(), [&](const mac& each) {
    return CRYPTO_memcmp(each.data(), bytes->data(), mac_size) == 0;
  });
}

}  // namespace

std::optional<webhook_secret> webhook_secret::parse(std::string_view text) {
  if (!text.starts_with(secret_prefix)) return std::nullopt;
  auto key = decode_base64(text.substr(secret_prefix.size()));
  if (!key || key->empty()) return std::nullopt;
  return webhook_secret{*std::move(key)};
}

std::string webhook_secret::sign(std::string_view id, sys_seconds at, std::string_view body) const {
  const auto signature = mac_of(*this, id, std::to_string(at.time_since_epoch().count()), body);
  return std::string{version_prefix} +
         encode_base64({reinterpret_cast<const char*>(signature.data()), signature.size()});
}

std::variant<std::vector<webhook_secret>, std::string> parse_webhook_secrets(
    std::string_view text) {
  std::vector<webhook_secret> result;
  if (http::wire::trim(text).empty()) return result;
  for (auto more = true; more;) {
    const auto comma = text.find(',');
    const auto secret = webhook_secret::parse(http::wire::trim(text.substr(0, comma)));
    if (!secret) return "a secret is `whsec_` and base64";
    result.push_back(*secret);
    more = comma != text.npos;
    if (more) text.remove_prefix(comma + 1);
  }
  if (result.size() > most_webhook_secrets) return "there can be two secrets, the old and the new";
  return result;
}

std::string_view to_string(signature_failure why) noexcept {
  switch (why) {
    case signature_failure::missing:
      return "missing";
    case signature_failure::malformed_timestamp:
      return "malformed_timestamp";
    case signature_failure::too_old:
      return "too_old";
    case signature_failure::too_new:
      return "too_new";
    case signature_failure::wrong:
      break;
  }
  return "wrong";
}

std::optional<signature_failure> judge_signature(std::span<const webhook_secret> secrets,
                                                 const webhook_stamp& stamp, std::string_view body,
                                                 std::chrono::system_clock::time_point now) {
  if (stamp.id.empty() || stamp.timestamp.empty() || stamp.signature.empty()) {
    return signature_failure::missing;
  }
  const auto at = parse_timestamp(stamp.timestamp);
  if (!at) return signature_failure::malformed_timestamp;
  // The fraction of a second that a timestamp leaves out is no reason to refuse.
  const auto age = std::chrono::floor<seconds>(now) - *at;
  if (age > webhook_tolerance) return signature_failure::too_old;
  if (age < -webhook_tolerance) return signature_failure::too_new;
  std::vector<mac> expected;
  for (const auto& each : secrets) {
    expected.push_back(mac_of(each, stamp.id, stamp.timestamp, body));
  }
  for (auto rest = stamp.signature; !rest.empty();) {
    if (is_one_of(take_signature(rest), expected)) return std::nullopt;
  }
  return signature_failure::wrong;
}

}  // namespace tributary::providers::vendors
