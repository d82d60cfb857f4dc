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

struct job {
  std::string host;
  name_resolver::callback done;
};

/// Shared by the resolver and its threads, so that a thread that hangs in getaddrinfo can outlive
/// it.
struct job_queue {
  std::mutex mutex;
  std::condition_variable wake;
  std::deque<job> jobs;
  unsigned threads = 0;
  unsigned idle = 0;
  bool stopped = false;
};

void work(const std::shared_ptr<job_queue>& queue) {
  std::unique_lock lock{queue->mutex};
  for (;;) {
    ++queue->idle;
    queue->wake.wait(lock, [&] { return queue->stopped || !queue->jobs.empty(); });
    --queue->idle;
    if (queue->stopped) return;
    auto next = std::move(queue->jobs.front());
    queue->jobs.pop_front();
    lock.unlock();
    next.done(look_up(next.host));
    next = {};
    lock.lock();
  }
}

class system_resolver final : public name_resolver {
 public:
  explicit system_resolver(unsigned max_threads) : max_threads_(max_threads) {}

  ~system_resolver() override {
    const std::lock_guard lock{queue_->mutex};
    queue_->stopped = true;
    queue_->jobs.clear();
    queue_->wake.notify_all();
  }

  void resolve(const std::string& host, callback done) override {
    std::unique_lock lock{queue_->mutex};
    queue_->jobs.push_back({host, std::move(done)});
    if (queue_->idle < queue_->jobs.size() && queue_->threads < max_threads_) start_thread();
    if (queue_->threads == 0) {
      auto refused = std::move(queue_->jobs.back());
      queue_->jobs.pop_back();
      lock.unlock();
      refused.done({{}, "no thread for the look-up"});
      return;
    }
    queue_->wake.notify_one();
  }

 private:
  void start_thread() {
    try {
      std::thread{[queue = queue_] { work(queue); }}.detach();
      ++queue_->threads;
    } catch (const std::system_error&) {
      // The threads that are there do it later; without any, the look-up fails.
    }
  }

  unsigned max_threads_;
  std::shared_ptr<job_queue> queue_ = std::make_shared<job_queue>();
};

}  // namespace

std::shared_ptr<name_resolver> make_system_resolver(unsigned max_threads) {
  return std::make_shared<system_resolver>(max_threads);
}

}  // namespace tributary::http::io
