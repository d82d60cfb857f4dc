// SPDX-License-Identifier: MIT
#include "providers/mock/vendors/vendors.hpp"

#include "providers/mock/caller.hpp"
#include "providers/mock/desk/desk.hpp"
#include "providers/mock/scramble.hpp"
#include "providers/mock/shared_state.hpp"
#include "providers/mock/vendors/job_book.hpp"
#include "providers/mock/vendors/latch.hpp"
#include "providers/mock/vendors/rate_meter.hpp"
#include "providers/mock/vendors/vendor_ledger.hpp"
#include "providers/mock/vendors/webhooks.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace tributary::providers::mock::vendors {

namespace {

using nlohmann::json;
using nlohmann::ordered_json;
using std::chrono::milliseconds;

constexpr std::int64_t longest_delay_ms = 600'000;

constexpr std::array drops{std::string_view{"none"}, std::string_view{"before"},
                           std::string_view{"after"}, std::string_view{"half"}};
constexpr std::array signatures{std::string_view{"good"}, std::string_view{"wrong"},
                                std::string_view{"none"}, std::string_view{"old"}};
constexpr std::array outcomes{std::string_view{"done"}, std::string_view{"failed"}};

constexpr auto drop_knob = word_knob("drop", drops);
constexpr auto rate_knob = whole_knob("allowed_per_second", 0, 0, 100'000);
constexpr auto outcome_knob = word_knob("outcome", outcomes);

constexpr std::array sync_knobs{drop_knob, rate_knob, outcome_knob};
constexpr std::array async_knobs{drop_knob,
                                 rate_knob,
                                 outcome_knob,
                                 whole_knob("webhook_delay_ms", 500, 0, longest_delay_ms),
                                 whole_knob("webhook_copies", 1, 0, 10),
                                 number_knob("webhook_loss", 0, 0, 1),
                                 word_knob("webhook_signature", signatures),
                                 switch_knob("webhook_first", false),
                                 whole_knob("progress", 0, 0, 100)};

/// What is asked for in a POST.
struct order {
  std::string job_id;
  std::string callback_url;  ///< empty: there is none
};

std::variant<order, reply> read_order(std::string_view body) {
  const auto document = json::parse(body, nullptr, false);
  if (document.is_discarded()) return failure(400, "the body is not JSON");
  const auto text_of = [&](const char* name) {
    const auto found = document.find(name);
    return found != document.end() && found->is_string() ? found->get<std::string>()
                                                         : std::string{};
  };
  if (!document.is_object() || !document.contains("payload")) {
    return failure(400, "payload is missing");
  }
  order result{text_of("job_id"), text_of("callback_url")};
  if (result.job_id.empty()) return failure(400, "job_id is missing");
  return result;
}

/// The key without the quotes of a structured string.
std::string key_in(const request& asked) {
  auto text = asked.headers.find("Idempotency-Key");
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
  }
  return std::string{text};
}

std::string hex_of(std::uint64_t number) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result(16, '0');
  for (auto place = result.rbegin(); place != result.rend(); ++place, number >>= 4) {
    *place = digits[number & 15];
  }
  return result;
}

reply json_answer(unsigned status, std::string body) {
  reply result;
  result.status = status;
  result.owned = std::move(body);
  return result;
}

/// What both have in common: who asks for what, and what was asked for before.
class vendor : public stand_in {
 public:
  vendor(const surroundings& around, std::string_view name)
      : own_desk_(around.own_desk),
        now_(around.now),
        name_(name),
        ledger_(around.shared.get<vendor_ledger>()) {}

  reply answer(const request& asked) final {
    auto result = respond(asked);
    ledger_->add(vendor_ledger::call{name_, std::string{asked.method}, std::string{asked.path},
                                     key_in(asked), std::string{asked.headers.find("X-Attempt")},
                                     result.where == cut::at_once ? 0 : result.status, now_()});
    return result;
  }

  std::optional<reply> aside(const request& asked) final {
    if (asked.path != "/_ledger") return std::nullopt;
    if (!asked.reads()) return not_allowed("GET, HEAD");
    // Keys and paths are whatever came.
    return json_answer(200,
                       ledger_->to_json().dump(-1, ' ', false, json::error_handler_t::replace));
  }

 protected:
  /// What there is to be known when a job is taken.
  struct terms {
    const order& wanted;
    std::string_view key;  ///< what its effect is counted under
    const knobs& set;
    time_of_day now;
  };

  /// Takes a job: fills in what will come of it.
  /// @returns the answer to whoever asks for it first, where it is not simply that of the job
  virtual std::optional<reply> take(const terms& by, const std::shared_ptr<taken_job>& job) = 0;

  vendor_ledger& ledger() { return *ledger_; }
  std::shared_ptr<vendor_ledger> shared_ledger() const { return ledger_; }

 private:
  reply respond(const request& asked) {
    const auto set = own_desk_.current();
    const auto now = now_();
    const std::lock_guard lock{mutex_};
    if (!meter_.take(static_cast<std::size_t>(set->whole("allowed_per_second")), now)) {
      auto result = failure(429, "too many requests");
      result.fields = "Retry-After: 1\r\n";
      return result;
    }
    if (asked.below == "/jobs") {
      return asked.method == "POST" ? start(asked, *set, now) : not_allowed("POST");
    }
    constexpr std::string_view one_job = "/jobs/";
    if (!asked.below.starts_with(one_job)) return failure(404, "no such path");
    const auto job = book_.with_id(std::string{asked.below.substr(one_job.size())});
    if (!asked.reads() && asked.method != "DELETE") return not_allowed("GET, HEAD, DELETE");
    if (job == nullptr) return failure(404, "no such job");
    if (asked.method == "DELETE" && now < job->ends) job->cancelled = true;
    return state_of(*job, now);
  }

  reply start(const request& asked, const knobs& set, time_of_day now) {
    const auto drop = set.word("drop");
    if (drop == "before") {
      reply result;
      result.where = cut::at_once;
      return result;
    }
    auto result = execute(asked, set, now);
    if (drop == "after") result.where = cut::at_once;
    if (drop == "half") result.where = cut::half_way;
    return result;
  }

  reply execute(const request& asked, const knobs& set, time_of_day now) {
    auto read = read_order(asked.body);
    if (auto* refused = std::get_if<reply>(&read)) return std::move(*refused);
    const auto& wanted = std::get<order>(read);
    const auto key = key_in(asked);
    const auto fingerprint = job_book::fingerprint_of(asked.body);
    if (const auto known = key.empty() ? nullptr : book_.with_key(key)) {
      if (known->fingerprint != fingerprint) return failure(422, "the key has another body");
      return json_answer(known->status, known->answer);
    }
    const auto job = std::make_shared<taken_job>();
    job->id = wanted.job_id;
    job->fingerprint = fingerprint;
    job->fails = set.word("outcome") == "failed";
    job->ends = now;
    const auto& counted_as = key.empty() ? wanted.job_id : key;
    auto first = take({wanted, counted_as, set, now}, job);
    if (job->status == 0) return *std::move(first);  // it was not taken
    ledger_->add_effect(counted_as);
    book_.add(key, job);
    return first ? *std::move(first) : json_answer(job->status, job->answer);
  }

  /// `{"status": …}`, with the data once there are any.
  static reply state_of(const taken_job& job, time_of_day now) {
    if (job.cancelled) return json_answer(200, R"({"status":"failed"})");
    if (now < job.ends) return json_answer(200, R"({"status":"running"})");
    if (job.fails) return json_answer(200, R"({"status":"failed"})");
    return json_answer(200, R"({"status":"done","data":)" + job.data + '}');
  }

  const desk& own_desk_;
  const surroundings::clock& now_;
  const std::string_view name_;
  const std::shared_ptr<vendor_ledger> ledger_;
  std::mutex mutex_;  ///< guards the rest, and what `take` uses
  job_book book_;
  rate_meter meter_;
};

class sync_vendor final : public vendor {
 public:
  explicit sync_vendor(const surroundings& around) : vendor(around, "vendor_sync") {}

 private:
  std::optional<reply> take(const terms&, const std::shared_ptr<taken_job>& job) override {
    job->data = R"({"status":"success","data_points":15,"confidence_score":0.95})";
    job->status = job->fails ? 400 : 200;
    job->answer = job->fails ? R"({"error":"the vendor could not do it"})" : job->data;
    return std::nullopt;
  }
};

class async_vendor final : public vendor {
 public:
  explicit async_vendor(const surroundings& around)
      : vendor(around, "vendor_async"), seed_(around.seed), webhooks_(around, shared_ledger()) {}

 private:
  std::optional<reply> take(const terms& by, const std::shared_ptr<taken_job>& job) override {
    if (by.wanted.callback_url.empty()) return failure(400, "callback_url is missing");
    const auto at_once = by.set.is_on("webhook_first");
    const auto delay = milliseconds{at_once ? 0 : by.set.whole("webhook_delay_ms")};
    job->ends += delay;
    job->data =
        R"({"result":"processed_data","metadata":{"vendor":"async_vendor","processing_time":0.5}})";
    // By its key, so that a vendor that was restarted does not tell a name twice.
    const auto reference = "av-" + hex_of(scramble(seed_, stream_of(by.key), 0));
    const auto told = at_once ? std::make_shared<latch>() : nullptr;
    if (const auto why = announce(by, job, reference, delay, told)) {
      job->cancelled = true;  // what was posted already is not sent
      return failure(*why == caller::only_here ? 400 : 503, *why);
    }
    job->status = 202;
    job->answer = ordered_json{{"status", "accepted"}, {"reference", reference}}.dump();
    if (told == nullptr) return std::nullopt;
    auto result = json_answer(job->status, job->answer);
    result.hold = [told](std::function<void()> go_on) { told->wait(std::move(go_on)); };
    return result;
  }

  /// Sends all webhooks of a job, now or later. `told` opens when the first of its end was tried.
  /// @returns why they cannot be sent
  std::optional<std::string> announce(const terms& by, const std::shared_ptr<taken_job>& job,
                                      const std::string& reference, milliseconds delay,
                                      const std::shared_ptr<latch>& told) {
    const auto steps = by.set.whole("progress");
    for (std::int64_t step = 1; step <= steps; ++step) {
      auto body = body_of(*job, reference);
      body["status"] = "progress";
      body["progress"] = {{"percent", step * 100 / (steps + 1)}};
      if (auto why = tell(by, job, "progress", body, delay * step / (steps + 1), nullptr)) {
        return why;
      }
    }
    auto body = body_of(*job, reference);
    if (job->fails) {
      body["status"] = "failed";
      body["error"] = {{"message", "the vendor could not do it"}};
    } else {
      body["data"] = ordered_json::parse(job->data);
    }
    return tell(by, job, job->fails ? "failed" : "done", body, delay, told);
  }

  static ordered_json body_of(const taken_job& job, const std::string& reference) {
    return {{"job_id", job.id}, {"reference", reference}};
  }

  /// Sends one webhook in all its copies, unless it gets lost.
  std::optional<std::string> tell(const terms& by, const std::shared_ptr<taken_job>& job,
                                  std::string_view what, const ordered_json& body,
                                  milliseconds after, const std::shared_ptr<latch>& told) {
    const auto text = body.dump();
    const auto number = scramble(seed_, stream_of(by.key), stream_of(text));
    const auto copies = by.set.whole("webhook_copies");
    const std::function<void()> open = [told] {
      if (told != nullptr) told->open();
    };
    const auto id = "msg_" + hex_of(number);
    // 53 bits fill a double's mantissa: evenly spread over [0, 1).
    const auto share = static_cast<double>(scramble(number, 0, 1) >> 11) * 0x1p-53;
    if (copies == 0 || share < by.set.number("webhook_loss")) {
      ledger().add(vendor_ledger::webhook{id, job->id, what, 0, 0, "lost", by.now});
      open();
      return std::nullopt;
    }
    for (std::int64_t copy = 0; copy < copies; ++copy) {
      if (auto why = webhooks_.send({id, what, by.wanted.callback_url, text, job}, after, open)) {
        return why;
      }
    }
    return std::nullopt;
  }

  const std::uint64_t seed_;
  webhooks webhooks_;
};

template <class Vendor>
std::unique_ptr<stand_in> make(const surroundings& around) {
  return std::make_unique<Vendor>(around);
}

}  // namespace

constexpr service sync_service{"vendor_sync", on_port, "/sync", sync_knobs, &make<sync_vendor>};
constexpr service async_service{"vendor_async", on_port, "/async", async_knobs,
                                &make<async_vendor>};

}  // namespace tributary::providers::mock::vendors
