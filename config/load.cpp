// SPDX-License-Identifier: MIT
#include "config/load.hpp"

#include "config/check.hpp"
#include "config/file.hpp"

#include <exception>
#include <filesystem>

namespace tributary::config {

namespace {

constexpr const char* shipped_name = "tributary.json";

/// `$schema` is for editors, which then complete and check while one types.
void drop_schema_reference(node& root) {
  auto& members = root.children;
  if (root.kind == node_kind::object && !members.empty() && members.front().name == "$schema" &&
      members.front().kind == node_kind::string) {
    members.erase(members.begin());
  }
}

void load_into(load_result& result, std::string_view text, const environment& env,
               const section_list& sections) {
  error_list errors;
  settings target;
  target.key_prefixes = sections.key_prefixes();
  for (const auto& section : sections) section->begin(target);
  if (auto root = parse_document(text, errors)) {
    drop_schema_reference(*root);
    auto folder = std::filesystem::path{result.file_name}.parent_path().string();
    substitute(*root, env, folder, errors);
    reader in{errors};
    sections.keys().read(in, *root, target);
    check(*root, sections, target, errors);
  }
  result.errors = errors.take();
  if (result.errors.empty()) result.value = std::move(target);
}

}  // namespace

load_result load(std::string_view text, std::string_view file_name, const environment& env,
                 const section_list& sections) {
  load_result result{std::string{file_name}, std::nullopt, {}, false};
  try {
    load_into(result, text, env, sections);
  } catch (const std::exception& error) {
    result.value.reset();
    result.errors = {{"", 1, 1, error.what(), ""}};
  }
  return result;
}

load_result load_file(const std::string& path, const environment& env,
                      const section_list& sections) {
  if (const auto text = read_file(path, document_limits::bytes)) {
    return load(*text, path, env, sections);
  }
  return {path, std::nullopt, {{"", 0, 0, "cannot be read, or is larger than 32 MiB", ""}}, true};
}

load_result load_shipped(const environment& env, const section_list& sections) {
  return load(shipped_configuration(), shipped_name, env, sections);
}

int exit_code(const load_result& result) {
  if (result.unreadable) return 2;
  return result.value ? 0 : 1;
}

std::string errors_as_text(const load_result& loaded) {
  std::string result;
  for (const auto& error : loaded.errors) {
    result += loaded.file_name + ":";
    if (error.line != 0) {
      result += std::to_string(error.line) + ":" + std::to_string(error.column) + ":";
    }
    result += (error.path.empty() ? " " : " " + error.path + ": ") + error.message;
    if (!error.suggestion.empty()) result += " (did you mean `" + error.suggestion + "`?)";
    result += '\n';
  }
  return result;
}

std::string errors_as_json(const load_result& loaded) {
  auto errors = ordered_json::array();
  for (const auto& error : loaded.errors) {
    errors.push_back({{"path", error.path},
                      {"line", error.line},
                      {"column", error.column},
                      {"message", error.message},
                      {"suggestion", error.suggestion}});
  }
  const ordered_json result{{"file", loaded.file_name}, {"errors", std::move(errors)}};
  return result.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

std::string print_effective(const settings& source, const section_list& sections) {
  const auto result = sections.keys().print(source);
  return result.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace tributary::config
