// SPDX-License-Identifier: MIT
#pragma once

#include "http/server/exchange.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tributary::http::server {

/// What may be said of a route beside method and path.
struct route_options {
  std::string_view summary;  ///< a sentence for the reference; a literal, empty: none is shown
  std::vector<std::string>
      produces;             ///< media types for Accept; the first is the default; empty: any
  bool never_shed = false;  ///< served above `max_in_flight`: health, admin
  /// Answers may have any size: of one connection nothing is begun behind a request in work.
  bool large_answers = false;
  std::vector<std::string> secrets{};  ///< parameters of path and query whose values no log shows
};

/// One route, as declared.
struct route {
  server::method method;
  std::string path;  ///< template
  route_options options;
  std::shared_ptr<handler> target;
  std::vector<std::string> parameter_names;  ///< in the order of the path
};

/// Finds the handler of a request by method and path, in a tree of segments. Literal segments win over parameters,
/// whatever the order of declaration. Filled once, then read by all workers.
///
/// HEAD is served by GET's handler unless it has its own; OPTIONS is answered by the router. A
/// literal segment matches all its percent-encoded spellings, and may be declared in any of them;
/// `.` and `..` have no meaning.
class router {
 public:
  router();
  ~router();
  router(const router&) = delete;
  router& operator=(const router&) = delete;

  /// Declares a route. `path` is absolute; a segment `{name}` takes one segment that is not empty.
  /// @returns its index, counted from 0
  /// @throws std::invalid_argument for a malformed template or one that is declared already
  std::size_t add(server::method m, std::string_view path, std::shared_ptr<handler> target,
                  route_options options = {});

  /// Declares a route that is handled by a callable `void(const request&, responder)`.
  template <class Function>
  std::size_t add(server::method m, std::string_view path, Function f, route_options options = {});

  /// Resolves a request: fills `route`, `path_parameters` and `media_type`, and returns the route;
  /// or returns nullptr with the answer (404, 405, 406, OPTIONS) in `answer`.
  const server::route* resolve(request& asked, response& answer) const;

  const std::vector<route>& routes() const noexcept { return routes_; }

  /// The most declared segments that one segment of a path is compared with: what finding a route
  /// costs, whatever the number of routes.
  std::size_t most_compared() const;

 private:
  struct node;
  struct matching;

  node& branch_for(route& declared);
  static const node* match(const node& from, std::string_view rest, matching& found);
  std::string allowed(const node& at) const;

  std::unique_ptr<node> root_;
  std::vector<route> routes_;
};

template <class Function>
std::size_t router::add(server::method m, std::string_view path, Function f,
                        route_options options) {
  struct adapter final : handler {
    explicit adapter(Function g) : function(std::move(g)) {}
    void handle(const request& asked, responder answer) override {
      function(asked, std::move(answer));
    }
    Function function;
  };
  return add(m, path, std::shared_ptr<handler>(std::make_shared<adapter>(std::move(f))),
             std::move(options));
}

}  // namespace tributary::http::server
