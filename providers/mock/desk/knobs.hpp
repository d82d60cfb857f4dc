// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace tributary::providers::mock {

/// A switch, a whole number, a number, or one of several words, which live as long as the program.
using knob_value = std::variant<bool, std::int64_t, double, std::string_view>;

/// The declaration of a knob. Its type is that of `standard`.
struct knob {
  std::string_view name;
  knob_value standard;                        ///< the default
  double least = 0, most = 0;                 ///< of a number, both allowed
  std::span<const std::string_view> words{};  ///< one of these
};

constexpr knob switch_knob(std::string_view name, bool standard) { return {name, standard}; }
constexpr knob whole_knob(std::string_view name, std::int64_t standard, std::int64_t least,
                          std::int64_t most) {
  return {name, standard, static_cast<double>(least), static_cast<double>(most)};
}
constexpr knob number_knob(std::string_view name, double standard, double least, double most) {
  return {name, standard, least, most};
}
/// The first word is the default; `words` must live as long as the program.
constexpr knob word_knob(std::string_view name, std::span<const std::string_view> words) {
  return {name, words.front(), 0, 0, words};
}

/// Those that every service has, in the order in which they are shown.
std::span<const knob> common_knobs() noexcept;

/// What `set` is given by tests: `{{"latency_ms", 30}, {"hang", true}}`.
using knob_settings = std::vector<std::pair<std::string_view, knob_value>>;

/// The knobs of one service and their values; at first each has its default.
class knobs {
 public:
  /// `own` are the service's, beside the common ones, and live as long as the program.
  explicit knobs(std::span<const knob> own = {});

  /// Sets one.
  /// @returns why not, in one line that names it, or nullopt
  std::optional<std::string> set(std::string_view name, const nlohmann::json& value);
  /// Sets one from JSON text, as `latency_ms` from `50`.
  std::optional<std::string> set_text(std::string_view name, std::string_view json);
  /// Puts each member of a JSON object, and all others back to their defaults; changes nothing when
  /// one of them is wrong.
  std::optional<std::string> replace(std::string_view json);

  bool has(std::string_view name) const noexcept;

  /// The value of a knob that is declared with this type.
  /// @throws std::logic_error where there is none
  bool is_on(std::string_view name) const;
  std::int64_t whole(std::string_view name) const;
  double number(std::string_view name) const;
  std::string_view word(std::string_view name) const;

  /// An object with all of them.
  std::string to_json() const;

 private:
  struct entry {
    const knob* what;
    knob_value value;
  };

  const entry* find(std::string_view name) const noexcept;
  template <class Type>
  const Type& value_of(std::string_view name) const;

  std::vector<entry> entries_;
};

}  // namespace tributary::providers::mock
