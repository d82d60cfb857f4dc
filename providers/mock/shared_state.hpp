// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <typeindex>

namespace tributary::providers::mock {

/// Objects that services of one mock have in common, one of each type: whoever asks first makes it.
/// Used while the services are made, by one thread; what they share has locks of its own.
class shared_state {
 public:
  template <class T, class... Arguments>
  std::shared_ptr<T> get(const Arguments&... with) {
    auto& place = objects_[typeid(T)];
    if (place == nullptr) place = std::make_shared<T>(with...);
    return std::static_pointer_cast<T>(place);
  }

 private:
  std::map<std::type_index, std::shared_ptr<void>> objects_;
};

}  // namespace tributary::providers::mock
