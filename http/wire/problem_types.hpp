// SPDX-License-Identifier: MIT
#pragma once

#include <stdexcept>
#include <string_view>

/// Every problem that the program itself tells clients. `http/server/REFERENCE.md` is generated
/// from this table. The configuration may add codes of its own (`on_status` of a part).
namespace tributary::http::wire {

/// One type of problem, as clients know it.
struct problem_type {
  std::string_view code;     ///< `error.code`; also names the `type`
  int status = 0;            ///< 0: depends on what happened
  std::string_view title;    ///< what is sent where nothing more exact is said
  std::string_view meaning;  ///< for the reference
};

inline constexpr problem_type problem_types[] = {
    {"INVALID_PARAMETER", 400, "Invalid parameter",
     "A parameter is missing, repeated, empty or malformed; `errors` lists each with `detail` and "
     "`parameter`."},
    {"MALFORMED_REQUEST", 400, "Bad Request",
     "The request breaks the rules of HTTP (RFC 9110, 9112). The connection is closed after it."},
    {"INVALID_JSON", 400, "The body is not JSON",
     "The body is not one JSON text in UTF-8 (RFC 8259), or more than 64 levels deep; `detail` "
     "says "
     "where it breaks."},
    {"INVALID_JOB", 400, "The job's options are wrong",
     "`_job` in the payload has an unknown member or a bad value; `errors` lists each with "
     "`pointer` "
     "and `detail`."},
    {"INVALID_BATCH", 400, "Not a batch of jobs",
     "The body is not an object with the one member `jobs`, an array of 1 to 1,000 payloads."},
    {"INVALID_CALLBACK_URL", 400, "The job's client cannot be called back there",
     "`callback_url` is malformed, not `https`, or leads into a network that is not public; or the "
     "server has no secret to sign with."},
    {"INVALID_IDEMPOTENCY_KEY", 400, "The idempotency key is malformed",
     "`Idempotency-Key` is not one string of 1 to 255 printable ASCII characters."},
    {"INVALID_WEBHOOK", 400, "The webhook is malformed",
     "It names no job, lacks what its `status` asks for, or has an unknown `status`."},
    {"UNAUTHORIZED", 401, "The admin token is missing or wrong.",
     "An operator's call on the admin port lacks the bearer token; see `WWW-Authenticate`."},
    {"WEBHOOK_REFUSED", 401, "The webhook does not show that it is the vendor's",
     "Its signature, or the job's token, is missing, wrong, or too old or new. Nothing more is "
     "told."},
    {"CROSS_ORIGIN", 403, "The operators' port serves no other site's pages",
     "An operator's call on the admin port, which has no token, comes from a page of another "
     "origin."},
    {"NOT_FOUND", 404, "There is nothing at this path",
     "No route has this path, or there is no such type of assets."},
    {"NO_QUOTES", 404, "There is no quote of any of the symbols",
     "All providers that could be asked say that they do not know the symbols, or have no price."},
    {"JOB_NOT_FOUND", 404, "There is no such job", "No job has this id, or it is no UUID."},
    {"VENDOR_NOT_FOUND", 404, "There is no such vendor", "No vendor of this name sends webhooks."},
    {"METHOD_NOT_ALLOWED", 405, "The path does not serve this method",
     "`Allow` lists the methods that the path has."},
    {"NOT_ACCEPTABLE", 406, "No media type that the client accepts can be produced",
     "`Accept` excludes all that the route can send."},
    {"REQUEST_TIMEOUT", 408, "Request Timeout",
     "The header or the body came too slowly. The connection is closed after it."},
    {"IDEMPOTENCY_IN_PROGRESS", 409, "The first request with this key is still being stored",
     "It can be repeated after `Retry-After`."},
    {"JOB_FINISHED", 409, "The job has ended",
     "What has ended cannot be cancelled; `detail` and `job_status` say how it did."},
    {"VENDOR_MISMATCH", 409, "The job is another vendor's",
     "A vendor's webhook names a job that another vendor has."},
    {"PRECONDITION_FAILED", 412, "A precondition of the request does not hold",
     "`If-Match` does not name the entity tag that the answer has now."},
    {"CONTENT_TOO_LARGE", 413, "Content Too Large",
     "The body is longer than `limits.body`. The connection is closed after it."},
    {"URI_TOO_LONG", 414, "URI Too Long",
     "The request line is longer than `limits.request_line`. The connection is closed after it."},
    {"UNSUPPORTED_MEDIA_TYPE", 415, "The body has another content type",
     "It has to be `application/json`, or to have none."},
    {"IDEMPOTENCY_KEY_REUSED", 422, "The key was used with another request",
     "`Idempotency-Key` came before with another body or content type."},
    {"WRONG_HOST", 421, "The operators' port answers to loopback names only",
     "An operator's call on the admin port, which has no token, with another `Host` than "
     "`localhost`, a "
     "name below it, 127.0.0.0/8 or `[::1]`: a page may have led a browser here."},
    {"HEADER_FIELDS_TOO_LARGE", 431, "Request Header Fields Too Large",
     "The header is longer than `limits.headers`, or has more than `limits.header_count` fields. "
     "The connection is closed after it."},
    {"UPSTREAM_REFUSED", 0, "A service refused the request",
     "The only required part was refused by its upstream with 400, 401, 403, 404, 409, 410 or 422, "
     "which is passed on."},
    {"PARTIAL_DATA_FETCH", 0, "Some services unavailable",
     "Some parts are missing. In a body with status 200 it accounts for what is `null`; as a "
     "problem (502, 503 or 504) some part was there, but a required one was not, or the client "
     "asked for `handling=strict`."},
    {"ALL_SERVICES_UNAVAILABLE", 0, "All services unavailable",
     "No part is there: 504 if each cause is a time-out, 502 if each is another failure of a call "
     "that was made, else 503."},
    {"INTERNAL_ERROR", 500, "The server failed to answer",
     "A defect of the gateway, such as a crashed actor, or a configuration that does not allow the "
     "call. It fails this request alone."},
    {"NOT_IMPLEMENTED", 501, "Not Implemented",
     "A transfer coding that is not understood before `chunked`. The connection is closed after "
     "it."},
    {"QUOTES_FAILED", 502, "No provider gave a quote of any of the symbols",
     "Providers were asked and failed, and a later request has no better prospect."},
    {"OVERLOADED", 503, "The server has more to do than it can",
     "`max_in_flight` or `max_waiters` is reached, or what serves the request is being restarted."},
    {"STORE_UNAVAILABLE", 503, "The store of jobs cannot be reached",
     "Nothing was done, or nobody knows whether it was. With an `Idempotency-Key` the request can "
     "be "
     "repeated safely."},
    {"QUEUE_FULL", 503, "As many jobs wait as may",
     "`jobs.max_queued` jobs are scheduled or pending."},
    {"QUOTES_UNAVAILABLE", 503, "No quote can be had now",
     "Providers are limited or out of reach for a time, which `Retry-After` names."},
    {"LIST_NOT_FETCHED", 503, "The list of assets has not been fetched yet",
     "No provider has given this list since the start."},
    {"TOO_MANY_STREAMS", 503, "The server serves as many streams as it may",
     "`market.max_streams` is reached."},
    {"LOOP_DETECTED", 508, "The request has been here before",
     "`Via` names this very process: an upstream leads back to the gateway. `Proxy-Status` has "
     "`error=proxy_loop_detected`."},
    {"HTTP_VERSION_NOT_SUPPORTED", 505, "HTTP Version Not Supported",
     "Neither HTTP/1.1 nor HTTP/1.0. The connection is closed after it."},
};

/// The code of a problem: one of the table, or one that the configuration declares. A literal that
/// is not in the table does not compile.
class problem_code {
 public:
  problem_code() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): a literal is to be taken as one.
  consteval problem_code(const char* code) : text_(find(code).code), type_(&find(code)) {}

  /// A code of the configuration; the text must outlive the problem.
  static problem_code configured(std::string_view code) noexcept {
    problem_code result;
    result.text_ = code;
    return result;
  }

  std::string_view text() const noexcept { return text_; }
  /// Its row in the table; null for a code of the configuration.
  const problem_type* type() const noexcept { return type_; }

 private:
  static consteval const problem_type& find(std::string_view code) {
    for (const auto& each : problem_types) {
      if (each.code == code) return each;
    }
    throw std::logic_error("not in the table of problem types");
  }

  std::string_view text_;
  const problem_type* type_ = nullptr;
};

}  // namespace tributary::http::wire
