// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

/// Keeping secrets out of the logs. Always on. When in doubt a value is hidden: a
/// harmless one hidden costs a look elsewhere, a secret shown costs a new secret.
namespace tributary::actors::telemetry {

inline constexpr std::string_view redacted = "[redacted]";

/// True for the name of a header, query parameter, JSON member or log field whose value is secret:
/// one of its words, or some together, are authorization, cookie, token, password, secret, card,
/// API key or their kin, in any case: `x-access-token`, `cardNumber`, `APIKey`, but not
/// `discarded`. Words end where letters and digits do, and where a capital begins another
/// (`cardNumber`). `key` and a few more are secret as the whole name only.
bool is_secret_name(std::string_view name) noexcept;

/// Appends a query (`a=1&token=x`, without its question mark) with secret values replaced. Names
/// are compared percent-decoded; a value that itself holds a secret assignment, such as an encoded
/// URL, is replaced whole.
void append_redacted_query(std::string& out, std::string_view query);
std::string redact_query(std::string_view query);

/// Appends free text, such as a message with a URL in it, with what looks like a secret replaced:
/// values after `name=` and `name:`, passwords in `//user:password@host`, credentials after
/// `Bearer` and `Basic`.
void append_redacted(std::string& out, std::string_view text);
std::string redact_text(std::string_view text);

}  // namespace tributary::actors::telemetry
