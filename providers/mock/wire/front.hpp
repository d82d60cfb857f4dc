// SPDX-License-Identifier: MIT
#pragma once

#include "providers/mock/request.hpp"
#include "providers/mock/stand_in.hpp"

#include <string_view>
#include <vector>

namespace tributary::providers::mock {

class service_set;
struct running_service;

/// All that one listener answers: its services by path, `/health`, `/_control`, and what its
/// services answer aside. No sockets in here. Any thread.
class front final : public responder {
 public:
  /// Serves those of `services`, which must outlive it, that are declared on `here`.
  front(const service_set& services, const port_flag& here);

  scripted_reply answer(const wire_request& asked) override;

 private:
  reply health(const request& asked) const;
  reply aside(const request& asked) const;
  /// Finds whose path it is and fills in `below`; nullptr when it is nobody's.
  running_service* service_at(request& asked) const;

  const service_set& services_;
  std::vector<running_service*> here_;
};

}  // namespace tributary::providers::mock
