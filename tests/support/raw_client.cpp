// SPDX-License-Identifier: MIT
#include "support/raw_client.hpp"

#include "support/loopback.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <stdexcept>
#include <utility>

namespace tributary::tests {

using std::chrono::steady_clock;

raw_client::raw_client(std::uint16_t port)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const auto to = loopback(port);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
    ::close(socket_);
    throw std::runtime_error("cannot connect to the server under test");
  }
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

raw_client::raw_client(const std::string& socket_path)
    : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const auto to = unix_socket(socket_path);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
    ::close(socket_);
    throw std::runtime_error("cannot connect to the server under test");
  }
}

raw_client::~raw_client() { close(); }

bool raw_client::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void raw_client::finish_sending() { ::shutdown(socket_, SHUT_WR); }

void raw_client::close(bool reset) {
  if (socket_ < 0) return;
  if (reset) {
    const linger now{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  }
  ::close(socket_);
  socket_ = -1;
}

bool raw_client::fill(steady_clock::time_point deadline) {
  using std::chrono::ceil;
  using std::chrono::milliseconds;
  const auto left = ceil<milliseconds>(deadline - steady_clock::now()).count();
  pollfd wait{socket_, POLLIN, 0};
  if (::poll(&wait, 1, static_cast<int>(std::max<long long>(left, 0))) <= 0) return false;
  static thread_local char bytes[256 * 1024];
  const auto size = ::recv(socket_, bytes, sizeof bytes, 0);
  if (size <= 0) {
    closed_ = true;
    return false;
  }
  input_.append(bytes, static_cast<std::size_t>(size));
  return true;
}

std::string raw_client::read_answer(bool head_only) {
  const auto deadline = steady_clock::now() + patience;
  std::size_t head = 0;
  while ((head = input_.find("\r\n\r\n")) == std::string::npos) {
    if (!fill(deadline)) return {};
  }
  head += 4;
  const auto length =
      head_only ? std::string{} : header_of(input_.substr(0, head), "Content-Length");
  const auto size = head + std::strtoul(length.c_str(), nullptr, 10);
  while (input_.size() < size) {
    if (!fill(deadline)) return {};
  }
  auto answer = input_.substr(0, size);
  input_.erase(0, size);
  return answer;
}

bool raw_client::skip_some(std::size_t most) {
  static thread_local char bytes[64 * 1024];
  pollfd wait{socket_, POLLIN, 0};
  if (::poll(&wait, 1, static_cast<int>(patience.count())) <= 0) return false;
  if (::recv(socket_, bytes, std::min(most, sizeof bytes), 0) > 0) return true;
  closed_ = true;
  return false;
}

std::string raw_client::read_to_end(std::chrono::milliseconds limit) {
  const auto deadline = steady_clock::now() + limit;
  while (fill(deadline)) {
  }
  return std::exchange(input_, {});
}

bool raw_client::read_until(std::string_view text, std::chrono::milliseconds limit) {
  const auto deadline = steady_clock::now() + limit;
  while (input_.find(text) == std::string::npos) {
    if (!fill(deadline)) return false;
  }
  return true;
}

std::string header_of(std::string_view answer, std::string_view name) {
  const auto same = [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) ==
           std::tolower(static_cast<unsigned char>(b));
  };
  auto head = answer.substr(0, answer.find("\r\n\r\n"));
  while (!head.empty()) {
    const auto end = std::min(head.find("\r\n"), head.size());
    const auto line = head.substr(0, end);
    head.remove_prefix(std::min(end + 2, head.size()));
    if (line.size() <= name.size() || line[name.size()] != ':') continue;
    if (!std::equal(name.begin(), name.end(), line.begin(), same)) continue;
    const auto value = line.find_first_not_of(' ', name.size() + 1);
    return value == line.npos ? std::string{} : std::string(line.substr(value));
  }
  return {};
}

int status_of(std::string_view answer) {
  if (answer.size() < 12 || answer.substr(0, 9) != "HTTP/1.1 ") return 0;
  return std::atoi(std::string(answer.substr(9, 3)).c_str());
}

std::string body_of(std::string_view answer) {
  const auto end = answer.find("\r\n\r\n");
  return end == answer.npos ? std::string{} : std::string(answer.substr(end + 4));
}

}  // namespace tributary::tests
