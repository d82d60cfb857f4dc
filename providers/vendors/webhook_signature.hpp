// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// Signatures of webhooks, as Standard Webhooks 1.0.0 has them
/// (https://github.com/standard-webhooks/standard-webhooks): the symmetric scheme `v1`, which is
/// HMAC-SHA256 over `{webhook-id}.{webhook-timestamp}.{body}`. Pure; any thread.
namespace tributary::providers::vendors {

/// The key that two sides share.
class webhook_secret {
 public:
  /// `whsec_` and base64 of one byte or more; its padding may be missing.
  static std::optional<webhook_secret> parse(std::string_view text);

  /// The value of `webhook-signature`: `v1,` and base64 of the HMAC. `id` and `body` as they are
  /// sent; `at` is what `webhook-timestamp` says, in seconds since 1970.
  /// @throws std::runtime_error when OpenSSL has no HMAC-SHA256
  std::string sign(std::string_view id, std::chrono::sys_seconds at, std::string_view body) const;

  /// Without its prefix and as bytes; not to be shown.
  std::string_view key() const noexcept { return key_; }

 private:
  explicit webhook_secret(std::string key) : key_(std::move(key)) {}

  std::string key_;
};

/// So many secrets are good at one time: the old one and the new one.
inline constexpr std::size_t most_webhook_secrets = 2;

/// None for an empty text, one, or two with a comma between them; blanks around each are left out.
/// @returns why not, in words that do not repeat the text
std::variant<std::vector<webhook_secret>, std::string> parse_webhook_secrets(std::string_view text);

/// A webhook may be so much older or newer than the clock of whoever takes it.
inline constexpr std::chrono::seconds webhook_tolerance{300};

/// The fields that come with a webhook, as they came; empty: there was no such field.
struct webhook_stamp {
  std::string_view id;         ///< `webhook-id`
  std::string_view timestamp;  ///< `webhook-timestamp`
  std::string_view signature;  ///< `webhook-signature`: one or several, with blanks between them
};

/// Why a webhook is not believed. For logs: its sender is told nothing of it.
enum class signature_failure : std::uint8_t {
  missing,  ///< one of the three fields is
  malformed_timestamp,
  too_old,
  too_new,
  wrong,  ///< none of the signatures is by one of the secrets
};

std::string_view to_string(signature_failure why) noexcept;

/// Checks a webhook before anything of it is read. Takes the same time for each signature of a
/// length, however much of it is right.
/// @param secrets any of them may have been used; with none, every signature is wrong
/// @param body the raw bytes
/// @returns nullopt for one that is genuine
std::optional<signature_failure> judge_signature(std::span<const webhook_secret> secrets,
                                                 const webhook_stamp& stamp, std::string_view body,
                                                 std::chrono::system_clock::time_point now);

}  // namespace tributary::providers::vendors
