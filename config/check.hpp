// SPDX-License-Identifier: MIT
#pragma once

#include "config/document.hpp"
#include "config/section_list.hpp"

namespace tributary::config {

/// Judges what no single value shows: references, templates, contradictions, doubles. `root` is the
/// document that `target` was read from, for places. What already has an error is passed over.
/// Fills the fields of `target` that follow from others: an upstream's host, a part's member.
void check(const node& root, const section_list& sections, settings& target, error_list& errors);

}  // namespace tributary::config
