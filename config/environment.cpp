// SPDX-License-Identifier: MIT
#include "config/environment.hpp"

#include "config/file.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace tributary::config {

namespace {

constexpr std::size_t longest_value = document_limits::bytes;

bool is_variable_name(std::string_view name) {
  auto letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; };
  return !name.empty() && letter(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
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
      bool in_list = at.kind == node_kind::array;
      path_.push_back(in_list ? "[" + std::to_string(i) + "]" : child.name);
      run(child);
      path_.pop_back();
    }
  }

 private:
  void expand(node& at) {
    std::string_view rest = at.text;
    if (rest.find("${") == std::string_view::npos) return;
    std::string out;
    while (!rest.empty()) {
      auto start = rest.find("${");
      out += rest.substr(0, start);
      if (start == std::string_view::npos) break;
      if (start > 0 && rest[start - 1] == '$') {
        out += '{';
        rest.remove_prefix(start + 2);
        continue;
      }
      auto end = rest.find('}', start);
      if (end == std::string_view::npos) return fail(at, "`${` without its `}`");
      auto value = look_up(at, rest.substr(start + 2, end - start - 2));
      if (!value) return;
      at.whole_substitution = rest.size() == at.text.size() && start == 0 && end + 1 == rest.size();
      at.substituted = true;
      out += *value;
      if (out.size() > longest_value) return fail(at, "too long once `${…}` is replaced");
      rest.remove_prefix(end + 1);
    }
    at.text = std::move(out);
  }

  std::optional<std::string> look_up(const node& at, std::string_view inner) {
    if (inner.substr(0, 5) == "file:") return read(at, std::string{inner.substr(5)});
    auto split = inner.find(":-");
    std::string name{inner.substr(0, split)};
    if (!is_variable_name(name)) {
      fail(at, "`${" + std::string{inner.substr(0, 80)} +
                   "}` is none of `${NAME}`, `${NAME:-default}` and `${file:PATH}`");
      return std::nullopt;
    }
    auto value = env_.variable ? env_.variable(name) : std::nullopt;
    if (split != std::string_view::npos && (!value || value->empty()))
      value = std::string{inner.substr(split + 2)};
    if (!value)
      fail(at, "the environment variable " + name + " is not set",
           "${" + name + ":-default}");
    return value;
  }

  std::optional<std::string> read(const node& at, const std::string& path) {
    auto full = (std::filesystem::path{folder_} / path).string();
    auto text = env_.file && !path.empty() ? env_.file(full) : std::nullopt;
    if (!text) {
      fail(at, "cannot read the file `" + full + "`");
      return std::nullopt;
    }
    if (!text->empty() && text->back() == '\n') text->pop_back();
    if (!text->empty() && text->back() == '\r') text->pop_back();
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

}  // namespace tributary::config
