// SPDX-License-Identifier: MIT
#pragma once

#include "config/codec.hpp"
#include "config/complaint.hpp"
#include "config/settings.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

/// What a system brings to the configuration. The loader, the checks, the reference page and the
/// schema go through a list of these and know none of them by name.
namespace tributary::config {

/// A key at the top of the file.
struct top_key {
  field<settings> key;
  std::string behind;  ///< the key that it follows in all that is printed; empty: the last ones
};

/// What a section is judged by beside its own values.
struct section_scope {
  const settings& all;                              ///< read whole; the sections before are checked
  const std::vector<std::string>& upstreams;        ///< names of those that the file declares
  const std::vector<std::string>& taken_upstreams;  ///< and of those that sections before it add
  const std::vector<std::string>& taken_paths;      ///< of the public listener, templates
  complaint& out;
};

/// The part of the configuration that belongs to one system. Keeps nothing of what it reads, so one
/// object serves any number of configurations and threads. A system derives from `section_of`.
class section {
 public:
  section() = default;
  section(const section&) = delete;
  section& operator=(const section&) = delete;
  virtual ~section() = default;

  /// Whom the reference page names as the owner of what is taken.
  virtual std::string name() const = 0;

  /// Its keys, in their order.
  virtual std::vector<top_key> keys() const = 0;

  /// Puts in what holds where the file has none of the keys. As it is, nothing: the system is there
  /// when one of its keys is.
  virtual void begin(settings&) const {}

  /// Judges what no single value shows and fills what follows from other values. Does nothing where
  /// the section is not there.
  virtual void check_in(settings& target, const section_scope& scope) const = 0;

  /// Templates of the paths on the public listener that the system takes where its section is
  /// there: no endpoint can have them.
  virtual std::vector<std::string> paths() const { return {}; }

  /// True where the section is in `all`.
  virtual bool is_in(const settings& all) const noexcept = 0;

  /// How the keys begin that the system has in Redis. They are its own in every process, whether
  /// its section is there or not, since another instance may have it.
  virtual std::vector<std::string> key_prefixes() const { return {}; }

  /// The upstreams that the section adds to those of the file, made from checked settings.
  virtual std::vector<upstream_settings> upstreams_of(const settings& all) const = 0;
};

using section_ptr = std::shared_ptr<const section>;

/// A section whose values are one S.
template <class S>
class section_of : public section {
 public:
  bool is_in(const settings& all) const noexcept final { return all.section<S>() != nullptr; }

  void check_in(settings& target, const section_scope& scope) const final {
    const auto* found = target.section<S>();
    if (found == nullptr) return;
    auto value = *found;
    check(value, scope);
    target.sections.put(std::move(value));
  }

  std::vector<upstream_settings> upstreams_of(const settings& all) const final {
    const auto* found = all.section<S>();
    return found == nullptr ? std::vector<upstream_settings>{} : upstreams(*found);
  }

 protected:
  /// `check_in` and `upstreams_of` for values that are there.
  virtual void check(S&, const section_scope&) const {}
  virtual std::vector<upstream_settings> upstreams(const S&) const { return {}; }
};

/// A key of S, kept among the sections. Reading it makes the section be there.
template <class S>
top_key at_top(field<S> inner, std::string behind = {}) {
  auto read = [read_field = std::move(inner.read)](reader& in, const node& at, settings& target) {
    const auto* before = target.section<S>();
    auto value = before == nullptr ? S{} : *before;
    read_field(in, at, value);
    target.sections.put(std::move(value));
  };
  auto print = [print_field = std::move(inner.print)](const settings& all) -> ordered_json {
    const auto* value = all.section<S>();
    return value == nullptr ? ordered_json(nullptr) : print_field(*value);
  };
  return {{std::move(inner.doc), std::move(read), std::move(print)}, std::move(behind)};
}

/// The one key of a section that can be left out: an object with the keys of S, or `false`, which
/// is the same as nothing.
template <class S>
top_key object_or_nothing(std::string name, table<S> keys, std::string description,
                          std::string behind = {}) {
  auto result =
      at_top(group(std::move(name), std::move(keys), std::move(description)), std::move(behind));
  auto& schema = result.key.doc.type.schema;
  schema = {{"anyOf", {{{"const", false}}, schema}}};
  result.key.read = [read = result.key.read](reader& in, const node& at, settings& target) {
    if (at.kind == node_kind::boolean && at.text == "false") return;
    read(in, at, target);
  };
  return result;
}

}  // namespace tributary::config
