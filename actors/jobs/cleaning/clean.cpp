// SPDX-License-Identifier: MIT
#include "actors/jobs/cleaning/clean.hpp"

#include "actors/jobs/cleaning/names.hpp"
#include "actors/jobs/cleaning/text_cleaner.hpp"
#include "http/wire/characters.hpp"
#include "http/wire/json_scan.hpp"
#include "http/wire/json_string.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace tributary::actors::jobs::cleaning {

namespace {

constexpr std::string_view redacted = R"("[redacted]")";
constexpr std::size_t unmasked = 4;  // characters

/// What the paths of the rules say of a place: the nodes that lead here, those that count more
/// first.
class path_place {
 public:
  path_place() = default;
  explicit path_place(const path_node& root) {
    if (root.what || root.any || !root.children.empty()) nodes_.push_back(&root);
  }

  bool empty() const noexcept { return nodes_.empty(); }

  std::optional<cleaning_operator> what() const noexcept {
    for (const auto* node : nodes_) {
      if (node->what) return node->what;
    }
    return std::nullopt;
  }

  bool names(std::string_view token) const {
    return std::any_of(nodes_.begin(), nodes_.end(),
                       [&](const auto* node) { return node->children.contains(token); });
  }

  path_place below(std::string_view token) const {
    path_place result;
    for (const auto* node : nodes_) {
      const auto child = node->children.find(token);
      if (child != node->children.end()) result.nodes_.push_back(&child->second);
      if (node->any) result.nodes_.push_back(node->any.get());
    }
    return result;
  }

 private:
  std::vector<const path_node*> nodes_;
};

/// Where a value stands, as far as it matters to it.
struct place {
  path_place paths;
  std::optional<cleaning_operator> what;
  bool kept = false;  ///< it lies in something that is kept as it came
};

bool is_number(std::string_view value) noexcept {
  return value.front() == '-' || http::wire::is_digit(value.front());
}

/// Whether a text is what an operator leaves, and so stays.
bool is_replaced(std::string_view text, cleaning_operator what) noexcept {
  constexpr std::size_t size = 32;  // of a hash
  if (text == redacted.substr(1, redacted.size() - 2)) return true;
  return what == cleaning_operator::hash && text.size() == size &&
         text.find_first_not_of("0123456789abcdef") == text.npos;
}

/// Appends what stands between quotes, its first characters as `*`.
void append_masked(std::string& out, std::string_view content) {
  std::vector<std::size_t> begins;
  for (std::size_t at = 0; at < content.size();) {
    begins.push_back(at);
    at += next_character(content.substr(at), spelling::json).size;
  }
  const auto hidden = begins.size() > unmasked ? begins.size() - unmasked : begins.size();
  out.append(hidden, '*');
  if (hidden < begins.size()) out += content.substr(begins[hidden]);
}

/// Goes through one text and writes the cleaned one.
class json_cleaner {
 public:
  json_cleaner(const cleaning_rules& rules, std::string_view text)
      : rules_(rules), text_(text), cleaner_(rules.detectors()) {
    out_.reserve(text.size());
  }

  std::string run() && {
    at_ = http::wire::skip_json_space(text_, 0);
    place whole{path_place{rules_.paths()}, std::nullopt, false};
    whole.what = whole.paths.what();
    if (whole.what == cleaning_operator::drop) return "null";
    value(whole);
    return without_lost_members();
  }

 private:
  struct range {
    std::size_t begin;
    std::size_t end;
  };

  void value(const place& here) {
    if (here.what && here.what != cleaning_operator::keep) return replace(*here.what);
    const bool kept = here.kept || here.what == cleaning_operator::keep;
    switch (text_[at_]) {
      case '{':
        return object(here.paths, kept);
      case '[':
        return array(here.paths, kept);
      default:
        return scalar(take_value(), kept);
    }
  }

  void scalar(std::string_view written, bool kept) {
    if (kept) {
      out_ += written;
    } else if (written.front() == '"') {
      out_ += '"';
      cleaner_.append(out_, trimmed(content_of(written), spelling::json), spelling::json);
      out_ += '"';
    } else {
      number_or_word(written);
    }
  }

  void number_or_word(std::string_view written) {
    // No detector finds anything in fewer digits alone.
    constexpr std::size_t fewest_digits = 12;
    const auto begin = out_.size();
    const bool looked_at = written.size() >= fewest_digits && is_number(written) &&
                           written.find_first_of(".eE") == written.npos;
    if (!looked_at || !cleaner_.append(out_, written, spelling::plain)) {
      out_.resize(begin);
      out_ += written;
      return;
    }
    out_.insert(begin, 1, '"');
    out_ += '"';
  }

  void array(const path_place& paths, bool kept) {
    out_ += '[';
    std::size_t index = 0;
    for (open(); !close(']'); ++index) {
      if (index != 0) out_ += ',';
      place element{paths.empty() ? path_place{} : paths.below(std::to_string(index)), std::nullopt,
                    kept};
      element.what = element.paths.what();
      if (element.what == cleaning_operator::drop) {
        take_value();
        out_ += "null";
      } else {
        value(element);
      }
      next();
    }
    out_ += ']';
  }

  void object(const path_place& paths, bool kept) {
    object_names names;
    out_ += '{';
    bool first = true;
    for (open(); !close('}'); next()) {
      const auto written = take_value();
      const auto came = http::wire::unescape_json(written);
      at_ = http::wire::skip_json_space(text_, at_) + 1;  // the colon
      at_ = http::wire::skip_json_space(text_, at_);
      auto& name = names[came];
      if (name.is_new) settle_name(names, name, came, content_of(written), paths, kept);
      if (name.written) lost_.push_back({name.begin, name.end + 1});  // and the comma behind it
      name.written = member(paths, kept, name.renamed ? name.key : came, name.what, [&] {
        if (!std::exchange(first, false)) out_ += ',';
        name.begin = out_.size();
        out_.append(1, '"').append(name.renamed ? name.spelled : content_of(written)).append("\":");
      });
      name.end = out_.size();
    }
    out_ += '}';
  }

  /// Decides what a name is written as, and what the fields of the rules say of it then.
  void settle_name(object_names& names, object_names::entry& name, const std::string& came,
                   std::string_view content, const path_place& paths, bool kept) {
    std::string spelled;
    auto wanted = came;
    if (!kept) name.what = rules_.field(came);
    if (!kept && !name.what && !paths.names(came) &&
        cleaner_.append(spelled, content, spelling::json)) {
      wanted = unescaped(spelled);
    } else {
      spelled = content;
    }
    name.key = names.claim(came, wanted);
    name.renamed = name.key != came;
    if (name.renamed) {
      name.spelled = std::move(spelled);
      name.spelled += std::string_view{name.key}.substr(wanted.size());
      if (!kept) name.what = rules_.field(name.key);
    }
    name.is_new = false;
  }

  /// Writes a member whose value is next. @returns false when it is dropped
  template <class WriteName>
  bool member(const path_place& paths, bool kept, const std::string& key,
              std::optional<cleaning_operator> field, WriteName write_name) {
    place here{paths.empty() ? path_place{} : paths.below(key), std::nullopt, kept};
    here.what = here.paths.what();
    if (!here.what) here.what = field;
    if (here.what == cleaning_operator::drop) {
      take_value();
      return false;
    }
    write_name();
    value(here);
    return true;
  }

  void replace(cleaning_operator what) {
    const auto written = take_value();
    const bool text = written.front() == '"';
    if (what != cleaning_operator::redact && written == "null") {
      out_ += written;
    } else if (what == cleaning_operator::redact || (!text && !is_number(written))) {
      out_ += redacted;
    } else {
      const auto content = text ? trimmed(content_of(written), spelling::json) : written;
      out_ += '"';
      if (is_replaced(content, what)) {
        out_ += content;
      } else if (what == cleaning_operator::mask) {
        append_masked(out_, content);
      } else {
        rules_.append_hash(out_, text ? unescaped(content) : std::string{content});
      }
      out_ += '"';
    }
  }

  // -- reading ------------------------------------------------------------------------------------

  /// Takes the text of the value, or name, that is next.
  std::string_view take_value() noexcept {
    const auto begin = std::exchange(at_, http::wire::json_value_end(text_, at_));
    return text_.substr(begin, at_ - begin);
  }

  void open() noexcept { at_ = http::wire::skip_json_space(text_, at_ + 1); }

  /// Goes on to the next member or element, or to the bracket that closes.
  void next() noexcept {
    at_ = http::wire::skip_json_space(text_, at_);
    if (at_ < text_.size() && text_[at_] == ',') open();
  }

  bool close(char bracket) noexcept {
    if (at_ < text_.size() && text_[at_] != bracket) return false;
    ++at_;
    return true;
  }

  /// What stands between the quotes.
  static std::string_view content_of(std::string_view quoted) noexcept {
    return quoted.substr(1, quoted.size() - 2);
  }

  static std::string unescaped(std::string_view content) {
    return http::wire::unescape_json(std::string{'"'}.append(content).append(1, '"'));
  }

  /// The output without members of which a later one has the same name.
  std::string without_lost_members() {
    if (lost_.empty()) return std::move(out_);
    std::sort(lost_.begin(), lost_.end(),
              [](const range& a, const range& b) { return a.begin < b.begin; });
    std::string result;
    result.reserve(out_.size());
    std::size_t at = 0;
    for (const auto& each : lost_) {
      if (each.begin < at) continue;  // within one that is lost as a whole
      result.append(out_, at, each.begin - at);
      at = each.end;
    }
    result.append(out_, at);
    return result;
  }

  const cleaning_rules& rules_;
  std::string_view text_;
  std::size_t at_ = 0;
  text_cleaner cleaner_;
  std::string out_;
  std::vector<range> lost_;
};

}  // namespace

std::string clean_json(const cleaning_rules& rules, std::string_view json) {
  return json_cleaner{rules, json}.run();
}

std::string clean_text(const cleaning_rules& rules, std::string_view text) {
  std::string result;
  text_cleaner{rules.detectors()}.append(result, trimmed(text, spelling::plain), spelling::plain);
  return result;
}

}  // namespace tributary::actors::jobs::cleaning
