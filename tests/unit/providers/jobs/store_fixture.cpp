// SPDX-License-Identifier: MIT
#include "store_fixture.hpp"

#include "providers/jobs/sqlite/sqlite_job_store.hpp"
#include "support/memory_folder.hpp"

#include <catch2/catch.hpp>

#include <random>

namespace tributary::tests {

namespace {

constexpr instant beginning{milliseconds{1'764'547'200'000}};

class sqlite_place final : public store_place {
 public:
  std::unique_ptr<job_store> open() override {
    sqlite_job_settings settings;
    settings.folder = folder_.path().string();
    settings.clock = [this] { return now_; };
    return make_sqlite_job_store(std::move(settings));
  }
  instant now() override { return now_; }
  void set_clock(instant to) override { now_ = to; }

 private:
  memory_folder folder_;
  instant now_ = beginning;
};

}  // namespace

const std::vector<store_engine>& store_engines() {
  static const std::vector<store_engine> result{
      {"sqlite", [] { return std::make_unique<sqlite_place>(); }}};
  return result;
}

const store_engine& each_engine() {
  const auto index = GENERATE(range(std::size_t{0}, store_engines().size()));
  return store_engines()[index];
}

digest digest_of(std::string_view text) {
  digest result{};
  for (std::size_t i = 0; i < text.size(); ++i) {
    result[i % result.size()] =
        static_cast<std::uint8_t>(result[i % result.size()] * 31 + text[i] + 1);
  }
  return result;
}

store_fixture::store_fixture(const store_engine& engine)
    : place_(engine.make()),
      ids_([random = std::mt19937_64{1}]() mutable { return random(); }),
      store_(place_->open()),
      writer_(store_->open_writer()),
      reader_(store_->open_reader()) {
  UNSCOPED_INFO("engine: " << engine.name);
}

void store_fixture::restart() {
  reader_.reset();
  writer_.reset();
  store_.reset();
  store_ = place_->open();
  writer_ = store_->open_writer();
  reader_ = store_->open_reader();
}

// -- writes ---------------------------------------------------------------------------------------

job_id store_fixture::new_id() { return ids_.next(now()); }

new_job store_fixture::wish(std::string vendor) {
  new_job result;
  result.id = new_id();
  result.vendor = std::move(vendor);
  result.payload = R"({"query":"x"})";
  result.max_attempts = 3;
  result.webhook_token = "token";
  return result;
}

accept store_fixture::accepting(std::vector<new_job> wanted) {
  struct accept result;
  for (auto& each : wanted) result.jobs.push_back({std::move(each), {}});
  result.most_queued = 1'000'000;
  result.keep_keys_for = hours{24};
  result.answer_of_one = [](const accepted_job& each, instant) {
    return kept_answer{202, each.id.text()};
  };
  result.answer_of_all = [](std::span<const accepted_job> all, instant) {
    kept_answer answer{202, {}};
    for (const auto& each : all) {
      if (each.what == accepted_job::kind::queue_full) answer.status = 503;
      answer.body.append(each.id.text()).append("\n");
    }
    return answer;
  };
  return result;
}

accepted_job store_fixture::take(new_job wanted) {
  auto result = carry_out<accept_result>(accepting({std::move(wanted)}));
  REQUIRE(result.jobs.size() == 1);
  return result.jobs[0];
}

job_id store_fixture::accept(new_job wanted) {
  const auto result = take(std::move(wanted));
  REQUIRE(result.what == accepted_job::kind::accepted);
  return result.id;
}

std::vector<job> store_fixture::claim(std::size_t most, std::string vendor) {
  struct claim asked;
  asked.vendor = std::move(vendor);
  asked.most = most;
  asked.holder = "here";
  asked.lease = seconds{30};
  return carry_out<claim_result>(std::move(asked)).jobs;
}

job store_fixture::running(new_job wanted) {
  const auto id = accept(wanted);
  auto claimed = claim(1, wanted.vendor);
  REQUIRE(claimed.size() == 1);
  REQUIRE(claimed[0].id == id);
  return claimed[0];
}

job store_fixture::awaiting(std::string reference, milliseconds deadline) {
  auto result = running();
  REQUIRE(settle(result, settle::await{std::move(reference), deadline}).settled);
  return result;
}

renew_result store_fixture::renew(const job& of, milliseconds lease) {
  return carry_out<renew_result>(providers::jobs::renew{{{of.id, of.attempt}}, lease});
}

take_webhook store_fixture::webhook(const job_id& id, std::string data) {
  take_webhook result;
  result.vendor = "v";
  result.id = id;
  result.what = take_webhook::done{std::move(data)};
  result.keep_ids_for = hours{168};
  result.keep_orphans_for = hours{24};
  return result;
}

take_webhook store_fixture::webhook(std::string reference, std::string data) {
  auto result = webhook(job_id{}, std::move(data));
  result.id.reset();
  result.reference = std::move(reference);
  return result;
}

reap_result store_fixture::reap(std::size_t most, milliseconds retention) {
  return carry_out<reap_result>(providers::jobs::reap{most, retention, false});
}

reap_result store_fixture::reap_all_leases() {
  return carry_out<reap_result>(providers::jobs::reap{100, hours{168}, true});
}

// -- reads ----------------------------------------------------------------------------------------

job store_fixture::get(const job_id& id) {
  auto found = reader_->find(id);
  REQUIRE(found);
  return std::move(*found);
}

std::string store_fixture::story(const job_id& id) {
  std::string result;
  for (const auto& each : reader_->events(id, 0, 1'000)) {
    if (!result.empty()) result += ' ';
    result += each.what == job_event::kind::progress
                  ? "~"
                  : std::string{status_text(each.state, each.run_at, each.at)};
  }
  return result;
}

std::vector<job_id> store_fixture::list(const list_filter& filter) {
  std::vector<job_id> result;
  for (const auto& each : reader_->list(filter)) result.push_back(each.id);
  return result;
}

}  // namespace tributary::tests
