// SPDX-License-Identifier: MIT
// Each way in which a call can fail, for optional and required parts, and strict and lenient
// callers.
#include "http/io/name_resolver.hpp"
#include "support/eventually.hpp"
#include "support/gateway_fixture.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace tributary::tests {

namespace {

/// Knows no name, and never answers for one that begins with `slow`.
class hopeless_resolver final : public http::io::name_resolver {
 public:
  void resolve(const std::string& host, callback done) override {
    if (!host.starts_with("slow")) done({{}, "no such name"});
  }
};

/// Two parts, `good` and `bad`, of three endpoints: nothing required, both required, and both
/// required where callers may waive that.
std::string matrix_configuration(const std::string& good, const std::string& bad,
                                 const std::string& bad_settings) {
  const auto parts = [](const std::string& required) {
    return R"("timeout": "10s", "retry_after": "7s", "parts": {
      "good": {"upstream": "good", "path": "/good", "required": )" +
           required + R"(},
      "bad": {"upstream": "bad", "path": "/bad", "required": )" +
           required + "}}";
  };
  return R"({"upstreams": {
      "good": {"url": ")" +
         good + R"("},
      "bad": {"url": ")" +
         bad + '"' + (bad_settings.empty() ? "" : ", " + bad_settings) + R"(}},
    "endpoints": {
      "optional": {"path": "/optional", )" +
         parts("false") + R"(},
      "required": {"path": "/required", )" +
         parts("true") + R"(},
      "waivable": {"path": "/waivable", "client_lenient": true, )" +
         parts("true") + "}}}";
}

/// An upstream that fails in one way.
struct trouble {
  std::string token;
  int status;            ///< of an answer that cannot do without the part
  std::string settings;  ///< of the upstream
  std::function<void(stub_upstream&)> prepare;
  std::string url = {};  ///< empty: the stub's
  bool tls = false;      ///< the URL says https, whatever the stub speaks
  bool provoke = false;  ///< one request before those that count
  int retry_after = 7;
};

struct caller {
  std::string path;
  std::string handling;  ///< empty: unsaid
  bool degrades;         ///< to a partial answer
  bool applied;          ///< the preference was heeded
};

const caller callers[] = {
    {"/optional", "", true, false},         {"/optional", "lenient", true, true},
    {"/optional", "strict", false, true},   {"/required", "", false, false},
    {"/required", "lenient", false, false}, {"/required", "strict", false, true},
    {"/waivable", "", false, false},        {"/waivable", "lenient", true, true},
    {"/waivable", "strict", false, true},
};

std::string item_of(const std::string& field, const std::string& part) {
  const auto start = field.find(part + ";");
  if (start == std::string::npos) return {};
  return field.substr(start, field.find(',', start) - start);
}

/// All that a caller can see of a part that failed with `token`.
void check_answer(const std::string& raw, const caller& who, const trouble& what) {
  CAPTURE(what.token, who.path, who.handling, raw);
  const auto item = item_of(header_of(raw, "Aggregate-Status"), "bad");
  CHECK(item.find(";error=" + what.token) != std::string::npos);
  CHECK(item.find(";dur=") != std::string::npos);
  CHECK(header_of(raw, "Aggregate-Complete") == "?0");
  CHECK(header_of(raw, "Cache-Control") == "no-store");
  CHECK(header_of(raw, "Preference-Applied") ==
        (who.applied ? "handling=" + who.handling : std::string{}));
  CHECK(header_of(raw, "Vary").find("Prefer") != std::string::npos);
  const auto document = nlohmann::json::parse(body_of(raw));
  const auto& error = document.at("error");
  CHECK(error.at("code") == "PARTIAL_DATA_FETCH");
  CHECK(error.at("retry_after") == what.retry_after);
  CHECK(error.at("unavailable_services") == nlohmann::json{"bad"});
  if (who.degrades) {
    CHECK(status_of(raw) == 200);
    CHECK(document.at("bad").is_null());
    CHECK(document.at("good") == 1);
    CHECK(header_of(raw, "Proxy-Status").empty());
    CHECK(header_of(raw, "Retry-After").empty());
  } else {
    CHECK(status_of(raw) == what.status);
    CHECK(document.at("status") == what.status);
    CHECK(header_of(raw, "Content-Type") == "application/problem+json");
    const auto proxy = header_of(raw, "Proxy-Status");
    CHECK(proxy.starts_with("tributary;error=" + what.token + ";next-hop=bad"));
    CHECK(header_of(raw, "Retry-After") ==
          (what.status == 500 ? std::string{} : std::to_string(what.retry_after)));
  }
}

void check_all_callers(running_gateway& gateway, const trouble& what) {
  for (const auto& who : callers) {
    const auto prefer = who.handling.empty() ? "" : "Prefer: handling=" + who.handling + "\r\n";
    check_answer(gateway.get(who.path, prefer), who, what);
  }
}

const auto untouched = [](stub_upstream&) {};

}  // namespace

TEST_CASE("each way in which a call can fail is told truthfully to each kind of caller",
          "[failures]") {
  stub_upstream good;
  good.always(answer("1"));
  refusing_port refusing;
  silent_port silent;
  const auto at = [](std::uint16_t port) { return "http://127.0.0.1:" + std::to_string(port); };
  const std::string long_text(4096, 'x');
  const trouble troubles[] = {
      {"dns_error", 502, "", untouched, "http://nowhere.invalid"},
      {"dns_timeout", 504, R"("connect_timeout": "50ms")", untouched, "http://slow.invalid"},
      {"connection_refused", 502, "", untouched, at(refusing.number())},
      {"connection_timeout", 504, R"("connect_timeout": "50ms")", untouched, at(silent.number())},
      {"connection_terminated", 502, "", [](auto& s) { always(s, script{}.reset()); }},
      {"connection_terminated", 502, "", [](auto& s) { always(s, script{}.close()); }},
      {"tls_protocol_error", 502, "",
       [](auto& s) { s.on_connect(script{}.send("220 not TLS at all\r\n").close()); }, "", true},
      {"http_protocol_error", 502, "",
       [](auto& s) { always(s, script{}.send("220 not HTTP\r\n\r\n").close()); }},
      {"http_protocol_error", 502, "", [](auto& s) { always(s, answer("{\"a\":01}")); }},
      {"http_response_incomplete", 502, "",
       [](auto& s) {
         always(s, script{}.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{\"a\"").close());
       }},
      {"http_response_timeout", 504, R"("timeout": "60ms")",
       [](auto& s) { always(s, script{}.hang()); }},
      {"http_response_header_section_size", 502, R"("max_response_header": "1KiB")",
       [&](auto& s) { always(s, answer("1", 200, "X-Long: " + long_text + "\r\n")); }},
      {"http_response_body_size", 502, R"("max_response_body": "1KiB")",
       [&](auto& s) { always(s, answer('"' + long_text + '"')); }},
      {"destination_unavailable", 503,
       R"("breaker": {"min_calls": 1, "open_for": "30s", "open_max": "30s", "jitter": 0})",
       [](auto& s) { always(s, answer("1", 500)); }, "", false, true, 30},
      {"http_response_status", 502, "", [](auto& s) { always(s, answer("1", 500)); }},
  };
  for (const auto& what : troubles) {
    CAPTURE(what.token);
    stub_upstream bad;
    what.prepare(bad);
    auto url = what.url.empty() ? bad.url() : what.url;
    if (what.tls) url.replace(0, 4, "https");
    running_gateway gateway{
        configured(matrix_configuration(good.url(), url, what.settings)),
        {.roles = http::server::all_roles(), .resolver = std::make_shared<hopeless_resolver>()}};
    if (what.provoke) {
      gateway.get("/optional");
      REQUIRE(eventually([&] {
        return header_of(gateway.get("/optional"), "Aggregate-Status").find("breaker_open") !=
               std::string::npos;
      }));
    }
    const auto calls = bad.requests().size();
    check_all_callers(gateway, what);
    if (what.provoke) CHECK(bad.requests().size() == calls);
  }
}

TEST_CASE("an upstream whose certificate nobody vouches for is not believed", "[failures]") {
  stub_upstream good;
  good.always(answer("1"));
  const tls_identity identity{"127.0.0.1"};
  stub_upstream bad{identity};
  bad.always(answer("2"));
  running_gateway gateway{configured(matrix_configuration(good.url(), bad.url(), ""))};
  check_all_callers(gateway, {"tls_certificate_error", 502, "", untouched});
  CHECK(bad.requests().empty());
}

TEST_CASE("a full bulkhead refuses at once, and has room again after the call", "[failures]") {
  stub_upstream good;
  good.always(answer("1"));
  stub_upstream bad;
  gate busy;
  bad.next(script{}.wait(busy).send(answer("2")));
  bad.always(answer("2"));
  running_gateway gateway{configured(
      matrix_configuration(good.url(), bad.url(), R"("bulkhead": {"max_in_flight": 1, "queue": 0})"))};
  raw_client occupant{gateway->port()};
  occupant.send(running_gateway::request("GET", "/optional"));
  REQUIRE(bad.await_requests(1));
  check_all_callers(gateway, {"connection_limit_reached", 503, "", untouched});
  CHECK(bad.requests().size() == 1);
  busy.open();
  CHECK(body_of(occupant.read_answer()) == R"({"good":1,"bad":2})");
  CHECK(eventually([&] { return status_of(gateway.get("/required")) == 200; }));
}

TEST_CASE("several failures of required parts are told by the gravest", "[failures]") {
  struct row {
    script first;
    script second;
    int status;
    std::string culprit;
  };
  const auto hang = script{}.hang();
  const row rows[] = {
      {answer("1", 500), answer("1", 404), 502, ""},  // whichever is heard of first
      {answer("1", 404), answer("1", 500), 502, ""},
      {hang, hang, 504, "good"},
      {answer("1"), answer("1", 404), 502, "bad"},
  };
  for (const auto& row : rows) {
    stub_upstream good;
    stub_upstream bad;
    good.always(row.first);
    bad.always(row.second);
    auto settings = configured(matrix_configuration(good.url(), bad.url(), ""));
    alter<config::aggregate_settings>(settings, [](auto& all) {
      for (auto& each : all.endpoints) each.timeout = std::chrono::milliseconds{200};
    });
    running_gateway gateway{std::move(settings)};
    const auto raw = gateway.get("/required");
    CAPTURE(raw);
    CHECK(status_of(raw) == row.status);
    CHECK(header_of(raw, "Proxy-Status").find("next-hop=" + row.culprit) != std::string::npos);
  }
}

TEST_CASE("a client error of the only required upstream is passed on", "[failures]") {
  stub_upstream only;
  const std::string text = R"({"upstreams": {"only": {"url": "${URL}"}}, "endpoints": {
      "kept": {"path": "/kept", "parts": {"a": {"upstream": "only", "path": "/a"}}},
      "hidden": {"path": "/hidden",
                 "parts": {"a": {"upstream": "only", "path": "/a", "on_4xx": "502"}}}}})";
  running_gateway gateway{configured(text, {{"URL", only.url()}})};
  for (const int status : {400, 401, 403, 404, 409, 410, 422}) {
    only.always(answer("{}", status));
    const auto kept = gateway.get("/kept");
    CHECK(status_of(kept) == status);
    CHECK(header_of(kept, "Content-Type") == "application/problem+json");
    CHECK(header_of(kept, "Proxy-Status").find("received-status=" + std::to_string(status)) !=
          std::string::npos);
    CHECK(status_of(gateway.get("/hidden")) == 502);
  }
  for (const int status : {402, 405, 418, 451, 500, 503}) {
    only.always(answer("{}", status));
    CHECK(status_of(gateway.get("/kept")) == 502);
  }
}

}  // namespace tributary::tests
