// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::actors::jobs::cleaning {

/// How a text is written: as it is, in UTF-8, or as between the quotes of a JSON string.
enum class spelling : std::uint8_t { plain, json };

/// What a letter that is not ASCII is folded to.
inline constexpr char foreign_letter = '\x80';

/// True for Unicode's property White_Space.
bool is_white_space(char32_t code) noexcept;

/// A text as detectors see it, one byte for each character: full-width forms as their ASCII ones,
/// blanks of all kinds as a blank, dashes as a hyphen, other letters as `foreign_letter`, and what
/// is left as U+0001. Characters of no width are not there at all. Escapes are seen through.
class folded_text {
 public:
  /// Takes another text in place of the present one, at most 4 GiB.
  void assign(std::string_view source, spelling spelled);

  std::string_view characters() const noexcept { return characters_; }

  /// Where a character of `characters()` begins and ends in the source.
  std::size_t begin_of(std::size_t character) const noexcept { return begins_[character]; }
  std::size_t end_of(std::size_t character) const noexcept { return ends_[character]; }

 private:
  std::string characters_;
  std::vector<std::uint32_t> begins_;
  std::vector<std::uint32_t> ends_;
};

/// The first character of a text that is not empty, and how many bytes it is written in.
struct source_character {
  char32_t code = 0;  ///< U+FFFD for a byte that is not UTF-8
  std::size_t size = 0;
};
source_character next_character(std::string_view source, spelling spelled) noexcept;

/// `source` without white space at both ends.
std::string_view trimmed(std::string_view source, spelling spelled) noexcept;

}  // namespace tributary::actors::jobs::cleaning
