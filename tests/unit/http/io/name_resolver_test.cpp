// SPDX-License-Identifier: MIT
#include "http/io/name_resolver.hpp"

#include <catch2/catch.hpp>

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace tributary::http::io {

using namespace std::chrono_literals;

namespace {

/// Look-ups of names that begin with `slow` hang until `release`; what has come of which.
class name_service {
 public:
  ~name_service() { release(); }

  blocking_look_up look_up() {
    return [this](const std::string& host) {
      std::unique_lock lock{mutex_};
      ++asked_[host];
      threads_.insert(std::this_thread::get_id());
      changed_.notify_all();
      if (host.starts_with("slow")) changed_.wait(lock, [this] { return released_; });
      return resolution{{boost::asio::ip::make_address("127.0.0.1")}, {}};
    };
  }

  name_resolver::callback answer_to(const std::string& host) {
    return [this, host](const resolution&) {
      const std::lock_guard lock{mutex_};
      ++answered_[host];
      changed_.notify_all();
    };
  }

  bool await_asked(const std::string& host) {
    return await([&] { return asked_[host] > 0; });
  }
  bool await_answered(const std::string& host, int times = 1) {
    return await([&] { return answered_[host] == times; });
  }
  int asked(const std::string& host) {
    const std::lock_guard lock{mutex_};
    return asked_[host];
  }
  std::size_t threads() {
    const std::lock_guard lock{mutex_};
    return threads_.size();
  }

  void release() {
    const std::lock_guard lock{mutex_};
    released_ = true;
    changed_.notify_all();
  }

 private:
  template <class Condition>
  bool await(Condition met) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, 10s, met);
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool released_ = false;
  std::map<std::string, int> asked_;
  std::map<std::string, int> answered_;
  std::set<std::thread::id> threads_;
};

}  // namespace

TEST_CASE("a look-up waits for no other name's", "[io][resolver]") {
  name_service names;
  const auto resolver = make_threaded_resolver(names.look_up());
  std::vector<std::string> slow;
  for (int i = 0; i < 40; ++i) slow.push_back("slow" + std::to_string(i) + ".test");
  for (const auto& each : slow) resolver->resolve(each, names.answer_to(each));
  resolver->resolve("quick.test", names.answer_to("quick.test"));
  CHECK(names.await_answered("quick.test"));
  names.release();
  for (const auto& each : slow) CHECK(names.await_answered(each));
}

TEST_CASE("whoever asks for a name that is being looked up shares the answer", "[io][resolver]") {
  name_service names;
  const auto resolver = make_threaded_resolver(names.look_up());
  for (int i = 0; i < 3; ++i) resolver->resolve("slow.test", names.answer_to("slow.test"));
  REQUIRE(names.await_asked("slow.test"));
  resolver->resolve("slow.test", names.answer_to("slow.test"));
  names.release();
  CHECK(names.await_answered("slow.test", 4));
  CHECK(names.asked("slow.test") == 1);
  resolver->resolve("slow.test", names.answer_to("slow.test"));
  CHECK(names.await_answered("slow.test", 5));
  CHECK(names.asked("slow.test") == 2);
}

TEST_CASE("there are no more threads than allowed, and what is left over is done later",
          "[io][resolver]") {
  name_service names;
  const auto resolver = make_threaded_resolver(names.look_up(), {.max_threads = 2});
  const std::vector<std::string> slow{"slow1.test", "slow2.test", "slow3.test"};
  for (const auto& each : slow) resolver->resolve(each, names.answer_to(each));
  REQUIRE(names.await_asked("slow1.test"));
  REQUIRE(names.await_asked("slow2.test"));
  CHECK(names.asked("slow3.test") == 0);
  names.release();
  for (const auto& each : slow) CHECK(names.await_answered(each));
  CHECK(names.threads() == 2);
}

TEST_CASE("a thread without work ends, and another is started when there is some",
          "[io][resolver]") {
  name_service names;
  const auto resolver = make_threaded_resolver(names.look_up(), {.max_threads = 1, .idle = 0ms});
  for (int i = 1; i <= 20; ++i) {
    resolver->resolve("quick.test", names.answer_to("quick.test"));
    REQUIRE(names.await_answered("quick.test", i));
  }
}

TEST_CASE("without a single thread a look-up fails at once", "[io][resolver]") {
  const auto resolver =
      make_threaded_resolver([](const std::string&) { return resolution{}; }, {.max_threads = 0});
  std::string why;
  resolver->resolve("a.test", [&](const resolution& found) { why = found.error; });
  CHECK(why == "no thread for the look-up");
}

TEST_CASE("a resolver may end while look-ups hang", "[io][resolver]") {
  name_service names;
  auto resolver = make_threaded_resolver(names.look_up(), {.max_threads = 1});
  resolver->resolve("slow.test", names.answer_to("slow.test"));
  REQUIRE(names.await_asked("slow.test"));
  resolver->resolve("quick.test", names.answer_to("quick.test"));
  resolver = nullptr;
  names.release();
  CHECK(names.await_answered("slow.test"));
  CHECK(names.asked("quick.test") == 0);
}

}  // namespace tributary::http::io
