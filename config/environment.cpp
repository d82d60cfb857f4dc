// SPDX-License-Identifier: MIT
#include "config/environment.hpp"

#include "config/codec.hpp"
#include "config/file.hpp"
#include "config/secret_name.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace tributary::config {

namespace {

constexpr std::size_t longest_value = 1024 * 1024;

bool is_variable_name(std::string_view name) {
  const auto letter = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
  };
  return !name.empty() && letter(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

constexpr std::size_t longest_origin = 80;
constexpr std::size_t most_origins = 4;

bool has_password(std::string_view text) {
  const auto scheme = text.find("://");
  return scheme != std::string_view::npos && text.find('@', scheme) != std::string_view::npos;
}

/// Notes in `at` that a part of its text is `value`, which came from outside the file.
void note_origin(node& at, std::string_view origin, std::string_view value, bool secret) {
  at.secret = at.secret || secret || is_secret_name(at.name) || has_password(value);
  std::string name{origin.substr(0, longest_origin)};
  if (at.origins.size() < most_origins &&
      std::find(at.origins.begin(), at.origins.end(), name) == at.origins.end()) {
    at.origins.push_back(std::move(name));
  }
}

/// Messages cite between backticks. When one cites a part of `secret`, all that is cited goes: a
/// secret may have backticks itself.
void conceal(std::string& message, std::string_view secret) {
  const auto first = message.find('`');
  const auto last = message.rfind('`');
  bool shows = false;
  for (auto at = first; at < last;) {
    const auto next = message.find('`', at + 1);
    const auto piece = std::string_view{message}.substr(at + 1, next - at - 1);
    shows = shows || (!piece.empty() && secret.find(piece) != std::string_view::npos);
    at = next;
  }
  if (shows) message.replace(first + 1, last - first - 1, redacted);
}

constexpr std::string_view port_suffix = "_PORT";

/// The port in `tcp://ADDRESS:PORT`, which Kubernetes puts into NAME_PORT of every container for
/// each service of its namespace; nothing for any other value.
std::optional<std::string> port_of_service_link(std::string_view variable, std::string_view value) {
  if (variable.size() <= port_suffix.size() || !variable.ends_with(port_suffix)) {
    return std::nullopt;
  }
  if (!value.starts_with("tcp://") && !value.starts_with("udp://")) return std::nullopt;
  const auto port = value.substr(value.rfind(':') + 1);
  const auto digits = !port.empty() && std::all_of(port.begin(), port.end(),
                                                   [](char c) { return c >= '0' && c <= '9'; });
  return digits ? std::optional<std::string>{port} : std::nullopt;
}

/// One pass over the tree; `path_` is where it stands.
class substitution {
 public:
  substitution(const environment& env, const std::string& folder, error_list& errors)
      : env_{env}, folder_{folder}, errors_{errors} {}

  /// Recursion is bounded by the depth of a document.
  void run(node& at) {
    if (at.kind == node_kind::string) expand(at);
    for (std::size_t i = 0; i < at.children.size(); ++i) {
      auto& child = at.children[i];
      const bool in_list = at.kind == node_kind::array;
      path_.push_back(in_list ? index_segment(i) : child.name);
      run(child);
      path_.pop_back();
    }
  }

 private:
  void expand(node& at) {
    std::string_view rest = at.text;
    if (rest.find("${") == std::string_view::npos) return;
    std::string result;
    while (!rest.empty()) {
      const auto start = rest.find("${");
      result += rest.substr(0, start);
      if (start == std::string_view::npos) break;
      if (start > 0 && rest[start - 1] == '$') {
        result += '{';
        rest.remove_prefix(start + 2);
        continue;
      }
      const auto end = rest.find('}', start);
      if (end == std::string_view::npos) return fail(at, "`${` without its `}`");
      const auto value = look_up(at, rest.substr(start + 2, end - start - 2));
      if (!value) return;
      at.whole_substitution = rest.size() == at.text.size() && start == 0 && end + 1 == rest.size();
      at.substituted = true;
      result += *value;
      if (result.size() > longest_value) return fail(at, "too long once `${…}` is replaced");
      rest.remove_prefix(end + 1);
    }
    at.text = std::move(result);
  }

  std::optional<std::string> look_up(node& at, std::string_view inner) {
    if (inner.substr(0, 5) == "file:") return read(at, std::string{inner.substr(5)});
    const auto split = inner.find(":-");
    const std::string name{inner.substr(0, split)};
    if (!is_variable_name(name)) {
      fail(at, cited("${" + std::string{inner} + "}") +
                   " is none of `${NAME}`, `${NAME:-default}` and `${file:PATH}`");
      return std::nullopt;
    }
    auto value = variable(name);
    if (const auto port = port_of_service_link(name, value.value_or(""))) {
      // Nobody chose it, unless its host was chosen too, or nothing stands in its place.
      const auto host =
          variable(name.substr(0, name.size() - port_suffix.size()) + "_HOST").value_or("");
      value = host.empty() && split != std::string_view::npos ? std::nullopt : port;
    }
    if (split != std::string_view::npos && (!value || value->empty())) {
      return std::string{inner.substr(split + 2)};
    }
    if (value) {
      note_origin(at, name, *value, is_secret_name(name));
    } else {
      fail(at, "the environment variable " + name + " is not set", "${" + name + ":-default}");
    }
    return value;
  }

  std::optional<std::string> variable(const std::string& name) const {
    return env_.variable ? env_.variable(name) : std::nullopt;
  }

  std::optional<std::string> read(node& at, const std::string& path) {
    const auto full = (std::filesystem::path{folder_} / path).string();
    auto text = env_.file && !path.empty() ? env_.file(full) : std::nullopt;
    if (!text) {
      fail(at, "cannot read the file " + cited(full));
      return std::nullopt;
    }
    if (!text->empty() && text->back() == '\n') text->pop_back();
    if (!text->empty() && text->back() == '\r') text->pop_back();
    note_origin(at, "the file " + path, *text, true);
    return text;
  }

  void fail(const node& at, std::string message, std::string suggestion = {}) {
    errors_.add(path_, at.where, std::move(message), std::move(suggestion));
  }

  const environment& env_;
  const std::string& folder_;
  error_list& errors_;
  key_path path_;
};

}  // namespace

environment environment::process() {
  return {[](const std::string& name) -> std::optional<std::string> {
            const char* value = std::getenv(name.c_str());
            return value == nullptr ? std::nullopt : std::optional<std::string>{value};
          },
          [](const std::string& path) { return read_file(path, longest_value); }};
}

void substitute(node& root, const environment& env, const std::string& folder, error_list& errors) {
  substitution{env, folder, errors}.run(root);
}

void attribute(const node& at, std::string& message, std::string& suggestion) {
  if (at.origins.empty()) return;
  if (at.secret) {
    conceal(message, at.text);
    suggestion.clear();
  }
  message += " (from ";
  for (std::size_t i = 0; i < at.origins.size(); ++i) {
    message += (i == 0 ? "" : " and ") + at.origins[i];
  }
  message += ')';
}

}  // namespace tributary::config
