// SPDX-License-Identifier: MIT
#include "actors/telemetry/redaction.hpp"

#include <algorithm>
#include <array>

namespace tributary::actors::telemetry {
namespace {

constexpr std::size_t longest_name = 96;

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr bool is_alnum(char c) noexcept {
  return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9');
}

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_upper(char c) noexcept { return c >= 'A' && c <= 'Z'; }

/// A secret among the words of a name.
struct secret_word {
  std::string_view text;
  bool whole;  ///< false: also the end of a word, since people write `accesstoken`
};

/// `apikey` is found in `api_key` and `apiKey`, too. Whole are those on which harmless words end
/// (discard, wildcard), or that are short; so some compounds stand here by themselves.
constexpr secret_word secret_words[] = {{"authorization", false},
                                        {"apikey", false},
                                        {"accesskey", false},
                                        {"accesskeyid", false},
                                        {"cookie", false},
                                        {"card", true},
                                        {"cardnumber", false},
                                        {"creditcard", false},
                                        {"debitcard", false},
                                        {"credential", false},
                                        {"token", false},
                                        {"password", false},
                                        {"passwd", false},
                                        {"passphrase", false},
                                        {"privatekey", false},
                                        {"secret", false},
                                        {"secretkey", false},
                                        {"cvc", true},
                                        {"cvv", true},
                                        {"jwt", true},
                                        {"otp", true},
                                        {"pwd", true}};
/// Secret as the whole name only: as words of a name they are harmless too often.
constexpr std::string_view secret_names[] = {"auth", "key", "pass", "pin", "sig", "signature"};

int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (lower(c) >= 'a' && lower(c) <= 'f') return lower(c) - 'a' + 10;
  return -1;
}

/// Reads one character, percent-decoded, and moves on.
char next_decoded(std::string_view text, std::size_t& at) noexcept {
  if (text[at] == '%' && at + 2 < text.size()) {
    const int high = hex_value(text[at + 1]);
    const int low = hex_value(text[at + 2]);
    if (high >= 0 && low >= 0) {
      at += 3;
      return static_cast<char>(high * 16 + low);
    }
  }
  return text[at++];
}

std::string decode(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) result += next_decoded(text, at);
  return result;
}

/// A name as its words: `x-accessToken` is x, access, token; `APIKey2` is API, Key, 2. Kept joined
/// and in lower case, with the places where words begin.
class name_words {
 public:
  /// Takes the next character of the name. @returns false when there is no room for it
  bool add(char c) noexcept {
    if (!is_alnum(c)) {
      before_ = '\0';
      return true;
    }
    if (size_ == letters_.size()) return false;
    const bool hump = is_upper(c) && !is_upper(before_);
    begins_[size_] = before_ == '\0' || hump || is_digit(c) != is_digit(before_);
    // The last capital of several begins the word that goes on in small letters.
    if (!begins_[size_] && !is_upper(c) && is_upper(before_)) begins_[size_ - 1] = true;
    letters_[size_++] = lower(c);
    before_ = c;
    return true;
  }

  std::string_view text() const noexcept { return {letters_.data(), size_}; }

  /// Whether this secret stands at `at`, also in the plural.
  bool has(const secret_word& secret, std::size_t at) const noexcept {
    if ((secret.whole && !begins_[at]) || !text().substr(at).starts_with(secret.text)) return false;
    const auto end = at + secret.text.size();
    return ends(end) || (letters_[end] == 's' && ends(end + 1));
  }

 private:
  bool ends(std::size_t at) const noexcept { return at == size_ || begins_[at]; }

  std::array<char, longest_name> letters_;
  std::array<bool, longest_name> begins_;
  std::size_t size_ = 0;
  char before_ = '\0';  ///< the last character; NUL after a separator and at the beginning
};

constexpr bool is_name_character(char c) noexcept {
  return is_alnum(c) || c == '_' || c == '-' || c == '.' || c == '%' || c == '[' || c == ']';
}

/// The name that ends just before `at`, without the quotes and blanks after it.
std::string_view name_before(std::string_view text, std::size_t at) noexcept {
  std::size_t end = at;
  while (end > 0 && (text[end - 1] == ' ' || text[end - 1] == '"' || text[end - 1] == '\'' ||
                     text[end - 1] == '\\')) {
    --end;
  }
  std::size_t begin = end;
  while (begin > 0 && is_name_character(text[begin - 1])) --begin;
  return text.substr(begin, end - begin);
}

/// True when the text, or what it is the encoding of, assigns a value to a secret name.
bool holds_secret(std::string_view text) {
  std::string decoded;
  // Twice: a URL within a URL within a query.
  for (int round = 0; round != 3; ++round) {
    for (auto at = text.find_first_of("=:"); at != text.npos;
         at = text.find_first_of("=:", at + 1)) {
      if (is_secret_name(name_before(text, at))) return true;
    }
    if (text.find('%') == text.npos) return false;
    decoded = decode(text);
    text = decoded;
  }
  return false;
}

bool starts_with_word(std::string_view text, std::string_view word) noexcept {
  if (text.size() < word.size()) return false;
  return std::equal(word.begin(), word.end(), text.begin(),
                    [](char a, char b) { return a == lower(b); });
}

/// True for names whose values are several words: they end with the line only.
bool has_long_value(std::string_view name) noexcept {
  for (std::size_t at = 0; at < name.size(); ++at) {
    if (starts_with_word(name.substr(at), "authorization") ||
        starts_with_word(name.substr(at), "cookie")) {
      return true;
    }
  }
  return false;
}

/// Where the value that starts at `at` ends: a quoted one at its quote, one of several words (as
/// after `name: `) with its line, else at a blank or at what ends a query's value.
std::size_t end_of_value(std::string_view text, std::size_t at, bool words) noexcept {
  std::size_t end = text.npos;
  if (text.substr(at).starts_with("\\\"")) {  // within a JSON text that was quoted as a whole
    end = text.find("\\\"", at + 2);
  } else if (at < text.size() && (text[at] == '"' || text[at] == '\'')) {
    for (end = at + 1; end < text.size() && text[end] != text[at]; ++end) {
      if (text[end] == '\\') ++end;
    }
  } else {
    end = text.find_first_of(words ? "\r\n\"" : "&;# \t\r\n\"'", at);
  }
  return std::min(end, text.size());
}

/// A place in a text where a secret stands.
struct finding {
  std::size_t begin = std::string_view::npos;
  std::size_t end = std::string_view::npos;
};

/// The value assigned at the `=` or `:` at `at`, when its name is secret.
finding assigned(std::string_view text, std::size_t at) noexcept {
  const auto name = name_before(text, at);
  const bool colon = text[at] == ':';
  // `cache key: x` and `unknown key: x` are ordinary English.
  if (!is_secret_name(name) || (colon && name.size() < 4 && text[at - 1] != '"')) return {};
  auto begin = at + 1;
  while (begin < text.size() && text[begin] == ' ') ++begin;
  const auto end = end_of_value(text, begin, colon || has_long_value(name));
  while (begin < end && (text[begin] == '"' || text[begin] == '\'' || text[begin] == '\\')) ++begin;
  return begin < end ? finding{begin, end} : finding{};
}

/// The user information of the URL whose `:` of `://` is at `at` (RFC 3986, 3.2.1).
finding user_information(std::string_view text, std::size_t at) noexcept {
  if (text.substr(at, 3) != "://") return {};
  const auto begin = at + 3;
  const auto end = std::min(text.find_first_of("/?# \t\r\n\"'", begin), text.size());
  const auto sign = text.substr(begin, end - begin).rfind('@');
  if (sign == text.npos || sign == 0) return {};
  return {begin, begin + sign};
}

/// Credentials after the scheme that starts at `at` (RFC 9110, 11.4).
finding credentials(std::string_view text, std::size_t at) noexcept {
  if (at > 0 && is_alnum(text[at - 1])) return {};
  const auto rest = text.substr(at);
  const std::size_t length = starts_with_word(rest, "bearer ")  ? 7
                             : starts_with_word(rest, "basic ") ? 6
                                                                : 0;
  if (length == 0) return {};
  const auto begin = at + length;
  const auto end = end_of_value(text, begin, false);
  return begin < end ? finding{begin, end} : finding{};
}

/// The first secret at or after `from`.
finding next_secret(std::string_view text, std::size_t from) noexcept {
  for (auto at = text.find_first_of("=:bB", from); at != text.npos;
       at = text.find_first_of("=:bB", at + 1)) {
    auto found = text[at] == '=' || text[at] == ':' ? assigned(text, at) : credentials(text, at);
    if (found.begin == text.npos && text[at] == ':') found = user_information(text, at);
    if (found.begin != text.npos) return found;
  }
  return {};
}

}  // namespace

bool is_secret_name(std::string_view name) noexcept {
  name_words words;
  for (std::size_t at = 0; at < name.size();) {
    if (!words.add(next_decoded(name, at))) return true;  // no honest name is that long
  }
  const auto text = words.text();
  for (const auto whole : secret_names) {
    if (text == whole) return true;
  }
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (const auto& word : secret_words) {
      if (word.text[0] == text[at] && words.has(word, at)) return true;
    }
  }
  return false;
}

void append_redacted_query(std::string& out, std::string_view query) {
  while (!query.empty()) {
    const auto end = std::min(query.find_first_of("&;"), query.size());
    const auto pair = query.substr(0, end);
    const auto sign = pair.find('=');
    if (sign == pair.npos) {
      out.append(holds_secret(pair) ? redacted : pair);
    } else {
      const auto value = pair.substr(sign + 1);
      const bool secret = is_secret_name(pair.substr(0, sign)) || holds_secret(value);
      out.append(pair.substr(0, sign + 1)).append(secret ? redacted : value);
    }
    if (end < query.size()) out += query[end];
    query.remove_prefix(std::min(end + 1, query.size()));
  }
}

std::string redact_query(std::string_view query) {
  std::string result;
  append_redacted_query(result, query);
  return result;
}

void append_redacted(std::string& out, std::string_view text) {
  std::size_t from = 0;
  for (;;) {
    const auto found = next_secret(text, from);
    if (found.begin == text.npos) break;
    out.append(text.substr(from, found.begin - from)).append(redacted);
    from = found.end;
  }
  out.append(text.substr(from));
}

std::string redact_text(std::string_view text) {
  std::string result;
  append_redacted(result, text);
  return result;
}

}  // namespace tributary::actors::telemetry
