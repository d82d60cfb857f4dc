// SPDX-License-Identifier: MIT
#include "http/io/name_resolver.hpp"

#include <netdb.h>
#include <sys/socket.h>

#include <boost/asio/ip/basic_endpoint.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>
#include <unordered_map>
#include <utility>

namespace tributary::http::io {

namespace {

resolution look_up(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* list = nullptr;
  const auto code = ::getaddrinfo(host.c_str(), nullptr, &hints, &list);
  resolution result;
  if (code != 0) {
    result.error = ::gai_strerror(code);
    return result;
  }
  for (const auto* entry = list; entry != nullptr; entry = entry->ai_next) {
    boost::asio::ip::tcp::endpoint endpoint;
    if (entry->ai_addrlen > endpoint.capacity()) continue;
    std::memcpy(endpoint.data(), entry->ai_addr, entry->ai_addrlen);
    result.addresses.push_back(endpoint.address());
  }
  ::freeaddrinfo(list);
  if (result.addresses.empty()) result.error = "no address";
  return result;
}

/// Shared by the resolver and its threads, so that a thread that hangs in a look-up can outlive it.
struct look_up_queue {
  blocking_look_up look_up;
  resolver_limits limits;
  std::mutex mutex;  ///< guards the rest
  std::condition_variable wake;
  std::unordered_map<std::string, std::vector<name_resolver::callback>> asked;  ///< by name
  std::deque<std::string> waiting;  ///< those of the names that no thread has taken yet
  unsigned threads = 0;
  unsigned idle = 0;
  bool stopped = false;
};

void serve_look_ups(const std::shared_ptr<look_up_queue>& queue) {
  std::unique_lock lock{queue->mutex};
  for (;;) {
    ++queue->idle;
    queue->wake.wait_for(lock, queue->limits.idle,
                         [&] { return queue->stopped || !queue->waiting.empty(); });
    --queue->idle;
    if (queue->stopped || queue->waiting.empty()) break;
    const auto host = std::move(queue->waiting.front());
    queue->waiting.pop_front();
    lock.unlock();
    auto found = queue->look_up(host);
    lock.lock();
    auto told = queue->asked.extract(host);
    lock.unlock();
    if (!told.empty()) {
      for (const auto& done : told.mapped()) done(found);
      told.mapped().clear();
    }
    lock.lock();
  }
  --queue->threads;
}

class threaded_resolver final : public name_resolver {
 public:
  threaded_resolver(blocking_look_up look_up, resolver_limits limits) {
    queue_->look_up = std::move(look_up);
    queue_->limits = limits;
  }

  ~threaded_resolver() override {
    const std::lock_guard lock{queue_->mutex};
    queue_->stopped = true;
    for (const auto& host : queue_->waiting) queue_->asked.erase(host);
    queue_->waiting.clear();
    queue_->wake.notify_all();
  }

  void resolve(const std::string& host, callback done) override {
    std::unique_lock lock{queue_->mutex};
    auto& who = queue_->asked[host];
    who.push_back(std::move(done));
    if (who.size() > 1) return;  // it is being looked up
    queue_->waiting.push_back(host);
    const auto needed = queue_->idle < queue_->waiting.size();
    if (needed && queue_->threads < queue_->limits.max_threads) start_thread();
    if (queue_->threads > 0) return queue_->wake.notify_one();
    queue_->waiting.pop_back();
    const auto refused = queue_->asked.extract(host);
    lock.unlock();
    refused.mapped().front()({{}, "no thread for the look-up"});
  }

 private:
  void start_thread() {
    try {
      std::thread{[queue = queue_] { serve_look_ups(queue); }}.detach();
      ++queue_->threads;
    } catch (const std::system_error&) {
      // The threads that are there do it later; without any, the look-up fails.
    }
  }

  std::shared_ptr<look_up_queue> queue_ = std::make_shared<look_up_queue>();
};

}  // namespace

std::shared_ptr<name_resolver> make_threaded_resolver(blocking_look_up look_up,
                                                      resolver_limits limits) {
  return std::make_shared<threaded_resolver>(std::move(look_up), limits);
}

std::shared_ptr<name_resolver> make_system_resolver() { return make_threaded_resolver(look_up); }

}  // namespace tributary::http::io
