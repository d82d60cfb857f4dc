// SPDX-License-Identifier: MIT
#pragma once

#include "actors/jobs/cleaning/detector.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tributary::actors::jobs::cleaning {

/// What becomes of a value that the configuration speaks of. Detectors do not look at it, and it is
/// the same when it is done twice.
enum class cleaning_operator : std::uint8_t {
  redact,  ///< `"[redacted]"`, whatever it was
  mask,    ///< a string or number: `*` for each character but the last 4, for all where there are
           ///< no more than 4; else as `redact`, and null stays
  hash,    ///< a string or number: 32 hexadecimal digits of an HMAC-SHA-256 over its text; else as
           ///< `redact`, and null stays. What already is 32 such digits in lower case stays, too
  drop,    ///< it is left out together with its name; in an array, where places count, it is null
  keep,    ///< as it came, with all that is in it, but for what a path below it says
};

std::string_view to_string(cleaning_operator value) noexcept;
std::optional<cleaning_operator> parse_cleaning_operator(std::string_view name) noexcept;

using operator_map = std::map<std::string, cleaning_operator, std::less<>>;

/// How payloads and vendors' data are cleaned, as it is configured.
struct cleaning_settings {
  detector_set detectors{detector::email, detector::card, detector::iban, detector::phone,
                         detector::ssn};
  /// By member name. Names are compared whole, without case, `_` and `-`. What is here goes before
  /// `default_fields()`, which need not be repeated.
  operator_map fields;
  /// By JSON Pointer, in which a token `*` stands for any member or element; they go before fields.
  /// Where several fit, the one with a name counts that others have a `*` for, from the left.
  operator_map paths;
  std::string hash_key;  ///< not empty where `hash` is used
};

/// Names that are redacted when nothing else is said.
std::span<const std::string_view> default_fields() noexcept;

/// What paths say below a place in a document.
struct path_node {
  std::optional<cleaning_operator> what;
  std::map<std::string, path_node, std::less<>> children;
  std::unique_ptr<path_node> any;  ///< of a `*`
};

/// The settings as the cleaning asks for them. Immutable; any thread.
class cleaning_rules {
 public:
  /// @throws std::invalid_argument for a path that is no JSON Pointer, a field without a name, and
  /// `hash` without a key
  explicit cleaning_rules(const cleaning_settings& settings = {});

  detector_set detectors() const noexcept { return detectors_; }

  /// What the configuration says of members of this name, which is not escaped.
  std::optional<cleaning_operator> field(std::string_view name) const;

  const path_node& paths() const noexcept { return paths_; }

  /// Appends the 32 digits that stand in place of a text.
  void append_hash(std::string& out, std::string_view text) const;

 private:
  void add_path(std::string_view pointer, cleaning_operator what);

  detector_set detectors_;
  std::unordered_map<std::string, cleaning_operator> fields_;
  path_node paths_;
  std::string hash_key_;
};

}  // namespace tributary::actors::jobs::cleaning
