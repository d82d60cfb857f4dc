// SPDX-License-Identifier: MIT
#include "http/server/router.hpp"

#include "config/built_in.hpp"
#include "http/server/problems.hpp"
#include "http/wire/characters.hpp"
#include "http/wire/negotiation.hpp"
#include "http/wire/target.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <stdexcept>
#include <unordered_map>
#include <utility>

namespace tributary::http::server {

using config::built_in::most_path_parameters;

namespace {

constexpr std::size_t none = request::no_route;
constexpr std::size_t method_count = static_cast<std::size_t>(method::other) + 1;

/// Hashes texts and views of them alike, so that a view can be looked for.
struct text_hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept {
    return std::hash<std::string_view>{}(text);
  }
};

/// Takes the segment after a leading `/` off the front of `rest`.
std::string_view next_segment(std::string_view& rest) noexcept {
  rest.remove_prefix(1);
  const auto end = std::min(rest.find('/'), rest.size());
  const auto segment = rest.substr(0, end);
  rest.remove_prefix(end);
  return segment;
}

bool is_parameter(std::string_view segment) noexcept {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

response not_found(const request& asked) {
  auto p = wire::make_problem("NOT_FOUND");
  p.detail = "no route for the path ";
  p.detail += asked.path.substr(0, 256);
  return problem_response(asked, std::move(p));
}

response method_not_allowed(const request& asked, const std::string& allowed) {
  auto p = wire::make_problem("METHOD_NOT_ALLOWED");
  p.detail = "allowed are " + allowed;
  auto answer = problem_response(asked, std::move(p));
  answer.add_header("Allow", allowed);
  return answer;
}

response not_acceptable(const request& asked, const route& found) {
  auto p = wire::make_problem("NOT_ACCEPTABLE");
  p.detail = "produced are";
  for (const auto& type : found.options.produces) p.detail += " " + type;
  auto answer = problem_response(asked, std::move(p));
  answer.add_header("Vary", "Accept");
  return answer;
}

response options_answer(const std::string& allowed) {
  response answer;
  answer.status = 204;
  answer.add_header("Allow", allowed);
  return answer;
}

/// All Accept lines as one; `joined` keeps the memory when there are several.
std::string_view accept_of(const request& asked, std::string& joined) {
  std::string_view first;
  std::size_t lines = 0;
  asked.each_header("accept", [&](std::string_view value) {
    if (++lines == 1) {
      first = value;
      return;
    }
    if (lines == 2) joined = first;
    joined += ',';
    joined += value;
  });
  return lines > 1 ? std::string_view{joined} : first;
}

/// Chooses the media type; false when Accept excludes all.
bool negotiate(request& asked, const route& found) {
  const auto& produces = found.options.produces;
  if (produces.empty()) return true;
  std::string joined;
  const auto accept = accept_of(asked, joined);
  int best = 0;
  for (const auto& type : produces) {
    const int weight = wire::acceptance(accept, type);
    if (weight <= best) continue;
    best = weight;
    asked.media_type = type;
  }
  return best > 0;
}

}  // namespace

struct router::node {
  /// By segment without escapes. Hashed, so that a look-up does not grow with their number.
  std::unordered_map<std::string, std::unique_ptr<node>, text_hash, std::equal_to<>> literals;
  std::unique_ptr<node> parameter;
  std::array<std::size_t, method_count> route_of;
  bool is_end = false;

  node() { route_of.fill(none); }

  /// The branch of a raw segment, null when there is none.
  const node* literal(std::string_view raw) const {
    std::string decoded;
    if (raw.find('%') != raw.npos) {
      if (!wire::percent_decode(raw, decoded)) return nullptr;
      raw = decoded;
    }
    const auto found = literals.find(raw);
    return found == literals.end() ? nullptr : found->second.get();
  }

  std::size_t most_compared() const {
    std::size_t result = 0;
    for (std::size_t i = 0; i < literals.bucket_count(); ++i) {
      result = std::max(result, literals.bucket_size(i));
    }
    for (const auto& [segment, next] : literals) result = std::max(result, next->most_compared());
    return parameter ? std::max(result, parameter->most_compared()) : result;
  }
};

struct router::matching {
  std::array<std::string_view, most_path_parameters> values;
  std::size_t count = 0;
};

router::router() : root_(std::make_unique<node>()) {}
router::~router() = default;

std::size_t router::add(server::method m, std::string_view path, std::shared_ptr<handler> target,
                        route_options options) {
  route declared{m, std::string(path), std::move(options), std::move(target), {}};
  auto& end = branch_for(declared);
  auto& slot = end.route_of[static_cast<std::size_t>(m)];
  if (slot != none) throw std::invalid_argument("declared twice: " + declared.path);
  end.is_end = true;
  slot = routes_.size();
  routes_.push_back(std::move(declared));
  return slot;
}

router::node& router::branch_for(route& declared) {
  std::string_view rest = declared.path;
  if (rest.empty() || rest.front() != '/') {
    throw std::invalid_argument("a path must begin with `/`: " + declared.path);
  }
  auto* at = root_.get();
  while (!rest.empty()) {
    const auto segment = next_segment(rest);
    std::unique_ptr<node>* next = nullptr;
    if (is_parameter(segment)) {
      declared.parameter_names.emplace_back(segment.substr(1, segment.size() - 2));
      next = &at->parameter;
    } else if (segment.find_first_of("{}") != segment.npos) {
      throw std::invalid_argument("a parameter must be a whole segment: " + declared.path);
    } else {
      std::string literal;
      if (!wire::percent_decode(segment, literal)) {
        throw std::invalid_argument("an escape without two digits: " + declared.path);
      }
      next = &at->literals[std::move(literal)];
    }
    if (!*next) *next = std::make_unique<node>();
    at = next->get();
  }
  if (declared.parameter_names.size() > most_path_parameters) {
    throw std::invalid_argument("too many parameters: " + declared.path);
  }
  return *at;
}

/// Depth first, literals before the parameter; the depth is bounded by that of the templates.
const router::node* router::match(const node& from, std::string_view rest, matching& found) {
  if (rest.empty()) return from.is_end ? &from : nullptr;
  const auto segment = next_segment(rest);
  if (const auto* next = from.literal(segment)) {
    if (const auto* end = match(*next, rest, found)) return end;
  }
  if (!from.parameter || segment.empty()) return nullptr;
  found.values[found.count++] = segment;
  if (const auto* end = match(*from.parameter, rest, found)) return end;
  --found.count;
  return nullptr;
}

std::size_t router::most_compared() const { return root_->most_compared(); }

std::string router::allowed(const node& at) const {
  std::string list;
  const auto has = [&](method m) { return at.route_of[static_cast<std::size_t>(m)] != none; };
  for (std::size_t i = 0; i + 1 < method_count; ++i) {
    const auto m = static_cast<method>(i);
    const bool served = has(m) || m == method::options || (m == method::head && has(method::get));
    if (!served) continue;
    if (!list.empty()) list += ", ";
    list += to_string(m);
  }
  return list;
}

const route* router::resolve(request& asked, response& answer) const {
  if (asked.target == "*") {
    answer = options_answer("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
    return nullptr;
  }
  matching found;
  const auto* at = match(*root_, asked.path, found);
  if (at == nullptr) {
    answer = not_found(asked);
    return nullptr;
  }
  const auto route_for = [&](method m) { return at->route_of[static_cast<std::size_t>(m)]; };
  auto index = route_for(asked.method);
  if (index == none && asked.method == method::head) index = route_for(method::get);
  if (index == none || asked.method == method::other) {
    const auto methods = allowed(*at);
    answer = asked.method == method::options ? options_answer(methods)
                                             : method_not_allowed(asked, methods);
    return nullptr;
  }
  const auto& chosen = routes_[index];
  asked.route = index;
  for (std::size_t i = 0; i < found.count; ++i) {
    asked.path_parameters.push_back({chosen.parameter_names[i], found.values[i]});
  }
  if (!negotiate(asked, chosen)) {
    answer = not_acceptable(asked, chosen);
    return nullptr;
  }
  return &chosen;
}

}  // namespace tributary::http::server
