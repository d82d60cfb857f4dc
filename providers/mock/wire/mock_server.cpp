// SPDX-License-Identifier: MIT
#include "providers/mock/wire/mock_server.hpp"

#include "providers/mock/desk/service_set.hpp"
#include "providers/mock/wire/front.hpp"
#include "providers/mock/wire/listener.hpp"
#include "providers/mock/wire/webhook_sender.hpp"

#include <boost/asio/ip/address.hpp>

#include <chrono>
#include <utility>

namespace tributary::providers::mock {

/// A listener and what answers there.
struct mock_server::opened {
  opened(const service_set& services, const port_flag& on, std::size_t threads)
      : answers(services, on), listens(threads, answers) {}

  front answers;
  listener listens;
};

mock_server::mock_server(mock_options options)
    : options_(std::move(options)),
      sender_(std::make_unique<webhook_sender>()),
      services_(std::make_unique<service_set>(options_.services, options_.initial, options_.seed,
                                              *sender_, &std::chrono::system_clock::now,
                                              options_.webhook_secret)) {}

mock_server::~mock_server() { stop(); }

std::optional<std::string> mock_server::start() {
  if (options_.threads < 1 || options_.threads > 64) return "threads must be 1 to 64";
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(options_.address, error);
  if (error) return options_.address + " is not an IP address";
  std::vector<std::unique_ptr<opened>> listeners;
  for (const auto& each : options_.ports) {
    listeners.push_back(std::make_unique<opened>(*services_, *each.on, options_.threads));
    error = listeners.back()->listens.open({address, each.number});
    if (error) return origin_of(each.number) + ": " + error.message();
  }
  listeners_ = std::move(listeners);
  sender_->start();
  for (const auto& each : listeners_) each->listens.start();
  return std::nullopt;
}

std::string mock_server::origin_of(std::uint16_t port) const {
  const auto is_v6 = options_.address.find(':') != std::string::npos;
  const auto host = is_v6 ? '[' + options_.address + ']' : options_.address;
  return host + ':' + std::to_string(port);
}

std::uint16_t mock_server::port(std::string_view service) const {
  const auto& on = services_->get(service).what.on;
  for (std::size_t i = 0; i < listeners_.size(); ++i) {
    if (options_.ports[i].on == &on) return listeners_[i]->listens.port();
  }
  return 0;
}

std::string mock_server::url(std::string_view service) const {
  return "http://" + origin_of(port(service)) + std::string{services_->get(service).what.path};
}

std::string mock_server::overview() const {
  std::string result;
  for (std::size_t i = 0; i < listeners_.size(); ++i) {
    if (!result.empty()) result += ", ";
    result.append(options_.ports[i].on->serves).append(" on http://");
    result += origin_of(listeners_[i]->listens.port());
  }
  return result;
}

void mock_server::stop() {
  // First who may let an answer go: its connection's loop must still be there.
  sender_->stop();
  for (const auto& each : listeners_) each->listens.stop();
  listeners_.clear();
}

void mock_server::set(std::string_view service, const knob_settings& values) {
  services_->set(service, values);
}

std::uint64_t mock_server::requests(std::string_view service) const {
  return services_->get(service).own_desk.counts().requests();
}

}  // namespace tributary::providers::mock
