// SPDX-License-Identifier: MIT
#include "config/sections/tables.hpp"

namespace tributary::config {

table<parameter_settings> parameter_keys() {
  using s = parameter_settings;
  using place = parameter_place;
  using type = parameter_type;
  return {
      key("in", &s::in,
          choice<place>(
              {{"query", place::query}, {"path", place::path}, {"header", place::header}}),
          "Where the client gives it."),
      key("type", &s::type,
          choice<type>({{"string", type::string},
                        {"integer", type::integer},
                        {"number", type::number},
                        {"boolean", type::boolean},
                        {"one_of", type::one_of},
                        {"instant", type::instant},
                        {"interval", type::interval},
                        {"parts", type::parts}}),
          "`instant` is RFC 3339; `interval` an instant or `from/to`; `parts` selects the parts to "
          "ask: `all`, or names with commas."),
      key("required", &s::required, flag(),
          "Whether a request without it is refused; always so for one in the path."),
      key("default", &s::default_value, maybe(spelled_value()), "Stands in when it is not given."),
      key("characters", &s::characters, text("character set", 256),
          "Of type `string`: what it may hold, such as `A-Za-z0-9._-`; empty: anything."),
      key("min_length", &s::min_length, count(0, 65'536), "Of type `string`: fewest characters."),
      key("max_length", &s::max_length, count(1, 65'536), "Of type `string`: most characters."),
      key("minimum", &s::minimum, maybe(any_number()), "Of types `integer` and `number`."),
      key("maximum", &s::maximum, maybe(any_number()), "Of types `integer` and `number`."),
      key("values", &s::values, text_list(), "Of type `one_of`: what it may be."),
  };
}

}  // namespace tributary::config
