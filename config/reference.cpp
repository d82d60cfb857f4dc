// SPDX-License-Identifier: MIT
#include "config/reference.hpp"

namespace tributary::config {

namespace {

constexpr const char* introduction = R"(# Configuration reference

Generated from the tables in `config/sections/`; the test `unit_http_server` fails when it is out of date.
`TRIBUTARY_REGENERATE=1 build/release/tests/unit_http_server "[config][generated]"` writes it and `schema.json` anew.

The file is JSON with `//` and `/* */` comments. Unknown keys are errors. In any string:

| | |
| --- | --- |
| `${NAME}` | the environment variable; an error when it is not set |
| `${NAME:-default}` | the default when it is unset or empty |
| `${file:PATH}` | the text of a file; a relative path starts at the folder of the configuration |
| `$${` | the characters `${` |

A string that is one whole `${…}` may stand where a number or a boolean is wanted. Durations have a
unit (`ms`, `s`, `m`, `h`, `d`), sizes may have one (`B`, `KB`, `MB`, `GB`, `KiB`, `MiB`, `GiB`).
Where seconds are named beside the duration, a plain number such as `0.5` is seconds. Templates
name parameters: `{name}`, and `{name.from}` and `{name.to}` of one of type `interval`; `{{` and
`}}` are the braces themselves.
)";

std::string cell(std::string text) {
  std::string result;
  for (const char c : text) {
    if (c == '|') result += '\\';
    result += c;
  }
  return result;
}

std::string default_cell(const key_doc& key) {
  if (key.required) return "required";
  return key.default_text.empty() ? "" : "`" + key.default_text + "`";
}

bool is_section(const key_doc& key) { return !key.type.keys.empty(); }

constexpr const char* table_head =
    "| key | type | default | range | meaning |\n| --- | --- | --- | --- | --- |\n";

std::string render_row(const key_doc& key) {
  return "| `" + key.name + "` | " + cell(key.type.label) + " | " + cell(default_cell(key)) +
         " | " + cell(key.type.constraint) + " | " + cell(key.description) + " |\n";
}

/// One table per object; those below it follow.
void render_section(std::string& out, const std::string& path, const key_doc& section) {
  auto here = path + section.name;
  if (section.type.named) here += ".<name>";
  if (section.type.listed) here += "[]";
  if (section.name == "on_status") here = path + section.name + ".<status>";
  out += "\n## `" + here + "`\n\n" + section.description + "\n\n";
  out += table_head;
  for (const auto& key : section.type.keys) out += render_row(key);
  for (const auto& key : section.type.keys) {
    if (is_section(key)) render_section(out, here + ".", key);
  }
}

std::string quoted_list(const std::vector<std::string>& names) {
  std::string result;
  for (const auto& name : names) result += (result.empty() ? "`" : ", `") + name + "`";
  return result;
}

void render_taken_names(std::string& out, const section_list& sections) {
  out += R"(
## Names that are taken

No endpoint can have one of these paths, those of a system only where it is configured; and no
answer is kept in Redis under a key that begins as those of the program do, whether the system is
configured or not.

| whose | paths | keys in Redis |
| --- | --- | --- |
)";
  const auto row = [&](const std::string& whose, const std::vector<std::string>& paths,
                       const std::vector<std::string>& prefixes) {
    if (paths.empty() && prefixes.empty()) return;
    out += "| " + whose + " | " + quoted_list(paths) + " | " + quoted_list(prefixes) + " |\n";
  };
  const section_list none{{}};
  row("the server itself", none.taken_paths({}), none.key_prefixes());
  for (const auto& section : sections) {
    row(section->name(), section->paths(), section->key_prefixes());
  }
}

}  // namespace

std::string render_reference(const section_list& sections) {
  std::string result = introduction;
  result += std::string{"\n## Outside of any section\n\n"} + table_head;
  for (const auto& key : sections.keys().doc.keys) {
    if (!is_section(key)) result += render_row(key);
  }
  for (const auto& key : sections.keys().doc.keys) {
    if (is_section(key)) render_section(result, "", key);
  }
  render_taken_names(result, sections);
  return result;
}

std::string render_schema(const section_list& sections) {
  ordered_json result{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                      {"title", "Tributary configuration"}};
  auto root = sections.keys().doc.schema;
  root["properties"]["$schema"] = {{"type", "string"}};
  result.update(root);
  result["$defs"] = {{"substitution", {{"type", "string"}, {"pattern", R"(^\$\{[^}]+\}$)"}}}};
  return result.dump(2) + "\n";
}

}  // namespace tributary::config
