// SPDX-License-Identifier: MIT
#include "support/stub_upstream.hpp"

#include "support/loopback.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <utility>

namespace tributary::tests {

namespace {

constexpr auto patience = std::chrono::seconds{10};

/// A socket that is bound, but not listening yet. Port 0: a free one.
std::pair<int, std::uint16_t> bound_socket(std::uint16_t port = 0, std::uint8_t host = 1) {
  const auto descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto address = loopback(port, host);
  socklen_t size = sizeof address;
  const int on = 1;
  ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (descriptor < 0 || ::bind(descriptor, generic, size) != 0 ||
      ::getsockname(descriptor, generic, &size) != 0) {
    throw std::runtime_error("no free port");
  }
  return {descriptor, ntohs(address.sin_port)};
}

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

std::string reason_line(int status) { return "HTTP/1.1 " + std::to_string(status) + " Stub\r\n"; }

}  // namespace

void gate::open() const {
  const std::lock_guard lock{state_->mutex};
  state_->open = true;
  state_->changed.notify_all();
}

void gate::wait() const {
  std::unique_lock lock{state_->mutex};
  state_->changed.wait(lock, [this] { return state_->open; });
}

script& script::send(std::string bytes) {
  steps_.push_back({action::send, std::move(bytes), {}});
  return *this;
}

script& script::send(const script& other) {
  const auto steps = other.steps_;
  steps_.insert(steps_.end(), steps.begin(), steps.end());
  return *this;
}

script& script::drip(std::string_view bytes, std::size_t piece) {
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    send(std::string{bytes.substr(0, piece)});
  }
  return *this;
}

script& script::wait(gate told) {
  steps_.push_back({action::wait, {}, std::move(told)});
  return *this;
}

script& script::pause(std::chrono::milliseconds time) {
  steps_.push_back({action::pause, {}, {}, time});
  return *this;
}

script& script::close() {
  steps_.push_back({action::close, {}, {}});
  return *this;
}

script& script::half_close() {
  steps_.push_back({action::half_close, {}, {}});
  return *this;
}

script& script::reset() {
  steps_.push_back({action::reset, {}, {}});
  return *this;
}

script& script::hang() {
  steps_.push_back({action::hang, {}, {}});
  return *this;
}

script answer(std::string_view body, int status, std::string_view fields) {
  auto bytes = reason_line(status);
  bytes.append(fields).append("Content-Length: ").append(std::to_string(body.size()));
  bytes.append("\r\n\r\n").append(body);
  return script{}.send(std::move(bytes));
}

script chunked_answer(const std::vector<std::string>& pieces, std::string_view fields) {
  auto bytes = reason_line(200);
  bytes.append(fields).append("Transfer-Encoding: chunked\r\n\r\n");
  for (const auto& piece : pieces) {
    char size[20];
    std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
    bytes.append(size).append(piece).append("\r\n");
  }
  return script{}.send(bytes + "0\r\n\r\n");
}

std::string received_request::field(std::string_view name) const {
  std::string_view rest = head;
  while (!rest.empty()) {
    const auto line = rest.substr(0, rest.find("\r\n"));
    rest.remove_prefix(std::min(rest.size(), line.size() + 2));
    if (line.size() <= name.size() || line[name.size()] != ':') continue;
    if (!same_name(line.substr(0, name.size()), name)) continue;
    const auto start = line.find_first_not_of(' ', name.size() + 1);
    return start == std::string_view::npos ? std::string{} : std::string{line.substr(start)};
  }
  return {};
}

/// One accepted connection, with or without TLS.
class stub_upstream::peer {
 public:
  peer(int descriptor, SSL_CTX* context) : descriptor_(descriptor) {
    const int on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (context == nullptr) return;
    session_ = SSL_new(context);
    SSL_set_fd(session_, descriptor);
  }
  ~peer() {
    if (session_ != nullptr) SSL_free(session_);
  }
  peer(const peer&) = delete;
  peer& operator=(const peer&) = delete;

  bool shake_hands() { return session_ == nullptr || SSL_accept(session_) == 1; }

  /// Bytes read; 0 at the end, whatever ended it.
  std::size_t receive(char* data, std::size_t size) {
    const auto result = session_ != nullptr ? SSL_read(session_, data, static_cast<int>(size))
                                            : ::recv(descriptor_, data, size, 0);
    return result > 0 ? static_cast<std::size_t>(result) : 0;
  }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto result = session_ != nullptr
                              ? SSL_write(session_, bytes.data(), static_cast<int>(bytes.size()))
                              : ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (result <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(result));
    }
    return true;
  }

  void close_in_order() {
    if (session_ != nullptr) SSL_shutdown(session_);
    ::shutdown(descriptor_, SHUT_WR);
  }

  void arm_reset() {
    const linger at_once{1, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }

 private:
  int descriptor_;
  SSL* session_ = nullptr;
};

stub_upstream::stub_upstream() { listen(); }

stub_upstream::stub_upstream(const tls_identity& identity) {
  auto* context = SSL_CTX_new(TLS_server_method());
  tls_ =
      std::shared_ptr<void>{context, [](void* held) { SSL_CTX_free(static_cast<SSL_CTX*>(held)); }};
  if (SSL_CTX_use_certificate_file(context, identity.certificate_file().c_str(),
                                   SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_use_PrivateKey_file(context, identity.key_file().c_str(), SSL_FILETYPE_PEM) != 1) {
    throw std::runtime_error("unusable certificate");
  }
  listen();
}

stub_upstream::stub_upstream(const std::string& socket_path) : socket_path_(socket_path) {
  const auto address = unix_socket(socket_path);
  listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("no Unix socket");
  }
  serve_again();
}

void stub_upstream::listen() {
  std::signal(SIGPIPE, SIG_IGN);  // SSL_write has no MSG_NOSIGNAL
  std::tie(listener_, port_) = bound_socket();
  serve_again();
}

void stub_upstream::refuse() {
  {
    const std::lock_guard lock{mutex_};
    ::shutdown(listener_, SHUT_RDWR);
    for (auto descriptor : open_) ::shutdown(descriptor, SHUT_RDWR);
  }
  acceptor_.join();
  ::close(listener_);
  std::tie(listener_, port_) = bound_socket(port_);
}

void stub_upstream::serve_again() {
  if (::listen(listener_, 1024) != 0) throw std::runtime_error("cannot listen");
  acceptor_ = std::thread{[this] { accept_loop(); }};
}

stub_upstream::~stub_upstream() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    for (auto descriptor : open_) ::shutdown(descriptor, SHUT_RDWR);
    for (const auto& waited : gates_) waited.open();
  }
  changed_.notify_all();
  if (acceptor_.joinable()) acceptor_.join();
  for (auto& server : servers_) server.join();
  ::close(listener_);
}

std::string stub_upstream::url() const {
  if (!socket_path_.empty()) return "unix:" + socket_path_;
  return (tls_ ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(port_);
}

void stub_upstream::next(script steps) {
  const std::lock_guard lock{mutex_};
  queue_.push_back(std::move(steps));
}

void stub_upstream::on(std::string path, script steps) {
  const std::lock_guard lock{mutex_};
  by_path_.insert_or_assign(std::move(path), std::move(steps));
}

void stub_upstream::always(script steps) {
  const std::lock_guard lock{mutex_};
  fallback_ = std::move(steps);
}

void stub_upstream::on_connect(script steps) {
  const std::lock_guard lock{mutex_};
  greeting_ = std::move(steps);
}

int stub_upstream::connections() const {
  const std::lock_guard lock{mutex_};
  return connections_;
}

int stub_upstream::closed_by_peer() const {
  const std::lock_guard lock{mutex_};
  return closed_by_peer_;
}

std::vector<received_request> stub_upstream::requests() const {
  const std::lock_guard lock{mutex_};
  return requests_;
}

template <class Predicate>
bool stub_upstream::await(Predicate predicate) const {
  std::unique_lock lock{mutex_};
  return changed_.wait_for(lock, patience, predicate);
}

bool stub_upstream::await_connections(int n) const {
  return await([&] { return connections_ >= n; });
}

bool stub_upstream::await_requests(int n) const {
  return await([&] { return static_cast<int>(requests_.size()) >= n; });
}

bool stub_upstream::await_half_closed(int n) const {
  return await([&] { return half_closed_ >= n; });
}

bool stub_upstream::await_closed_by_peer(int n) const {
  return await([&] { return closed_by_peer_ >= n; });
}

bool stub_upstream::await_ended(int n) const {
  return await([&] { return ended_ >= n; });
}

void stub_upstream::accept_loop() {
  for (;;) {
    const auto descriptor = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    const std::lock_guard lock{mutex_};
    if (stopping_ || descriptor < 0) {
      if (descriptor >= 0) ::close(descriptor);
      return;
    }
    open_.push_back(descriptor);
    const auto number = ++connections_;
    changed_.notify_all();
    servers_.emplace_back([this, descriptor, number] { serve(descriptor, number); });
  }
}

void stub_upstream::serve(int descriptor, int number) {
  {
    peer with{descriptor, static_cast<SSL_CTX*>(tls_.get())};
    std::unique_lock lock{mutex_};
    const auto greeting = greeting_;
    lock.unlock();
    std::string buffer;
    if (run(greeting, with) == ending::none && with.shake_hands()) {
      while (auto request = read_request(with, buffer)) {
        request->connection = number;
        const auto steps = script_for(*request);
        if (run(steps, with) == ending::ended) break;
      }
    }
  }
  const std::lock_guard lock{mutex_};
  std::erase(open_, descriptor);
  ::close(descriptor);
  ++ended_;
  changed_.notify_all();
}

std::optional<received_request> stub_upstream::read_request(peer& from, std::string& buffer) {
  const auto more = [&] {
    char chunk[16 * 1024];
    const auto size = from.receive(chunk, sizeof chunk);
    buffer.append(chunk, size);
    if (size > 0) return true;
    const std::lock_guard lock{mutex_};
    if (!stopping_) ++closed_by_peer_;
    changed_.notify_all();
    return false;
  };
  std::size_t end = 0;
  while ((end = buffer.find("\r\n\r\n")) == std::string::npos) {
    if (!more()) return std::nullopt;
  }
  received_request request;
  request.head = buffer.substr(0, end + 4);
  buffer.erase(0, end + 4);
  const auto line = request.head.substr(0, request.head.find("\r\n"));
  request.method = line.substr(0, line.find(' '));
  request.target =
      line.substr(request.method.size() + 1, line.rfind(' ') - request.method.size() - 1);
  const auto length = std::strtoul(request.field("Content-Length").c_str(), nullptr, 10);
  while (buffer.size() < length) {
    if (!more()) return std::nullopt;
  }
  request.body = buffer.substr(0, length);
  buffer.erase(0, length);
  return request;
}

script stub_upstream::script_for(const received_request& request) {
  const std::lock_guard lock{mutex_};
  requests_.push_back(request);
  requests_.back().at = std::chrono::steady_clock::now();
  changed_.notify_all();
  if (!queue_.empty()) {
    auto steps = std::move(queue_.front());
    queue_.erase(queue_.begin());
    return steps;
  }
  const auto found = by_path_.find(request.target.substr(0, request.target.find('?')));
  return found == by_path_.end() ? fallback_ : found->second;
}

stub_upstream::ending stub_upstream::run(const script& steps, peer& with) {
  for (const auto& step : steps.steps_) {
    switch (step.what) {
      case script::action::send:
        if (!with.send(step.bytes)) return ending::ended;
        break;
      case script::action::wait: {
        {
          const std::lock_guard lock{mutex_};
          if (stopping_) return ending::ended;
          gates_.push_back(step.told);
        }
        step.told.wait();
        break;
      }
      case script::action::pause: {
        std::unique_lock lock{mutex_};
        if (changed_.wait_for(lock, step.time, [&] { return stopping_; })) return ending::ended;
        break;
      }
      case script::action::close:
        with.close_in_order();
        return ending::ended;
      case script::action::half_close: {
        with.close_in_order();
        {
          const std::lock_guard lock{mutex_};
          ++half_closed_;
        }
        changed_.notify_all();
        drain(with);
        return ending::ended;
      }
      case script::action::reset:
        with.arm_reset();
        return ending::ended;
      case script::action::hang:
        drain(with);
        return ending::ended;
    }
  }
  return ending::none;
}

void stub_upstream::drain(peer& from) {
  char chunk[4096];
  while (from.receive(chunk, sizeof chunk) > 0) {
  }
  const std::lock_guard lock{mutex_};
  if (!stopping_) ++closed_by_peer_;
  changed_.notify_all();
}

refusing_port::refusing_port() { std::tie(descriptor_, port_) = bound_socket(); }
refusing_port::~refusing_port() { ::close(descriptor_); }

silent_port::silent_port(std::uint16_t port, std::uint8_t host) {
  std::tie(descriptor_, port_) = bound_socket(port, host);
  ::listen(descriptor_, 0);
  const auto address = loopback(port_, host);
  for (int i = 0; i < 4; ++i) {
    fillers_.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    static_cast<void>(
        ::connect(fillers_.back(), reinterpret_cast<const sockaddr*>(&address), sizeof address));
  }
}

silent_port::~silent_port() {
  for (auto filler : fillers_) ::close(filler);
  ::close(descriptor_);
}

}  // namespace tributary::tests
