// SPDX-License-Identifier: MIT
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

/// Pages of the repository that are partly generated from tables in the code.
namespace tributary::tests {

/// Checks that the section `name` of a page is `text`. In the page it stands between the lines
/// `<!-- generated: NAME -->` and `<!-- end -->`. With TRIBUTARY_REGENERATE set the page is written
/// instead of compared.
/// @param page path from the top of the sources
void check_section(const std::string& page, std::string_view name, const std::string& text);

/// A row of a Markdown table. A `|` in a cell is escaped.
std::string table_row(std::initializer_list<std::string_view> cells);

/// Each word of `text`, which spaces separate, as code: `` `a` `b` ``.
std::string words_as_code(std::string_view text);

/// The sources (`.cpp`, `.hpp`) of the program, one after the other, without the file `but`.
/// @param but path from the top of the sources
std::string program_sources(std::string_view but);

}  // namespace tributary::tests
