// SPDX-License-Identifier: MIT
#include "config/document.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace tributary::config {

namespace {

using json = nlohmann::json;

/// Past white space, comments and separators; the parser has checked, or will, that they are legal.
std::size_t skip_insignificant(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    if (std::string_view{" \t\r\n,:"}.find(text[at]) != std::string_view::npos) {
      ++at;
    } else if (text.substr(at, 2) == "//") {
      at = std::min(text.find('\n', at), text.size());
    } else if (text.substr(at, 2) == "/*") {
      const auto end = text.find("*/", at + 2);
      at = end == std::string_view::npos ? text.size() : end + 2;
    } else {
      break;
    }
  }
  return at;
}

std::size_t end_of_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return std::min(at + 1, text.size());
}

/// Turns ascending offsets into lines and columns in one pass over the text.
class line_counter {
 public:
  explicit line_counter(std::string_view text) : text_{text} {}

  position at(std::size_t offset) {
    offset = std::min(offset, text_.size());
    for (; seen_ < offset; ++seen_) {
      if (text_[seen_] == '\n') {
        ++line_;
        line_start_ = seen_ + 1;
      }
    }
    return {line_, offset - line_start_ + 1};
  }

 private:
  std::string_view text_;
  std::size_t seen_ = 0;
  std::size_t line_ = 1;
  std::size_t line_start_ = 0;
};

/// Receives the parser's events, which come without places, and walks the text beside them.
class tree_builder : public nlohmann::json_sax<json> {
 public:
  tree_builder(std::string_view text, error_list& errors)
      : text_{text}, errors_{errors}, lines_{text} {
    if (text.substr(0, 3) == "\xEF\xBB\xBF") cursor_ = 3;
  }

  bool null() override { return scalar(node_kind::null, 4); }
  bool boolean(bool value) override { return scalar(node_kind::boolean, value ? 4 : 5); }
  bool number_integer(number_integer_t) override { return number(); }
  bool number_unsigned(number_unsigned_t) override { return number(); }
  bool number_float(number_float_t, const string_t&) override { return number(); }
  bool binary(binary_t&) override { return false; }

  bool string(string_t& value) override {
    const auto where = start();
    cursor_ = end_of_string(text_, cursor_);
    node* added = append(node_kind::string, where);
    if (added != nullptr) added->text = std::move(value);
    return added != nullptr;
  }

  bool key(string_t& name) override {
    name_where_ = start();
    cursor_ = end_of_string(text_, cursor_);
    if (name.size() > document_limits::name_length) return refuse("a name is too long");
    name_ = std::move(name);
    return true;
  }

  bool start_object(std::size_t) override { return open(node_kind::object); }
  bool start_array(std::size_t) override { return open(node_kind::array); }

  bool end_object() override {
    report_duplicates(*stack_.back());
    return end_array();
  }

  bool end_array() override {
    start();
    ++cursor_;
    stack_.pop_back();
    return true;
  }

  bool parse_error(std::size_t offset, const std::string&, const json::exception& error) override {
    std::string_view message = error.what();
    auto detail = message.find("syntax error");
    if (detail == std::string_view::npos) detail = message.find("number overflow");
    if (detail != std::string_view::npos) message.remove_prefix(detail);
    const auto token = skip_insignificant(text_, cursor_);
    const bool unexpected = message.find("unexpected") != std::string_view::npos;
    const auto where = unexpected || offset == 0 ? token : std::max(token, offset - 1);
    errors_.add(path(), lines_.at(where), std::string{message.substr(0, 300)});
    return false;
  }

  std::optional<node> take() { return std::move(root_); }

 private:
  position start() {
    cursor_ = skip_insignificant(text_, cursor_);
    return lines_.at(cursor_);
  }

  bool scalar(node_kind kind, std::size_t length) {
    const auto where = start();
    node* added = append(kind, where);
    if (added != nullptr) added->text = text_.substr(std::min(cursor_, text_.size()), length);
    cursor_ += length;
    return added != nullptr;
  }

  bool number() {
    start();
    const auto end = std::min(text_.find_first_not_of("+-.0123456789eE", cursor_), text_.size());
    return scalar(node_kind::number, end - cursor_);
  }

  bool open(node_kind kind) {
    const auto where = start();
    if (stack_.size() >= document_limits::depth) return refuse("nested too deeply");
    node* added = append(kind, where);
    if (added == nullptr) return false;
    stack_.push_back(added);
    ++cursor_;
    return true;
  }

  /// Pointers on the stack stay valid: only the innermost node's list of children grows.
  node* append(node_kind kind, position where) {
    if (++count_ > document_limits::values) {
      refuse("too many values");
      return nullptr;
    }
    node* added = nullptr;
    if (stack_.empty()) {
      added = &root_.emplace();
    } else {
      added = &stack_.back()->children.emplace_back();
    }
    added->kind = kind;
    added->where = where;
    if (!stack_.empty() && stack_.back()->kind == node_kind::object) {
      added->name = std::move(name_);
      added->name_where = name_where_;
    }
    return added;
  }

  void report_duplicates(const node& object) {
    std::vector<const node*> members;
    members.reserve(object.children.size());
    for (const auto& child : object.children) members.push_back(&child);
    std::stable_sort(members.begin(), members.end(),
                     [](auto* a, auto* b) { return a->name < b->name; });
    for (std::size_t i = 1; i < members.size(); ++i) {
      if (members[i]->name != members[i - 1]->name) continue;
      auto where = path();
      where.push_back(members[i]->name);
      errors_.add(where, members[i]->name_where,
                  "given twice; first in line " + std::to_string(members[i - 1]->name_where.line));
    }
  }

  bool refuse(const char* message) {
    errors_.add(path(), lines_.at(skip_insignificant(text_, cursor_)), message);
    return false;
  }

  key_path path() const {
    key_path result;
    for (std::size_t i = 1; i < stack_.size(); ++i) {
      const bool in_list = stack_[i - 1]->kind == node_kind::array;
      result.push_back(in_list ? index_segment(stack_[i - 1]->children.size() - 1)
                               : stack_[i]->name);
    }
    return result;
  }

  std::string_view text_;
  error_list& errors_;
  line_counter lines_;
  std::size_t cursor_ = 0;
  std::size_t count_ = 0;
  std::optional<node> root_;
  std::vector<node*> stack_;
  std::string name_;
  position name_where_;
};

}  // namespace

std::optional<node> parse_document(std::string_view text, error_list& errors) {
  if (text.size() > document_limits::bytes) {
    errors.add({}, {1, 1}, "the file is larger than 32 MiB");
    return std::nullopt;
  }
  // The parser takes it for the end of the text and would not read the rest.
  if (const auto nul = text.find('\0'); nul != std::string_view::npos) {
    errors.add({}, line_counter{text}.at(nul), "syntax error: a NUL byte");
    return std::nullopt;
  }
  tree_builder builder{text, errors};
  if (!json::sax_parse(text.begin(), text.end(), &builder, json::input_format_t::json, true,
                       true)) {
    return std::nullopt;
  }
  return builder.take();
}

const node* find_member(const node& object, std::string_view name) {
  const auto found = std::find_if(object.children.begin(), object.children.end(),
                                  [&](const node& child) { return child.name == name; });
  return found == object.children.end() ? nullptr : &*found;
}

const node& find_nearest(const node& root, const key_path& path) {
  const node* at = &root;
  for (const auto& segment : path) {
    const node* next = nullptr;
    if (at->kind == node_kind::object) {
      next = find_member(*at, segment);
    } else if (at->kind == node_kind::array && segment.size() > 2) {
      const auto index = std::stoul(segment.substr(1));
      next = index < at->children.size() ? &at->children[index] : nullptr;
    }
    if (next == nullptr) break;
    at = next;
  }
  return *at;
}

std::string to_json(const node& value) {
  switch (value.kind) {
    case node_kind::null:
      return "null";
    case node_kind::boolean:
    case node_kind::number:
      return value.text;
    case node_kind::string:
      return json(value.text).dump(-1, ' ', false, json::error_handler_t::replace);
    default:
      break;
  }
  const bool object = value.kind == node_kind::object;
  std::string result{object ? '{' : '['};
  for (const auto& child : value.children) {
    if (result.size() > 1) result += ',';
    if (object) result += json(child.name).dump() + ':';
    result += to_json(child);
  }
  return result + (object ? '}' : ']');
}

}  // namespace tributary::config
