// SPDX-License-Identifier: MIT
#include "config/check.hpp"

#include "config/character_set.hpp"
#include "config/default_check.hpp"
#include "config/keys.hpp"
#include "config/template.hpp"

#include <algorithm>
#include <set>

namespace tributary::config {

namespace {

using use = piece_kind;

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return text;
}

/// The checks of one endpoint; one object so that each step knows whose parameters it judges by.
class endpoint_check {
 public:
  endpoint_check(endpoint_settings& endpoint, const std::vector<std::string>& upstreams,
                 complaint& out)
      : endpoint_{endpoint},
        upstreams_{upstreams},
        out_{out},
        path_{key_path{"endpoints", endpoint.name}} {}

  void run() {
    if (endpoint_.merge_reserve + endpoint_.min_attempt >= endpoint_.timeout)
      out_.add(path_ / "timeout", "leaves nothing after `merge_reserve` and `min_attempt`");
    check_route();
    std::size_t selectors = 0;
    for (auto& parameter : endpoint_.parameters) {
      check_parameter(parameter);
      if (parameter.type == parameter_type::parts && ++selectors > 1)
        out_.add(parameter_path(parameter) / "type", "only one parameter can select the parts");
    }
    if (endpoint_.parts.empty()) out_.add(path_ / "parts", "an endpoint has at least one part");
    for (auto& part : endpoint_.parts) check_part(part);
    check_members();
    if (endpoint_.cache) check_cache_key();
  }

 private:
  key_path parameter_path(const parameter_settings& parameter) const {
    return path_ / "parameters" / parameter.name;
  }

  const parameter_settings* find_parameter(std::string_view name) const {
    for (auto& parameter : endpoint_.parameters)
      if (parameter.name == name) return &parameter;
    return nullptr;
  }

  std::optional<text_template> parse(const key_path& path, const std::string& text) {
    auto result = parse_template(text);
    if (result.error)
      out_.add(path, result.error->message + " (byte " + std::to_string(result.error->offset + 1) +
                         " of the text)");
    return std::move(result.value);
  }

  void check_route() {
    auto path = path_ / "path";
    auto route = parse(path, endpoint_.path);
    if (!route) return;
    check_path_text(path, *route);
    std::set<std::string> named;
    for (auto& piece : route->pieces) {
      if (piece.kind == use::literal) continue;
      auto* parameter = find_parameter(piece.text);
      if (parameter == nullptr || parameter->in != parameter_place::path)
        out_.add(path, "no parameter `" + piece.text + "` is declared with `\"in\": \"path\"`");
      else if (piece.kind != use::value || !named.insert(piece.text).second)
        out_.add(path, "`" + piece.text + "` can stand here once, and whole");
    }
    check_whole_segments(path, endpoint_.path);
    for (auto& parameter : endpoint_.parameters)
      if (parameter.in == parameter_place::path && named.count(parameter.name) == 0)
        out_.add(parameter_path(parameter) / "in", "`path` of the endpoint does not name it");
  }

  /// A router tells segments apart, not what is inside them.
  void check_whole_segments(const key_path& path, std::string_view text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
      bool opens = text[at] == '{' && at > 0 && text[at - 1] != '/';
      bool closes = text[at] == '}' && at + 1 < text.size() && text[at + 1] != '/';
      if (opens || closes) return out_.add(path, "a parameter is a whole segment of the path");
    }
  }

  void check_path_text(const key_path& path, const text_template& parsed) {
    auto& pieces = parsed.pieces;
    if (pieces.empty() || pieces[0].kind != use::literal || pieces[0].text[0] != '/')
      return out_.add(path, "a path begins with `/`");
    constexpr std::string_view marks = "/-._~!$&'()*+,;=:@%";
    for (auto& piece : pieces) {
      for (char c : piece.kind == use::literal ? piece.text : "") {
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!plain && marks.find(c) == std::string_view::npos)
          return out_.add(path, "a path has no `" + std::string{c} + "`; percent-encode it");
      }
    }
  }

  void check_parameter(parameter_settings& parameter) {
    auto path = parameter_path(parameter);
    if (parameter.in == parameter_place::path) parameter.required = true;
    if (parameter.required && parameter.default_value)
      out_.add(path / "default", "has no effect: the parameter is required");
    check_bounds(path, parameter);
    check_applies(path, parameter);
    if (!parse_character_set(parameter.characters))
      out_.add(path / "characters", "expected ASCII characters and ascending ranges",
               "A-Za-z0-9._-");
    if (!parameter.default_value) return;
    if (auto wrong = judge_default(parameter, endpoint_); !wrong.empty())
      out_.add(path / "default", "breaks the parameter's own rules: " + wrong);
  }

  void check_bounds(const key_path& path, const parameter_settings& parameter) {
    if (parameter.min_length > parameter.max_length)
      out_.add(path / "min_length", "larger than `max_length`");
    if (parameter.minimum && parameter.maximum && *parameter.minimum > *parameter.maximum)
      out_.add(path / "minimum", "larger than `maximum`");
    if (parameter.type == parameter_type::one_of && parameter.values.empty())
      out_.add(path / "values", "type `one_of` needs `values`");
    std::set<std::string> seen;
    for (std::size_t i = 0; i < parameter.values.size(); ++i)
      if (parameter.values[i].empty() || !seen.insert(parameter.values[i]).second)
        out_.add(path / "values" / ("[" + std::to_string(i) + "]"), "empty or given twice");
  }

  /// A key that does nothing is a misunderstanding, most likely of the type.
  void check_applies(const key_path& path, const parameter_settings& parameter) {
    bool text = parameter.type == parameter_type::string;
    bool number = parameter.type == parameter_type::integer ||
                  parameter.type == parameter_type::number;
    bool choice = parameter.type == parameter_type::one_of;
    std::pair<const char*, bool> keys[] = {
        {"characters", text}, {"min_length", text}, {"max_length", text},
        {"minimum", number},  {"maximum", number},  {"values", choice}};
    for (auto& [name, applies] : keys)
      if (!applies && out_.find(path / name) != nullptr)
        out_.add(path / name, "has no effect on a parameter of this type");
  }

  void check_part(part_settings& part) {
    auto path = path_ / "parts" / part.name;
    if (std::find(upstreams_.begin(), upstreams_.end(), part.upstream) == upstreams_.end())
      out_.add(path / "upstream", "no upstream is called `" + part.upstream.substr(0, 80) + "`",
               closest(part.upstream, upstreams_));
    if (part.timeout && *part.timeout > endpoint_.timeout)
      out_.add(path / "timeout", "longer than the endpoint's " + print(endpoint_.timeout));
    if (part.required && part.default_json)
      out_.add(path / "default", "has no effect on a required part", "\"required\": false");
    if (part.merge == merge_mode::root && out_.find(path / "member") != nullptr)
      out_.add(path / "member", "has no effect with `\"merge\": \"root\"`");
    if (part.merge == merge_mode::root && part.default_json && part.default_json->front() != '{')
      out_.add(path / "default", "only an object can be merged into the answer");
    if (part.member.empty()) part.member = part.name;
    if (auto parsed = parse(path / "path", part.path)) {
      check_path_text(path / "path", *parsed);
      check_references(path / "path", *parsed, true);
    }
    check_query(path / "query", part);
    check_headers(path / "headers", part);
    check_rules(path / "on_status", part);
  }

  static std::string print(milliseconds value) { return print_duration(value); }

  /// `must_exist`: the text cannot be left out when a parameter has no value.
  void check_references(const key_path& path, const text_template& parsed, bool must_exist) {
    for (auto& piece : parsed.pieces) {
      if (piece.kind == use::literal) continue;
      auto* parameter = find_parameter(piece.text);
      if (parameter == nullptr) {
        std::vector<std::string> names;
        for (auto& one : endpoint_.parameters) names.push_back(one.name);
        out_.add(path, "no parameter is called `" + piece.text + "`", closest(piece.text, names));
      } else if (piece.kind != use::value && parameter->type != parameter_type::interval) {
        out_.add(path, "`.from` and `.to` are for parameters of type `interval`");
      } else if (must_exist && (piece.kind == use::to ||
                                (!parameter->required && !parameter->default_value))) {
        out_.add(path, "the parameter `" + piece.text +
                           "` may have no value; a path needs it required or with a default");
      }
    }
  }

  void check_query(const key_path& path, const part_settings& part) {
    for (auto& field : part.query) {
      if (field.name.empty()) out_.add_name(path / field.name, "a query parameter has a name");
      check_field(path / field.name, field);
    }
  }

  void check_headers(const key_path& path, const part_settings& part) {
    // The client sets these itself; a second one would change the framing or the connection.
    static const std::set<std::string> reserved{
        "host", "content-length", "transfer-encoding", "connection", "accept-encoding", "te",
        "upgrade", "trailer", "keep-alive", "expect", "proxy-connection"};
    std::set<std::string> seen;
    for (auto& field : part.headers) {
      auto at = path / field.name;
      if (field.name.empty() || !is_token(field.name)) out_.add_name(at, "not the name of a header field");
      if (reserved.count(lower(field.name)) != 0) out_.add_name(at, "set by the gateway itself");
      if (!seen.insert(lower(field.name)).second)
        out_.add_name(at, "given twice: names of header fields ignore case");
      check_field(at, field);
    }
  }

  void check_field(const key_path& path, const templated_field& field) {
    bool control = std::any_of(field.value.begin(), field.value.end(), [](unsigned char c) {
      return c < 0x20 || c == 0x7f;
    });
    if (control) out_.add(path, "has a control character");
    auto parsed = parse(path, field.value);
    if (!parsed) return;
    check_references(path, *parsed, false);
    auto* written = out_.find(path);
    bool literal = std::all_of(parsed->pieces.begin(), parsed->pieces.end(),
                               [](auto& piece) { return piece.kind == use::literal; });
    if (literal && written != nullptr && !written->substituted && !field.value.empty() &&
        is_secret_name(field.name))
      out_.add(path, "a secret does not belong into the file", "${NAME} or ${file:PATH}");
  }

  void check_rules(const key_path& path, const part_settings& part) {
    for (auto& rule : part.status_rules) {
      bool capitals = !rule.code.empty() && rule.code.front() >= 'A' && rule.code.front() <= 'Z' &&
                      std::all_of(rule.code.begin(), rule.code.end(), [](char c) {
                        return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
                      });
      if (!capitals)
        out_.add(path / std::to_string(rule.upstream_status) / "code",
                 "expected capitals, digits and `_`", "NOT_FOUND");
    }
  }

  void check_members() {
    std::set<std::string> seen{"error"};
    for (auto& part : endpoint_.parts) {
      if (part.merge != merge_mode::member || seen.insert(part.member).second) continue;
      auto path = path_ / "parts" / part.name;
      bool given = out_.find(path / "member") != nullptr;
      auto message = part.member == "error" ? "`error` is the gateway's own member"
                                            : "another part is the member `" + part.member + "`";
      given ? out_.add(path / "member", message) : out_.add_name(path, message);
    }
  }

  void check_cache_key() {
    auto path = path_ / "cache" / "key";
    if (endpoint_.cache->key.empty()) return out_.add(path, "a key is not empty");
    if (auto parsed = parse(path, endpoint_.cache->key)) check_references(path, *parsed, false);
  }

  endpoint_settings& endpoint_;
  const std::vector<std::string>& upstreams_;
  complaint& out_;
  key_path path_;
};

}  // namespace

void check_endpoint(endpoint_settings& endpoint, const std::vector<std::string>& upstreams,
                    complaint& out) {
  endpoint_check{endpoint, upstreams, out}.run();
}

}  // namespace tributary::config
