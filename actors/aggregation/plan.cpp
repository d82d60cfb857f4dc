// SPDX-License-Identifier: MIT
#include "actors/aggregation/plan.hpp"

#include "actors/aggregation/normalise.hpp"
#include "actors/aggregation/percent.hpp"
#include "actors/telemetry/redaction.hpp"
#include "config/secret_name.hpp"
#include "config/sections/key_language.hpp"
#include "config/template.hpp"
#include "http/wire/json_string.hpp"

#include <algorithm>

namespace tributary::actors::aggregation {

namespace {

constexpr std::size_t most_parts = 64;  // bits of the masks

/// Fills a plan step by step and collects what does not fit.
class compiler {
 public:
  compiler(const config::endpoint_settings& endpoint,
           const std::vector<config::upstream_settings>& upstreams, std::string key_secret)
      : upstreams_(upstreams) {
    plan_.settings = endpoint;
    plan_.key_secret = std::move(key_secret);
  }

  compile_result run() {
    if (plan_.settings.parts.empty()) fail("has no part");
    if (plan_.settings.parts.size() > most_parts) fail("has more than 64 parts");
    if (!errors_.empty()) return {nullptr, std::move(errors_)};
    for (const auto& parameter : plan_.settings.parameters) declare(parameter);
    for (const auto& part : plan_.settings.parts) add_part(part);
    // The rules of parts-typed parameters name the parts, so they come after them.
    for (auto& parameter : plan_.parameters) finish(parameter);
    if (plan_.settings.cache) {
      add_key(plan_.settings.cache->key);
      for (const auto& tag : plan_.settings.cache->tags) plan_.tags.push_back(resolve(tag));
    }
    if (!errors_.empty()) return {nullptr, std::move(errors_)};
    return {std::make_shared<const endpoint_plan>(std::move(plan_)), {}};
  }

 private:
  void fail(const std::string& what) {
    errors_.push_back("endpoint " + plan_.settings.name + ": " + what);
  }

  void declare(const config::parameter_settings& settings) {
    parameter_plan parameter;
    parameter.settings = settings;
    parameter.is_credential =
        config::is_credential(plan_.settings, settings) || telemetry::is_secret_name(settings.name);
    if (auto set = config::parse_character_set(settings.characters)) {
      parameter.characters = *set;
    } else {
      fail("parameter " + settings.name + ": malformed character set " + settings.characters);
    }
    if (settings.type == config::parameter_type::parts) {
      plan_.parts_parameter = plan_.parameters.size();
    }
    plan_.parameters.push_back(std::move(parameter));
  }

  void finish(parameter_plan& parameter) {
    parameter.rule = describe(plan_, parameter);
    if (!parameter.settings.default_value) return;
    std::string text;
    normal_value value;
    auto wrong = normalise(plan_, parameter, *parameter.settings.default_value, text, value);
    if (!wrong.empty()) {
      fail("parameter " + parameter.settings.name + ": the default " + std::string{wrong});
    }
    parameter.default_value = std::move(text);
  }

  int find_parameter(const std::string& name) {
    for (std::size_t i = 0; i < plan_.parameters.size(); ++i) {
      if (plan_.parameters[i].settings.name == name) return static_cast<int>(i);
    }
    fail("{" + name + "} is not a declared parameter");
    return -1;
  }

  compiled_template resolve(const std::string& text) {
    compiled_template result;
    auto parsed = config::parse_template(text);
    if (!parsed.value) {
      fail("malformed template " + text);
      return result;
    }
    for (auto& piece : parsed.value->pieces) {
      template_piece resolved;
      if (piece.kind == config::piece_kind::literal) {
        resolved.literal = std::move(piece.text);
      } else {
        resolved.parameter = find_parameter(piece.text);
        resolved.field = piece.kind == config::piece_kind::from ? value_field::from
                         : piece.kind == config::piece_kind::to ? value_field::to
                                                                : value_field::whole;
      }
      result.pieces.push_back(std::move(resolved));
    }
    return result;
  }

  /// Whether a text is a credential, by its field's name or by a parameter in it.
  bool is_secret(std::string_view name, const compiled_template& text) const {
    return config::is_secret_name(name) || std::ranges::any_of(text.pieces, [&](auto& piece) {
             return piece.parameter >= 0 &&
                    plan_.parameters[static_cast<std::size_t>(piece.parameter)].is_credential;
           });
  }

  void add_part(const config::part_settings& settings) {
    part_plan part;
    part.settings = settings;
    if (part.settings.member.empty()) part.settings.member = settings.name;
    const auto upstream = find_upstream(settings, settings.upstream);
    if (!upstream) return;
    part.upstream = *upstream;
    part.path = resolve_path(settings.path, *upstream);
    for (const auto& fallback : settings.fallback) {
      if (!add_fallback(fallback, part)) return;
    }
    for (const auto& field : settings.query) {
      field_plan compiled{{}, resolve(field.value)};
      compiled.secret = is_secret(field.name, compiled.value);
      append_encoded(field.name, encoding::query, compiled.name);
      part.query.push_back(std::move(compiled));
    }
    for (const auto& field : settings.headers) {
      auto value = resolve(field.value);
      const auto secret = is_secret(field.name, value);
      part.headers.push_back({field.name, std::move(value), secret});
    }
    part.secret_target = is_secret({}, part.path) ||
                         std::ranges::any_of(part.query, [](auto& field) { return field.secret; });
    lay_out(part);
    plan_.all_parts |= std::uint64_t{1} << plan_.parts.size();
    plan_.any_required |= settings.required;
    plan_.any_root |= settings.merge == config::merge_mode::root;
    plan_.parts.push_back(std::move(part));
  }

  std::optional<std::size_t> find_upstream(const config::part_settings& part,
                                           const std::string& name) {
    const auto found = std::find_if(upstreams_.begin(), upstreams_.end(),
                                    [&](const auto& candidate) { return candidate.name == name; });
    if (found == upstreams_.end()) {
      fail("part " + part.name + ": no upstream is called " + name);
      return std::nullopt;
    }
    return static_cast<std::size_t>(found - upstreams_.begin());
  }

  compiled_template resolve_path(const std::string& text, std::size_t upstream) {
    auto path = resolve(text);
    note_path(path);
    if (const auto& prefix = upstreams_[upstream].path_prefix; !prefix.empty()) {
      path.pieces.insert(path.pieces.begin(), template_piece{prefix});
    }
    return path;
  }

  bool add_fallback(const config::fallback_settings& settings, part_plan& part) {
    fallback_plan fallback;
    if (settings.kind == config::fallback_kind::upstream) {
      const auto upstream = find_upstream(part.settings, settings.upstream);
      if (!upstream) return false;
      fallback.upstream = *upstream;
      fallback.path = resolve_path(settings.path.value_or(part.settings.path), *upstream);
    } else if (settings.kind == config::fallback_kind::fixed) {
      fallback.fixed = http::wire::byte_slice{http::wire::shared_bytes{settings.fixed_json}};
    }
    part.fallbacks.push_back(std::move(fallback));
    return true;
  }

  void note_path(const compiled_template& path) {
    for (const auto& piece : path.pieces) {
      if (piece.parameter < 0) continue;
      auto& parameter = plan_.parameters[static_cast<std::size_t>(piece.parameter)];
      parameter.in_path = true;
      if (!parameter.settings.required && !parameter.settings.default_value) {
        fail("the path parameter " + parameter.settings.name + " is optional without a default");
      }
    }
  }

  /// Writes the texts that answers are made of, once.
  static void lay_out(part_plan& part) {
    std::string key = "{";
    http::wire::append_json_string(key, part.settings.member);
    key += ':';
    part.first_key = http::wire::shared_bytes{key};
    key.front() = ',';
    part.next_key = http::wire::shared_bytes{key};
    part.absent =
        part.settings.default_json
            ? http::wire::byte_slice{http::wire::shared_bytes{*part.settings.default_json}}
            : http::wire::byte_slice::literal("null");
    http::wire::append_json_string(part.json_name, part.settings.name);
  }

  void add_key(const std::string& text) {
    plan_.cache_key = resolve(text);
    for (const auto& piece : plan_.cache_key->pieces) {
      if (piece.parameter < 0 || piece.field != value_field::whole) continue;
      plan_.parameters[static_cast<std::size_t>(piece.parameter)].in_key = true;
    }
  }

  const std::vector<config::upstream_settings>& upstreams_;
  endpoint_plan plan_;
  std::vector<std::string> errors_;
};

}  // namespace

compile_result compile(const config::endpoint_settings& endpoint,
                       const std::vector<config::upstream_settings>& upstreams,
                       std::string key_secret) {
  return compiler{endpoint, upstreams, std::move(key_secret)}.run();
}

}  // namespace tributary::actors::aggregation
