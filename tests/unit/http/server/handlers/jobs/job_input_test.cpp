// SPDX-License-Identifier: MIT
#include "http/server/handlers/jobs/job_input.hpp"

#include "http/server/handlers/jobs/job_cursor.hpp"
#include "http/server/handlers/jobs/job_list_input.hpp"
#include "http/server/handlers/jobs/job_query.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace tributary::tests {

namespace {

using namespace http::server;
namespace pj = providers::jobs;
using namespace std::chrono_literals;

request with_fields(std::vector<header_field> fields) {
  request result;
  result.headers = std::move(fields);
  return result;
}

pj::job_id id_of(unsigned char last) {
  std::array<std::uint8_t, 16> bytes{};
  bytes[15] = last;
  return pj::job_id{bytes};
}

std::string why_no_batch(std::string_view body) {
  const auto read = read_batch(body);
  const auto* why = std::get_if<std::string>(&read);
  return why == nullptr ? "" : *why;
}

job_list_input list_of(std::string_view query) {
  request asked;
  asked.query = query;
  return read_job_list_input(asked);
}

}  // namespace

TEST_CASE("a body is JSON, or says nothing of what it is", "[jobs]") {
  struct row {
    std::vector<header_field> fields;
    bool is_json;
  };
  const std::vector<row> rows{
      {{}, true},
      {{{"Content-Type", "application/json"}}, true},
      {{{"content-type", "Application/JSON"}}, true},
      {{{"Content-Type", "application/json; charset=utf-8"}}, true},
      {{{"Content-Type", "application/json ;x"}}, true},
      {{{"Content-Type", ""}}, true},
      {{{"Content-Type", "text/json"}}, false},
      {{{"Content-Type", "application/jsonx"}}, false},
      {{{"Content-Type", "application/x-www-form-urlencoded"}}, false},
      {{{"Content-Type", "application/json, text/plain"}}, false},
      {{{"Content-Type", "application/json"}, {"Content-Type", "text/plain"}}, false},
  };
  for (const auto& each : rows) {
    CAPTURE(each.fields.empty() ? "" : each.fields.front().value);
    CHECK(has_json_type(with_fields(each.fields)) == each.is_json);
  }
}

TEST_CASE("what is not JSON is told with the place where it breaks", "[jobs]") {
  CHECK(read_json_body(" [1] ").text == "[1]");
  CHECK(read_json_body("[1]").why.empty());
  CHECK(read_json_body("{\"a\":1,\n  \"b\": tru}").why.starts_with("line 2, column 8: "));
  CHECK(read_json_body("[1,]").why.starts_with("line 1, column 4: "));
  for (const auto* body : {"", " ", "{", "secret", "[1] 2", "\"\xff\"", "{\"a\":01}"}) {
    CAPTURE(body);
    const auto read = read_json_body(body);
    CHECK(read.why.starts_with("line 1, column "));
    CHECK(read.why.find("secret") == std::string::npos);
  }
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  CHECK(read_json_body(nested(64)).why.empty());
  CHECK_FALSE(read_json_body(nested(65)).why.empty());
}

TEST_CASE("an idempotency key is a quoted string or a bare text", "[jobs]") {
  const auto key_of = [](std::vector<header_field> fields) {
    return read_idempotency_key(with_fields(std::move(fields)));
  };
  const auto one = [&](std::string_view value) { return key_of({{"Idempotency-Key", value}}); };
  CHECK_FALSE(key_of({}).is_there);
  CHECK(one("\"a b\"").key == "a b");
  CHECK(one("\"a\\\"b\\\\\"").key == "a\"b\\");
  CHECK(one("abc-123").key == "abc-123");
  CHECK(one("\"abc\"").key == one("abc").key);
  CHECK(one(std::string(255, 'x')).key);
  for (const std::string& bad : std::vector<std::string>{
           "", "\"\"", "\"", "\"a", "\"a\"b", "\"a\\c\"", "\"a\"; p=1", "a b", "a,b", "a\"b",
           std::string(256, 'x'), "\xc3\xa4", "\"\xc3\xa4\"", "\"a\tb\""}) {
    CAPTURE(bad);
    const auto read = one(bad);
    CHECK(read.is_there);
    CHECK_FALSE(read.key);
  }
  const auto twice = key_of({{"Idempotency-Key", "a"}, {"idempotency-key", "a"}});
  CHECK(twice.is_there);
  CHECK_FALSE(twice.key);
}

TEST_CASE("what is kept of a key tells routes, keys, types and bodies apart", "[jobs]") {
  const auto first = keyed("POST /jobs", "k", "application/json", "{}");
  const auto key = [](auto... parts) { return keyed(parts...).key; };
  const auto print = [](auto... parts) { return keyed(parts...).fingerprint; };
  CHECK(key("POST /jobs", "k", "", "[]") == first.key);
  CHECK(key("POST /job", "sk", "", "") != first.key);
  CHECK(key("POST /jobs", "K", "", "") != first.key);
  CHECK(print("a", "b", "application/json", "{}") == first.fingerprint);
  CHECK(print("a", "b", "application/json", "{ }") != first.fingerprint);
  CHECK(print("a", "b", "", "{}") != first.fingerprint);
  CHECK(print("a", "b", "application/json{", "}") != first.fingerprint);
}

TEST_CASE("a job is named by a UUID in any case, also escaped", "[jobs]") {
  const auto id_in = [](std::string_view segment) {
    request asked;
    asked.path_parameters.push_back({"request_id", segment});
    return read_job_id(asked);
  };
  const auto id = id_in("0191e4a8-0000-7000-8000-0000000000ab");
  REQUIRE(id);
  CHECK(id_in("0191E4A8-0000-7000-8000-0000000000AB") == id);
  CHECK(id_in("%30191e4a8-0000-7000-8000-0000000000ab") == id);
  CHECK_FALSE(id_in("0191e4a8-0000-7000-8000-0000000000a"));
  CHECK_FALSE(id_in("0191e4a8-0000-7000-8000-0000000000ag"));
  CHECK_FALSE(id_in("batch"));
}

TEST_CASE("a batch is one member with its payloads as they were written", "[jobs]") {
  const auto read = read_batch(R"({ "jobs" : [ {"a": 1.0}, 2 ,"x"] })");
  const auto* batch = std::get_if<job_batch>(&read);
  REQUIRE(batch != nullptr);
  CHECK(batch->payloads == std::vector<std::string_view>{R"({"a": 1.0})", "2", "\"x\""});
  const auto many = [](std::size_t count) {
    std::string body = R"({"jobs":[0)";
    for (std::size_t i = 1; i < count; ++i) body += ",0";
    return body + "]}";
  };
  CHECK(why_no_batch(many(1'000)).empty());
  CHECK(why_no_batch(many(1'001)) == "`jobs` has more than 1000 payloads");
  CHECK(why_no_batch(R"({"jobs":[]})") == "`jobs` is empty");
  CHECK(why_no_batch(R"({"jobs":{}})") == "`jobs` is no array");
  CHECK(why_no_batch(R"([1])") == "expected an object with the member `jobs`");
  for (const auto* body : {"{}", R"({"jobs":[1],"x":1})", R"({"Jobs":[1]})"}) {
    CHECK(why_no_batch(body) == "expected an object with the member `jobs` and no other");
  }
}

TEST_CASE("a client waits as long as it says, and a minute at most", "[jobs]") {
  struct row {
    const char* query;
    const char* prefer;
    std::chrono::seconds most;
    bool by_prefer;
    bool is_good = true;
  };
  for (const auto& each :
       {row{"", "", 0s, false}, row{"wait=5", "", 5s, false}, row{"wait=0", "", 0s, false},
        row{"wait=61", "", 60s, false}, row{"wait=99999999999999999999", "", 60s, false},
        row{"", "wait=7", 7s, true}, row{"", "wait=700", 60s, true},
        row{"", "respond-async, wait=3", 3s, true}, row{"", "wait=x", 0s, false},
        row{"wait=1", "wait=7", 1s, false}, row{"wait=", "", 0s, false, false},
        row{"wait=-1", "", 0s, false, false}, row{"wait=1.5", "", 0s, false, false},
        row{"wait=1s", "", 0s, false, false}}) {
    CAPTURE(each.query, each.prefer);
    auto asked = with_fields({{"Prefer", each.prefer}});
    asked.query = each.query;
    job_query query{asked.query};
    const auto wait = read_job_wait(asked, query);
    CHECK(wait.most == each.most);
    CHECK(wait.by_prefer == each.by_prefer);
    CHECK(query.complaints().empty() == each.is_good);
  }
}

TEST_CASE("a list is narrowed by parameters", "[jobs]") {
  const auto plain = list_of("");
  CHECK(plain.errors.empty());
  CHECK(plain.filter.limit == 50);
  CHECK(plain.filter.statuses.empty());
  CHECK_FALSE(plain.filter.before);
  const auto all = list_of(
      "status=dead,%20scheduled,dead&vendor=a%20b&limit=7&created_after=1970-01-01T00:00:01.5Z&"
      "created_before=1970-01-01T01:00:00.0019%2B01:00&other=1");
  CHECK(all.errors.empty());
  CHECK(all.filter.statuses == std::vector<std::string>{"dead", "scheduled"});
  CHECK(all.filter.vendor == "a b");
  CHECK(all.filter.limit == 7);
  CHECK(all.filter.created_after == pj::instant{1500ms});
  CHECK(all.filter.created_before == pj::instant{1ms});
  CHECK(list_of("limit=200").filter.limit == 200);
  CHECK(list_of("limit=201").filter.limit == 200);
  CHECK(list_of("limit=99999999999999999999").filter.limit == 200);
}

TEST_CASE("each parameter of a list that is wrong is told", "[jobs]") {
  for (const auto* query :
       {"limit=0", "limit=-1", "limit=x", "limit=", "limit=1&limit=2", "status=", "status=done",
        "status=dead,", "status=Dead", "vendor=", "vendor=%00", "created_after=yesterday",
        "created_before=", "cursor=", "cursor=AAAA", "cursor=%2B"}) {
    CAPTURE(query);
    const auto input = list_of(query);
    REQUIRE(input.errors.size() == 1);
    const std::string_view name{query};
    CHECK(input.errors[0].parameter == name.substr(0, name.find('=')));
    CHECK(input.errors[0].detail.starts_with(input.errors[0].parameter));
  }
  CHECK(list_of("limit=0&status=x").errors.size() == 2);
}

TEST_CASE("a cursor belongs to the filters of its list, and to nothing else", "[jobs]") {
  const auto cursor_for = [](std::string_view query, unsigned char last) {
    return write_job_cursor(list_of(query).filter, id_of(last));
  };
  const std::string filters = "status=dead,failed&vendor=v&created_after=2026-01-01T00:00:00Z";
  const auto cursor = cursor_for(filters, 9);
  CHECK(list_of(filters + "&cursor=" + cursor).filter.before == id_of(9));
  CHECK(list_of("limit=3&cursor=" + cursor + "&" + filters).filter.before == id_of(9));
  CHECK(list_of("status=failed,dead&vendor=v&created_after=2026-01-01T00:00:00Z&cursor=" + cursor)
            .filter.before == id_of(9));
  for (const auto* others : {"", "status=dead&vendor=v&created_after=2026-01-01T00:00:00Z",
                             "status=dead,failed&vendor=w&created_after=2026-01-01T00:00:00Z",
                             "status=dead,failed&vendor=v&created_before=2026-01-01T00:00:00Z",
                             "status=dead,failed&vendor=v"}) {
    CAPTURE(others);
    CHECK(list_of(std::string{others} + "&cursor=" + cursor).errors.size() == 1);
  }
  for (std::size_t i = 0; i < cursor.size(); ++i) {
    auto damaged = cursor;
    damaged[i] = damaged[i] == 'A' ? 'B' : 'A';
    CHECK(list_of(filters + "&cursor=" + damaged).errors.size() == 1);
    CHECK(list_of(filters + "&cursor=" + cursor.substr(0, i)).errors.size() == 1);
  }
}

}  // namespace tributary::tests
