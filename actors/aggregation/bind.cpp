// SPDX-License-Identifier: MIT
#include "actors/aggregation/bind.hpp"

#include <utility>

namespace tributary::actors::aggregation {

namespace {

using config::parameter_place;
using config::parameter_type;

constexpr std::size_t quoted_bytes = 64;

/// `text` in quotes, in printable ASCII and cut, so that an echo can neither mislead nor grow.
std::string quoted(std::string_view text) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::string result = "\"";
  for (auto c : text.substr(0, quoted_bytes)) {
    auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte > 0x7e) {
      result += "\\x";
      result += hex[byte >> 4];
      result += hex[byte & 15];
    } else {
      if (c == '"' || c == '\\') result += '\\';
      result += c;
    }
  }
  result += text.size() > quoted_bytes ? "…\"" : "\"";
  return result;
}

/// The value given for a parameter, and whether there was more than one.
struct given {
  std::optional<std::string_view> value;
  std::string_view with_plus;  ///< as in `name_value`
  bool repeated = false;
};

given find(std::span<const name_value> pairs, std::string_view name) {
  given result;
  for (const auto& pair : pairs) {
    if (pair.name != name) continue;
    result.repeated = result.value.has_value();
    if (result.repeated) break;
    result.value = pair.value;
    result.with_plus = pair.with_plus;
  }
  return result;
}

}  // namespace

std::optional<std::string_view> bound_parameters::value(std::size_t parameter,
                                                        value_field field) const noexcept {
  const auto& v = values_[parameter].value;
  const auto& span = field == value_field::whole  ? v.whole
                     : field == value_field::from ? v.from
                                                  : v.to;
  if (span.size == 0) return std::nullopt;
  return std::string_view{text_}.substr(span.offset, span.size);
}

/// One run over the parameters of a plan.
class binder {
 public:
  explicit binder(const endpoint_plan& plan) : plan_(plan) {
    out_.values.values_.resize(plan.parameters.size());
    out_.values.text_.reserve(128);
    out_.values.asked_ = plan.all_parts;
  }

  void bind(std::size_t index, const given& found) {
    const auto& parameter = plan_.parameters[index];
    if (found.repeated) {
      fail(parameter, "must be given only once");
    } else if (found.value) {
      take(index, *found.value, found.with_plus);
    } else if (parameter.default_value) {
      accept(index, *parameter.default_value);
    } else if (parameter.settings.required) {
      fail(parameter, "is required: " + parameter.rule);
    }
  }

  bind_result finish() && { return std::move(out_); }

 private:
  void take(std::size_t index, std::string_view value, std::string_view with_plus) {
    const auto& parameter = plan_.parameters[index];
    if (value.empty()) return fail(parameter, parameter.rule + ", and is empty");
    if (parameter.in_path && (value == "." || value == "..")) {
      return fail(parameter, "must not be a dot segment (. or ..)");
    }
    auto wrong = accept(index, value);
    if (!wrong.empty() && !with_plus.empty()) {
      value = with_plus;
      wrong = accept(index, value);
    }
    if (!wrong.empty()) {
      // Headers may carry secrets, which an answer or a log must not repeat.
      auto echo = parameter.settings.in == parameter_place::header ? "" : ", not " + quoted(value);
      fail(parameter, std::string{wrong} + echo);
    }
  }

  std::string_view accept(std::size_t index, std::string_view value) {
    const auto& parameter = plan_.parameters[index];
    auto& entry = out_.values.values_[index];
    auto& text = out_.values.text_;
    if (auto wrong = normalise(plan_, parameter, value, text, entry.value); !wrong.empty()) {
      entry.value = {};
      return wrong;
    }
    if (parameter.settings.type == parameter_type::parts) out_.values.asked_ = entry.value.parts;
    auto normal = std::string_view{text}.substr(entry.value.whole.offset, entry.value.whole.size);
    entry.is_default = parameter.default_value && normal == *parameter.default_value;
    return {};
  }

  void fail(const parameter_plan& parameter, std::string detail) {
    out_.errors.push_back(
        {parameter.settings.name + " " + std::move(detail), parameter.settings.name});
  }

  const endpoint_plan& plan_;
  bind_result out_;
};

bind_result bind_parameters(const endpoint_plan& plan, std::span<const name_value> query,
                            std::span<const name_value> path, const header_lookup& headers) {
  binder run{plan};
  for (std::size_t i = 0; i < plan.parameters.size(); ++i) {
    const auto& settings = plan.parameters[i].settings;
    switch (settings.in) {
      case parameter_place::query:
        run.bind(i, find(query, settings.name));
        break;
      case parameter_place::path:
        run.bind(i, find(path, settings.name));
        break;
      case parameter_place::header:
        run.bind(i, {headers ? headers(settings.name) : std::nullopt, {}, false});
        break;
    }
  }
  return std::move(run).finish();
}

}  // namespace tributary::actors::aggregation
