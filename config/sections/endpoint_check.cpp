// SPDX-License-Identifier: MIT
#include "config/sections/checks.hpp"

#include "config/built_in.hpp"
#include "config/character_set.hpp"
#include "config/sections/parameter_default_check.hpp"
#include "config/sections/template_check.hpp"

#include <set>

namespace tributary::config {

namespace {

using use = piece_kind;

/// The checks of one endpoint; one object so that each step knows whose parameters it judges by.
class endpoint_check {
 public:
  endpoint_check(endpoint_settings& endpoint, const std::vector<std::string>& upstreams,
                 const std::vector<std::string>& key_prefixes, complaint& out)
      : endpoint_{endpoint},
        upstreams_{upstreams},
        key_prefixes_{key_prefixes},
        out_{out},
        templates_{endpoint.parameters, out},
        path_{key_path{"endpoints", endpoint.name}} {}

  void run() {
    if (endpoint_.merge_reserve + endpoint_.min_attempt >= endpoint_.timeout) {
      out_.add(path_ / "timeout", "leaves nothing after `merge_reserve` and `min_attempt`");
    }
    check_route();
    std::size_t selectors = 0;
    for (auto& parameter : endpoint_.parameters) {
      check_parameter(parameter);
      if (parameter.type == parameter_type::parts && ++selectors > 1) {
        out_.add(parameter_path(parameter) / "type", "only one parameter can select the parts");
      }
    }
    if (endpoint_.parts.empty()) out_.add(path_ / "parts", "an endpoint has at least one part");
    for (auto& part : endpoint_.parts) check_part(part, endpoint_, upstreams_, out_);
    check_members();
    if (endpoint_.cache) check_cache(*endpoint_.cache);
  }

 private:
  key_path parameter_path(const parameter_settings& parameter) const {
    return path_ / "parameters" / parameter.name;
  }

  void check_route() {
    const auto path = path_ / "path";
    const auto route = templates_.parse(path, endpoint_.path);
    if (!route) return;
    templates_.check_path_text(path, *route);
    std::set<std::string> named;
    for (auto& piece : route->pieces) {
      if (piece.kind == use::literal) continue;
      auto* parameter = templates_.find_parameter(piece.text);
      if (parameter == nullptr || parameter->in != parameter_place::path) {
        out_.add(path,
                 "no parameter " + cited(piece.text) + " is declared with `\"in\": \"path\"`");
      } else if (piece.kind != use::value || !named.insert(piece.text).second) {
        out_.add(path, cited(piece.text) + " can stand here once, and whole");
      }
    }
    check_whole_segments(path, endpoint_.path);
    if (named.size() > built_in::most_path_parameters) {
      out_.add(path, "more than " + std::to_string(built_in::most_path_parameters) + " parameters");
    }
    for (auto& parameter : endpoint_.parameters) {
      if (parameter.in == parameter_place::path && named.count(parameter.name) == 0) {
        out_.add(parameter_path(parameter) / "in", "`path` of the endpoint does not name it");
      }
    }
  }

  /// A router tells segments apart, not what is inside them.
  void check_whole_segments(const key_path& path, std::string_view text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
      const bool opens = text[at] == '{' && at > 0 && text[at - 1] != '/';
      const bool closes = text[at] == '}' && at + 1 < text.size() && text[at + 1] != '/';
      if (opens || closes) return out_.add(path, "a parameter is a whole segment of the path");
    }
  }

  void check_parameter(parameter_settings& parameter) {
    const auto path = parameter_path(parameter);
    if (parameter.in == parameter_place::path) parameter.required = true;
    if (parameter.required && parameter.default_value) {
      out_.add(path / "default", "has no effect: the parameter is required");
    }
    check_bounds(path, parameter);
    check_applies(path, parameter);
    if (!parse_character_set(parameter.characters)) {
      out_.add(path / "characters", "expected ASCII characters and ascending ranges",
               "A-Za-z0-9._-");
    }
    if (!parameter.default_value) return;
    if (const auto wrong = judge_default(parameter, endpoint_); !wrong.empty()) {
      out_.add(path / "default", "breaks the parameter's own rules: " + wrong);
    }
  }

  void check_bounds(const key_path& path, const parameter_settings& parameter) {
    if (parameter.min_length > parameter.max_length) {
      out_.add(path / "min_length", "larger than `max_length`");
    }
    if (parameter.minimum && parameter.maximum && *parameter.minimum > *parameter.maximum) {
      out_.add(path / "minimum", "larger than `maximum`");
    }
    if (parameter.type == parameter_type::one_of && parameter.values.empty()) {
      out_.add(path / "values", "type `one_of` needs `values`");
    }
    std::set<std::string> seen;
    for (std::size_t i = 0; i < parameter.values.size(); ++i) {
      if (parameter.values[i].empty() || !seen.insert(parameter.values[i]).second) {
        out_.add(path / "values" / index_segment(i), "empty or given twice");
      }
    }
  }

  /// A key that does nothing is a misunderstanding, most likely of the type.
  void check_applies(const key_path& path, const parameter_settings& parameter) {
    const parameter_settings initial;
    bool text = parameter.type == parameter_type::string;
    bool number =
        parameter.type == parameter_type::integer || parameter.type == parameter_type::number;
    bool choice = parameter.type == parameter_type::one_of;
    struct special {
      const char* name;
      bool applies;
      bool set;
    };
    special keys[] = {{"characters", text, !parameter.characters.empty()},
                      {"min_length", text, parameter.min_length != initial.min_length},
                      {"max_length", text, parameter.max_length != initial.max_length},
                      {"minimum", number, parameter.minimum.has_value()},
                      {"maximum", number, parameter.maximum.has_value()},
                      {"values", choice, !parameter.values.empty()}};
    for (auto& key : keys) {
      if (!key.applies && key.set) {
        out_.add(path / key.name, "has no effect on a parameter of this type");
      }
    }
  }

  void check_members() {
    std::set<std::string> seen{"error"};
    for (auto& part : endpoint_.parts) {
      if (part.merge != merge_mode::member || seen.insert(part.member).second) continue;
      const auto path = path_ / "parts" / part.name;
      const bool given = out_.find(path / "member") != nullptr;
      const auto message = part.member == "error"
                               ? "`error` is the gateway's own member"
                               : "another part is the member " + cited(part.member);
      given ? out_.add(path / "member", message) : out_.add_name(path, message);
    }
  }

  void check_cache(const endpoint_cache_settings& cache) {
    const auto path = path_ / "cache";
    templates_.check_cache_text(path / "key", cache.key, "key");
    // Answers stand in Redis under their plain keys, beside what instances share there. What only
    // the value of a parameter makes such a key is not kept, without an error.
    for (const auto& taken : key_prefixes_) {
      if (cache.redis && std::string_view{cache.key}.substr(0, taken.size()) == taken) {
        out_.add(path / "key",
                 "keys that begin with " + cited(taken) + " are the gateway's own in Redis",
                 "\"redis\": false");
      }
    }
    constexpr std::size_t most_tags = 16;
    if (cache.tags.size() > most_tags) {
      return out_.add(path / "tags", "more than " + std::to_string(most_tags) + " tags");
    }
    std::set<std::string> seen;
    for (std::size_t i = 0; i < cache.tags.size(); ++i) {
      const auto at = path / "tags" / index_segment(i);
      templates_.check_cache_text(at, cache.tags[i], "tag");
      if (!seen.insert(cache.tags[i]).second) out_.add(at, "given twice");
    }
  }

  endpoint_settings& endpoint_;
  const std::vector<std::string>& upstreams_;
  const std::vector<std::string>& key_prefixes_;
  complaint& out_;
  template_check templates_;
  key_path path_;
};

}  // namespace

void check_endpoint(endpoint_settings& endpoint, const std::vector<std::string>& upstreams,
                    const std::vector<std::string>& key_prefixes, complaint& out) {
  endpoint_check{endpoint, upstreams, key_prefixes, out}.run();
}

}  // namespace tributary::config
