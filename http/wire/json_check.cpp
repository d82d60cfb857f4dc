// SPDX-License-Identifier: MIT
#include "http/wire/json_check.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>

namespace tributary::http::wire {

namespace {

static_assert(shared_bytes::padding >= simdjson::SIMDJSON_PADDING);

constexpr std::size_t smallest_capacity = 64 * 1024;
constexpr std::size_t kept_capacity = 1024 * 1024;  // larger index tables are given back

/// simdjson's first stage: one vectorised pass that checks UTF-8, strings for controls and their
/// ends, and notes where each token begins. It is the implementation for this very processor, which
/// the inlined On-Demand walk cannot be in a portable build.
class indexer {
 public:
  using implementation = simdjson::internal::dom_parser_implementation;

  simdjson::error_code run(std::string_view text) {
    if (auto error = grow(text.size())) return error;
    return stages_->stage1(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(),
                           simdjson::stage1_mode::regular);
  }

  const std::uint32_t* begin() const noexcept { return stages_->structural_indexes.get(); }
  const std::uint32_t* end() const noexcept { return begin() + stages_->n_structural_indexes; }

  /// Gives a large table back: one big body must not keep megabytes on each thread.
  void relax() noexcept {
    if (capacity_ > kept_capacity) {
      stages_.reset();
      capacity_ = 0;
    }
  }

 private:
  simdjson::error_code grow(std::size_t size) {
    if (size <= capacity_) return simdjson::SUCCESS;
    auto capacity = std::bit_ceil(std::max(size, smallest_capacity));
    stages_.reset();
    capacity_ = 0;
    auto error = simdjson::get_active_implementation()->create_dom_parser_implementation(
        capacity, max_json_depth, stages_);
    if (!error) capacity_ = capacity;
    return error;
  }

  std::unique_ptr<implementation> stages_;
  std::size_t capacity_ = 0;
};

enum char_class : std::uint8_t { digit_class = 1, delimiter_class = 2, hex_class = 4 };

constexpr auto make_classes() {
  std::array<std::uint8_t, 256> table{};
  for (char c : std::string_view{"0123456789"}) {
    table[static_cast<unsigned char>(c)] |= digit_class | hex_class;
  }
  for (char c : std::string_view{"abcdefABCDEF"}) table[static_cast<unsigned char>(c)] |= hex_class;
  for (char c : std::string_view{" \t\r\n,]}:"}) {
    table[static_cast<unsigned char>(c)] |= delimiter_class;
  }
  return table;
}

constexpr auto classes = make_classes();

bool is(char c, char_class which) noexcept {
  return (classes[static_cast<unsigned char>(c)] & which) != 0;
}

const char* skip_digits(const char* at) noexcept {
  while (is(*at, digit_class)) ++at;
  return at;
}

/// The end of the number of RFC 8259, section 6 that begins here; nullptr when there is none. Stops
/// at the padding at the latest.
const char* skip_number(const char* at) noexcept {
  if (*at == '-') ++at;
  if (!is(*at, digit_class)) return nullptr;
  at = *at == '0' ? at + 1 : skip_digits(at);
  if (*at == '.') {
    if (!is(*++at, digit_class)) return nullptr;
    at = skip_digits(at);
  }
  if (*at == 'e' || *at == 'E') {
    ++at;
    if (*at == '+' || *at == '-') ++at;
    if (!is(*at, digit_class)) return nullptr;
    at = skip_digits(at);
  }
  return at;
}

/// Words are shorter than the padding, so looking at a whole one stays within the block.
const char* skip_word(const char* at, std::string_view word) noexcept {
  return std::memcmp(at, word.data(), word.size()) == 0 ? at + word.size() : nullptr;
}

const char* skip_scalar(const char* at) noexcept {
  switch (*at) {
    case 't':
      return skip_word(at, "true");
    case 'f':
      return skip_word(at, "false");
    case 'n':
      return skip_word(at, "null");
    default:
      return skip_number(at);
  }
}

/// Walks the tokens with the grammar of RFC 8259 as a machine of four states. Objects and arrays
/// that are open are bits of a word, which is what the depth limit is made for.
class walk {
 public:
  explicit walk(std::string_view text) noexcept
      : text_(text.data()), text_end_(text.data() + text.size()) {}

  /// The first token that does not fit, or `end`.
  const std::uint32_t* run(const std::uint32_t* at, const std::uint32_t* end) noexcept {
    for (; at != end; ++at) {
      if (!step(text_ + *at)) return at;
    }
    return end;
  }

  bool done() const noexcept { return expected_ == expect::end_or_comma && depth_ == 0; }
  bool too_deep() const noexcept { return too_deep_; }

 private:
  enum class expect : std::uint8_t {
    value,
    value_or_close,
    key,
    key_or_close,
    colon,
    end_or_comma
  };

  bool step(const char* token) noexcept {
    switch (expected_) {
      case expect::value_or_close:
        if (*token == ']') return close();
        [[fallthrough]];
      case expect::value:
        return value(token);
      case expect::key_or_close:
        if (*token == '}') return close();
        [[fallthrough]];
      case expect::key:
        expected_ = expect::colon;
        return *token == '"';
      case expect::colon:
        expected_ = expect::value;
        return *token == ':';
      case expect::end_or_comma:
        return after_value(*token);
    }
    return false;
  }

  bool value(const char* token) noexcept {
    if (*token == '{') return open(1, expect::key_or_close);
    if (*token == '[') return open(0, expect::value_or_close);
    expected_ = expect::end_or_comma;
    return *token == '"' || is_scalar(token);
  }

  /// A scalar up to a delimiter or the end; a NUL is neither, unlike the padding.
  bool is_scalar(const char* token) const noexcept {
    const auto* after = skip_scalar(token);
    return after != nullptr && (after == text_end_ || is(*after, delimiter_class));
  }

  bool after_value(char token) noexcept {
    if (depth_ == 0) return false;
    if (token == ',') {
      expected_ = in_object() ? expect::key : expect::value;
      return true;
    }
    return token == (in_object() ? '}' : ']') && close();
  }

  bool open(std::uint64_t kind, expect next) noexcept {
    too_deep_ = depth_ == max_json_depth;
    if (too_deep_) return false;
    kinds_ = kinds_ << 1 | kind;
    ++depth_;
    expected_ = next;
    return true;
  }

  bool close() noexcept {
    kinds_ >>= 1;
    --depth_;
    expected_ = expect::end_or_comma;
    return true;
  }

  bool in_object() const noexcept { return (kinds_ & 1) != 0; }

  static_assert(max_json_depth <= 64, "one bit for each level");
  const char* text_;
  const char* text_end_;
  std::uint64_t kinds_ = 0;
  std::size_t depth_ = 0;
  expect expected_ = expect::value;
  bool too_deep_ = false;
};

/// Position of the first malformed escape, npos for none. Every backslash of a document that passed
/// the walk is within a string, and escapes do not overlap, so there is no need to find the
/// strings.
std::size_t find_bad_escape(std::string_view text) noexcept {
  const auto* at = text.data();
  const auto* end = at + text.size();
  while (true) {
    at = static_cast<const char*>(std::memchr(at, '\\', static_cast<std::size_t>(end - at)));
    if (at == nullptr) return std::string_view::npos;
    switch (at[1]) {
      case '"':
      case '\\':
      case '/':
      case 'b':
      case 'f':
      case 'n':
      case 'r':
      case 't':
        at += 2;
        break;
      case 'u':
        // A string that ends early ends with a quote, which is no digit.
        for (int i = 2; i < 6; ++i) {
          if (!is(at[i], hex_class)) return static_cast<std::size_t>(at - text.data());
        }
        at += 6;
        break;
      default:
        return static_cast<std::size_t>(at - text.data());
    }
  }
}

json_verdict wrong(std::string_view what, std::size_t position = 0) noexcept {
  return {{}, what, position};
}

json_verdict explain(simdjson::error_code error) noexcept {
  switch (error) {
    case simdjson::EMPTY:
      return wrong("empty");
    case simdjson::UTF8_ERROR:
      return wrong("not UTF-8");
    case simdjson::UNCLOSED_STRING:
      return wrong("a string without an end");
    case simdjson::UNESCAPED_CHARS:
      return wrong("a control character in a string");
    case simdjson::MEMALLOC:
      return wrong("out of memory");
    case simdjson::CAPACITY:
      return wrong("too large");
    default:
      return wrong("malformed");
  }
}

std::string_view trimmed(std::string_view text) noexcept {
  constexpr std::string_view space = " \t\r\n";
  auto first = text.find_first_not_of(space);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(space) - first + 1);
}

json_verdict judge_indexed(std::string_view text, const indexer& tokens) noexcept {
  walk machine{text};
  const auto* stopped = machine.run(tokens.begin(), tokens.end());
  if (machine.too_deep()) return wrong("nested too deeply", *stopped);
  if (stopped != tokens.end()) return wrong("unexpected token", *stopped);
  if (!machine.done()) return wrong("ends too early", text.size());
  if (auto bad = find_bad_escape(text); bad != std::string_view::npos) {
    return wrong("malformed escape", bad);
  }
  return {trimmed(text), {}, 0};
}

}  // namespace

json_verdict check_json(const shared_bytes& body) {
  thread_local indexer tokens;
  const auto text = without_byte_order_mark(body.view());
  if (text.empty()) return wrong("empty");
  if (auto error = tokens.run(text)) return explain(error);
  auto verdict = judge_indexed(text, tokens);
  tokens.relax();
  if (!verdict) verdict.position += body.size() - text.size();
  return verdict;
}

}  // namespace tributary::http::wire
