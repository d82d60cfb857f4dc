// SPDX-License-Identifier: MIT
#include "config/codec.hpp"
#include "config/secret_name.hpp"
#include "config/sections/checks.hpp"
#include "config/sections/template_check.hpp"

#include <algorithm>
#include <set>

namespace tributary::config {

namespace {

using use = piece_kind;

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return text;
}

/// The checks of one part; one object so that each step knows what it is a part of.
class part_check {
 public:
  part_check(part_settings& part, const endpoint_settings& endpoint,
             const std::vector<std::string>& upstreams, complaint& out)
      : part_{part},
        endpoint_{endpoint},
        upstreams_{upstreams},
        out_{out},
        templates_{endpoint.parameters, out},
        path_{key_path{"endpoints", endpoint.name, "parts", part.name}} {}

  void run() {
    check_upstream(path_ / "upstream", part_.upstream);
    if (part_.timeout && *part_.timeout > endpoint_.timeout) {
      out_.add(path_ / "timeout",
               "longer than the endpoint's " + print_duration(endpoint_.timeout));
    }
    check_merge();
    templates_.check_path(path_ / "path", part_.path);
    check_query(path_ / "query");
    check_headers(path_ / "headers");
    check_rules(path_ / "on_status");
    if (part_.cache && part_.cache->force_ttl && !part_.cache->ttl) {
      out_.add(path_ / "cache" / "force_ttl", "has no effect without `ttl`");
    }
    check_fallback(path_ / "fallback");
  }

 private:
  void check_upstream(const key_path& path, const std::string& name) {
    if (std::find(upstreams_.begin(), upstreams_.end(), name) == upstreams_.end()) {
      out_.add(path, "no upstream is called " + cited(name), closest(name, upstreams_));
    }
  }

  void check_merge() {
    const bool root = part_.merge == merge_mode::root;
    if (part_.required && part_.default_json) {
      out_.add(path_ / "default", "is for a part that may be missing", "\"required\": false");
    }
    if (root && !part_.member.empty() && part_.member != part_.name) {
      out_.add(path_ / "member", "has no effect with `\"merge\": \"root\"`");
    }
    if (root && part_.default_json && part_.default_json->front() != '{') {
      out_.add(path_ / "default", "only an object can be merged into the answer");
    }
    if (part_.member.empty()) part_.member = part_.name;
  }

  void check_query(const key_path& path) {
    for (auto& field : part_.query) {
      if (field.name.empty()) out_.add_name(path / field.name, "a query parameter has a name");
      check_field(path / field.name, field);
    }
  }

  void check_headers(const key_path& path) {
    std::set<std::string> seen;
    for (auto& field : part_.headers) {
      const auto at = path / field.name;
      if (field.name.empty() || !is_token(field.name)) {
        out_.add_name(at, "not the name of a header field");
      }
      if (is_own_field(field.name)) out_.add_name(at, "set by the gateway itself");
      if (!seen.insert(lower(field.name)).second) {
        out_.add_name(at, "given twice: names of header fields ignore case");
      }
      check_field(at, field);
    }
  }

  void check_field(const key_path& path, const templated_field& field) {
    const bool control = std::any_of(field.value.begin(), field.value.end(),
                                     [](unsigned char c) { return c < 0x20 || c == 0x7f; });
    if (control) out_.add(path, "has a control character");
    const auto parsed = templates_.parse(path, field.value);
    if (!parsed) return;
    templates_.check_references(path, *parsed, false);
    if (!is_secret_name(field.name)) return;
    auto* written = out_.find(path);
    const bool literal = std::all_of(parsed->pieces.begin(), parsed->pieces.end(),
                                     [](auto& piece) { return piece.kind == use::literal; });
    if (literal && written != nullptr && !written->substituted && !field.value.empty()) {
      out_.add(path, "a secret does not belong into the file", "${NAME} or ${file:PATH}");
    }
  }

  void check_rules(const key_path& path) {
    for (auto& rule : part_.status_rules) {
      const bool capitals = !rule.code.empty() && rule.code.front() >= 'A' &&
                            rule.code.front() <= 'Z' &&
                            std::all_of(rule.code.begin(), rule.code.end(), [](char c) {
                              return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
                            });
      if (!capitals) {
        out_.add(path / std::to_string(rule.upstream_status) / "code",
                 "expected capitals, digits and `_`", "NOT_FOUND");
      }
    }
  }

  void check_fallback(const key_path& path) {
    auto& steps = part_.fallback;
    std::set<std::string> asked{part_.upstream};
    bool stale = false;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      auto at = path / index_segment(i);
      if (i > 0 && steps[i - 1].kind == fallback_kind::fixed) {
        return out_.add(at, "is never reached: the static value before it does not fail");
      }
      if (steps[i].kind == fallback_kind::upstream) {
        check_other_upstream(at, steps[i], asked);
      } else if (steps[i].kind == fallback_kind::fixed) {
        if (part_.merge == merge_mode::root && steps[i].fixed_json.substr(0, 1) != "{") {
          out_.add(at / "static", "only an object can be merged into the answer");
        }
      } else {
        if (!part_.cache) {
          out_.add(at / "cache", "the part has no `cache`: there is nothing to be stale");
        }
        if (stale) out_.add(at / "cache", "given twice: the answer would be the same");
        stale = true;
      }
    }
  }

  void check_other_upstream(const key_path& path, const fallback_settings& step,
                            std::set<std::string>& asked) {
    check_upstream(path / "upstream", step.upstream);
    if (step.upstream == part_.upstream) {
      out_.add(path / "upstream", "the part's own upstream, which has just failed");
    } else if (!asked.insert(step.upstream).second) {
      out_.add(path / "upstream", "given twice: it has just failed");
    }
    if (step.path) templates_.check_path(path / "path", *step.path);
  }

  part_settings& part_;
  const endpoint_settings& endpoint_;
  const std::vector<std::string>& upstreams_;
  complaint& out_;
  template_check templates_;
  key_path path_;
};

}  // namespace

bool is_own_field(const std::string& name) {
  // A second one would change the framing, the connection, or what the gateway says of itself.
  static const std::set<std::string> own{
      "host",    "content-length", "transfer-encoding", "connection", "accept-encoding",  "te",
      "upgrade", "trailer",        "keep-alive",        "expect",     "proxy-connection", "via"};
  return own.count(lower(name)) != 0;
}

void check_part(part_settings& part, const endpoint_settings& endpoint,
                const std::vector<std::string>& upstreams, complaint& out) {
  part_check{part, endpoint, upstreams, out}.run();
}

}  // namespace tributary::config
