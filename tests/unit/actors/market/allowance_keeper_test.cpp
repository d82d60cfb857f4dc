// SPDX-License-Identifier: MIT
#include "actors/market/allowance_keeper.hpp"

#include "actors/telemetry/logging.hpp"
#include "unit/actors/store/actor_fixture.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

namespace tributary::tests {

namespace {

using namespace std::chrono_literals;
using namespace actors;
using namespace actors::market;
using providers::redis::failure;
using providers::redis::reply;
using providers::redis::reply_kind;
using providers::redis::result;
using providers::storage::read_usage;
using providers::storage::stored_usage;
using providers::storage::usage_file_name;
namespace fs = std::filesystem;

const std::chrono::sys_days date{std::chrono::year{2026} / 11 / 20};

/// A Redis that knows INCRBY, GET and EXPIRE.
struct allowance_memory {
  std::map<std::string, std::int64_t> counts;
  std::map<std::string, std::string> expiries;
  std::size_t batches = 0;
  failure away = failure::none;
  bool silent = false;
  std::vector<std::shared_ptr<store::redis_call>> held;
};

class allowance_redis final : public runtime::observed_actor {
 public:
  allowance_redis(caf::actor_config& cfg, allowance_memory& data)
      : observed_actor(cfg, "/test/redis", "redis"), data_(data) {}

  caf::behavior make_behavior() override {
    return {[this](redis_request& m) {
      ++data_.batches;
      if (data_.silent) return data_.held.push_back(std::move(m.call));
      if (data_.away != failure::none) return m.call->fail(data_.away);
      std::vector<result> results;
      for (const auto& each : m.call->commands()) results.push_back({failure::none, run(each)});
      m.call->answer(std::move(results));
    }};
  }

 private:
  reply run(const store::redis_command& words) {
    if (words[0] == "INCRBY") {
      return {reply_kind::integer, data_.counts[words[1]] += std::stoll(words[2]), {}, {}};
    }
    if (words[0] == "EXPIRE") {
      data_.expiries[words[1]] = words[2];
      return {reply_kind::integer, 1, {}, {}};
    }
    const auto found = data_.counts.find(words[1]);
    if (words[0] != "GET" || found == data_.counts.end()) return {};
    return {reply_kind::text, 0, std::to_string(found->second), {}};
  }

  allowance_memory& data_;
};

config::upstream_settings any_upstream() {
  config::upstream_settings upstream;
  upstream.name = "any";
  return upstream;
}

struct keeper_fixture : actor_fixture {
  keeper_fixture() : actor_fixture(any_upstream()) {
    auto name = (fs::temp_directory_path() / "keeper-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    folder = name;
    redis_place = place_of(sys.spawn<allowance_redis>(data));
    run();
  }
  ~keeper_fixture() {
    data.held.clear();
    end(redis_place->current());
    fs::remove_all(folder);
  }

  static std::shared_ptr<guarded_allowance> make(config::call_allowance limits) {
    return std::make_shared<guarded_allowance>(limits, 0.8, 24h);
  }
  /// A keeper of `scarce`, `plenty` and what is in `more`.
  caf::actor keeper(bool with_redis = false) {
    allowance_keeper_wiring wiring;
    wiring.allowances = {{"scarce", scarce}, {"plenty", plenty}};
    wiring.data_dir = data_dir.empty() ? folder.string() : data_dir;
    if (with_redis) wiring.redis = supervision::supervised_ref{redis_place};
    wiring.today = [this] { return today; };
    auto actor = sys.spawn<allowance_keeper>("/market/keeper", std::move(wiring));
    run();
    return caf::actor_cast<caf::actor>(actor);
  }
  void use(guarded_allowance& which, purpose why = purpose::demand) {
    REQUIRE(which.value.take(why, now += 1min, today).allowed);
  }
  allowance_usage known() const { return scarce->value.usage(today); }
  std::vector<stored_usage> stored() const { return read_usage(folder.string()).values; }
  stored_usage of_scarce(std::uint64_t day, std::uint64_t loop, std::uint64_t month) const {
    return {"scarce", std::chrono::floor<std::chrono::days>(today), day, loop, month, loop};
  }

  allowance_memory data;
  fs::path folder;
  std::string data_dir;
  supervision::slot_ptr redis_place;
  system_time today = date + 12h;
  steady_time now = steady_time{} + 1h;
  std::shared_ptr<guarded_allowance> scarce = make({0, 0, 25, 0});
  std::shared_ptr<guarded_allowance> plenty = make({5, 0, 0, 0});
};

}  // namespace

TEST_CASE("counts of calls survive a restart of the process", "[keeper]") {
  keeper_fixture f;
  auto first = f.keeper();
  f.use(*f.scarce, purpose::loop);
  f.use(*f.scarce);
  f.use(*f.plenty);
  f.tell(first, allowance_used{});
  CHECK(f.stored() == std::vector<stored_usage>{f.of_scarce(2, 1, 2)});
  f.end(first);

  f.scarce = keeper_fixture::make({0, 0, 25, 0});
  auto second = f.keeper();
  CHECK(f.known() == allowance_usage{date, {2, 1}, {2, 1}});
  f.use(*f.scarce);
  f.tell(second, allowance_used{});
  CHECK(f.stored() == std::vector<stored_usage>{f.of_scarce(3, 1, 3)});
  f.end(second);

  f.today += 24h;
  f.scarce = keeper_fixture::make({0, 0, 25, 0});
  f.end(f.keeper());
  CHECK(f.known() == allowance_usage{date + std::chrono::days{1}, {0, 0}, {3, 1}});
}

TEST_CASE("many uses are saved together, and the last ones at the end", "[keeper]") {
  keeper_fixture f;
  auto keeper = f.keeper();
  for (int i = 0; i < 5; ++i) {
    f.use(*f.scarce);
    f.tell(keeper, allowance_used{});
  }
  CHECK(f.stored() == std::vector<stored_usage>{f.of_scarce(1, 0, 1)});
  SECTION("a moment later") {
    f.pass_time();
    CHECK(f.stored() == std::vector<stored_usage>{f.of_scarce(5, 0, 5)});
    f.pass_time();
    f.use(*f.scarce);
    f.tell(keeper, allowance_used{});
    CHECK(f.stored() == std::vector<stored_usage>{f.of_scarce(6, 0, 6)});
  }
  SECTION("at its end") {
    caf::anon_send_exit(keeper, caf::exit_reason::user_shutdown);
    f.run();
    CHECK(f.stored() == std::vector<stored_usage>{f.of_scarce(5, 0, 5)});
  }
  f.end(keeper);
}

TEST_CASE("a keeper that failed counts nothing twice", "[keeper]") {
  keeper_fixture f;
  auto first = f.keeper(true);
  f.use(*f.scarce);
  f.use(*f.scarce);
  f.tell(first, allowance_used{});
  f.end(first);
  f.use(*f.scarce);
  auto second = f.keeper(true);
  CHECK(f.known().day.all == 3);
  CHECK(f.stored() == std::vector<stored_usage>{f.of_scarce(3, 0, 3)});
  CHECK(f.data.counts["market:calls:scarce:2026-11-20"] == 3);
  f.end(second);
}

TEST_CASE("what concerns no count by day or month is not written", "[keeper]") {
  keeper_fixture f;
  auto keeper = f.keeper(true);
  f.use(*f.scarce);
  f.tell(keeper, allowance_used{});
  fs::remove(f.folder / usage_file_name);
  f.pass_time();
  f.use(*f.plenty);
  f.tell(keeper, allowance_used{});
  CHECK_FALSE(fs::exists(f.folder / usage_file_name));
  for (const auto& [key, count] : f.data.counts) CHECK(key.find("plenty") == std::string::npos);
  f.end(keeper);
}

TEST_CASE("counts of providers that are not there now are kept for their month", "[keeper]") {
  keeper_fixture f;
  const stored_usage other{"other", date - std::chrono::days{1}, 1, 0, 7, 0};
  const stored_usage old{"old", date - std::chrono::days{30}, 1, 0, 7, 0};
  REQUIRE(providers::storage::write_usage(f.folder.string(), {other, old}).empty());
  auto keeper = f.keeper();
  f.use(*f.scarce);
  f.tell(keeper, allowance_used{});
  CHECK(f.stored() == std::vector<stored_usage>{other, f.of_scarce(1, 0, 1)});
  f.end(keeper);
}

TEST_CASE("instances count together in Redis", "[keeper]") {
  keeper_fixture f;
  f.data.counts = {{"market:calls:scarce:2026-11-20", 4},
                   {"market:calls:scarce:2026-11-20:loop", 3},
                   {"market:calls:scarce:2026-11", 40}};
  auto keeper = f.keeper(true);
  CHECK(f.known() == allowance_usage{date, {4, 3}, {40, 0}});
  f.use(*f.scarce, purpose::loop);
  f.use(*f.scarce);
  f.tell(keeper, allowance_used{});
  CHECK(f.data.counts ==
        std::map<std::string, std::int64_t>{{"market:calls:scarce:2026-11-20", 6},
                                            {"market:calls:scarce:2026-11-20:loop", 4},
                                            {"market:calls:scarce:2026-11", 42},
                                            {"market:calls:scarce:2026-11:loop", 1}});
  CHECK(f.data.expiries["market:calls:scarce:2026-11-20"] == "172800");
  CHECK(f.data.expiries["market:calls:scarce:2026-11:loop"] == "3456000");
  CHECK(f.known() == allowance_usage{date, {6, 4}, {42, 1}});

  f.data.counts["market:calls:scarce:2026-11-20"] += 10;  // others
  f.pass_time();
  CHECK(f.known().day == used_calls{16, 4});
  f.data.counts.clear();  // Redis has lost everything
  f.pass_time();
  CHECK(f.known().day == used_calls{16, 4});
  f.end(keeper);
}

TEST_CASE("while Redis is away calls are counted here, and told later", "[keeper]") {
  keeper_fixture f;
  f.data.away = GENERATE(failure::not_connected, failure::timed_out);
  auto keeper = f.keeper(true);
  f.use(*f.scarce);
  f.tell(keeper, allowance_used{});
  CHECK(f.known().day.all == 1);
  CHECK(f.data.counts.empty());
  f.data.away = failure::none;
  f.pass_time();
  f.pass_time();
  CHECK(f.data.counts["market:calls:scarce:2026-11-20"] == 1);
  CHECK(f.known().day.all == 1);
  f.end(keeper);
}

TEST_CASE("nothing is told twice while an answer is awaited", "[keeper]") {
  keeper_fixture f;
  f.data.silent = true;
  auto keeper = f.keeper(true);
  CHECK(f.data.batches == 1);
  f.use(*f.scarce);
  f.tell(keeper, allowance_used{});
  f.pass_time();
  f.pass_time();
  CHECK(f.data.batches == 1);
  f.data.silent = false;
  f.data.held.front()->fail(failure::timed_out);
  f.run();
  CHECK(f.data.batches == 2);
  CHECK(f.data.counts["market:calls:scarce:2026-11-20"] == 1);
  f.end(keeper);
}

TEST_CASE("a new day has a new count in Redis, a month goes on", "[keeper]") {
  keeper_fixture f;
  auto keeper = f.keeper(true);
  f.use(*f.scarce);
  f.tell(keeper, allowance_used{});
  f.today += 24h;
  f.pass_time();
  f.use(*f.scarce);
  f.tell(keeper, allowance_used{});
  CHECK(f.data.counts["market:calls:scarce:2026-11-20"] == 1);
  CHECK(f.data.counts["market:calls:scarce:2026-11-21"] == 1);
  CHECK(f.data.counts["market:calls:scarce:2026-11"] == 2);
  CHECK(f.known() == allowance_usage{date + std::chrono::days{1}, {1, 0}, {2, 0}});
  f.end(keeper);
}

TEST_CASE("a folder that cannot be written is told of once, and nothing else fails", "[keeper]") {
  keeper_fixture f;
  std::string lines;
  telemetry::log().start({}, [&](std::string_view line) { lines += line; });
  std::ofstream{f.folder / "file"} << "x";
  f.data_dir = (f.folder / "file" / "below").string();
  auto keeper = f.keeper();
  for (int i = 0; i < 3; ++i) {
    f.use(*f.scarce);
    f.tell(keeper, allowance_used{});
    f.pass_time();
  }
  f.end(keeper);
  telemetry::log().stop();
  CHECK(f.known().day.all == 3);
  const auto first = lines.find("\"allowance.unsaved\"");
  CHECK(first != std::string::npos);
  CHECK(lines.find("\"allowance.unsaved\"", first + 1) == std::string::npos);
}

TEST_CASE("a file that is not ours is told of and set aside", "[keeper]") {
  keeper_fixture f;
  std::string lines;
  telemetry::log().start({}, [&](std::string_view line) { lines += line; });
  std::ofstream{f.folder / usage_file_name} << "precious";
  auto keeper = f.keeper();
  f.use(*f.scarce);
  f.tell(keeper, allowance_used{});
  f.end(keeper);
  telemetry::log().stop();
  CHECK(lines.find("\"allowance.unreadable\"") != std::string::npos);
  CHECK(f.stored() == std::vector<stored_usage>{f.of_scarce(1, 0, 1)});
  CHECK(fs::exists(f.folder / (std::string{usage_file_name} + ".broken")));
}

TEST_CASE("without a folder and a Redis the keeper only listens", "[keeper]") {
  keeper_fixture f;
  allowance_keeper_wiring wiring;
  wiring.allowances = {{"scarce", f.scarce}};
  auto keeper = f.sys.spawn<allowance_keeper>("/market/keeper", std::move(wiring));
  f.use(*f.scarce);
  f.tell(caf::actor_cast<caf::actor>(keeper), allowance_used{});
  CHECK(f.known().day.all == 1);
  f.end(caf::actor_cast<caf::actor>(keeper));
}

}  // namespace tributary::tests
