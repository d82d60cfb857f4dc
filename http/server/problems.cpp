// SPDX-License-Identifier: MIT
#include "http/server/problems.hpp"

#include <utility>

namespace tributary::http::server {

response problem_response(const request& asked, wire::problem p) {
  if (p.instance.empty()) p.instance = asked.request_id;
  auto answer = make_response(p.status, wire::problem_media_type, wire::problem_body(p));
  answer.headers = "Cache-Control: no-store\r\n";
  return answer;
}

response overloaded(const request& asked, std::string detail) {
  auto p = wire::make_problem("OVERLOADED");
  p.detail = std::move(detail);
  p.extra_error = "\"retry_after\":1";
  auto answer = problem_response(asked, std::move(p));
  answer.headers += "Retry-After: 1\r\n";
  return answer;
}

response loop_detected(const request& asked) {
  auto answer = problem_response(asked, wire::make_problem("LOOP_DETECTED"));
  answer.headers += "Proxy-Status: tributary; error=proxy_loop_detected\r\n";
  return answer;
}

response internal_error(const request& asked, std::string detail) {
  auto p = wire::make_problem("INTERNAL_ERROR");
  p.detail = std::move(detail);
  auto answer = problem_response(asked, std::move(p));
  answer.headers += "Proxy-Status: tributary; error=proxy_internal_error\r\n";
  return answer;
}

}  // namespace tributary::http::server
