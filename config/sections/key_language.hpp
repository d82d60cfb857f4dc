// SPDX-License-Identifier: MIT
#pragma once

#include "config/sections/endpoint_settings.hpp"
#include "config/template.hpp"

#include <bitset>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tributary::config {

/// All keys that an endpoint's cache can make, as an automaton over bytes. For the key `k:{id}` of
/// an endpoint with one more parameter:
///
///     (0) k (1) : (2) any (3) skip (4) : (5) skip or any (6)
///                       any ↺  last                 any ↺  last
///
/// It may allow for more than the endpoint makes, never for less.
class key_language {
 public:
  /// @param endpoint with a cache, whose key is well-formed and names declared parameters only
  explicit key_language(const endpoint_settings& endpoint);

  /// What all keys begin with: the template up to its first parameter.
  const std::string& beginning() const noexcept { return beginning_; }

  /// True when some text is a key of both.
  bool meets(const key_language& other) const;

  /// Two parameters of which one text can be the values in two ways, since nothing in the key tells
  /// where the first one ends: `{a}{b}` or, where `a` may hold a dash, `{a}-{b}`. Empty: none.
  const std::pair<std::string, std::string>& confused() const noexcept { return confused_; }

 private:
  using byte_set = std::bitset<256>;

  struct state {
    std::vector<std::pair<byte_set, std::size_t>> steps;
    std::vector<std::size_t> skips;  ///< states that are reached without a byte
    bool last = false;               ///< a key may end here
  };

  std::size_t add_state();
  void append(const byte_set& bytes);
  void append(std::string_view text);
  void append_any(const byte_set& bytes);
  void append_choice(std::size_t begin, const std::vector<std::string>& values);
  void append_instant();
  void append_value(const parameter_settings& parameter, piece_kind kind, bool hashed);
  void look_for_confusion(const endpoint_settings& endpoint, const text_template& key);

  std::vector<state> states_;
  std::string beginning_;
  std::string ending_;  ///< what all keys end with, as far as that is plain
  std::pair<std::string, std::string> confused_;
};

/// True when the value of this parameter of the endpoint is a credential, by its own name or by
/// that of a header field of a part into which it goes. Keys have a hash in its place.
bool is_credential(const endpoint_settings& endpoint, const parameter_settings& parameter);

}  // namespace tributary::config
