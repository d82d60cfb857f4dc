// SPDX-License-Identifier: MIT
#include "support/redis_server.hpp"

#include "support/loopback.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace tributary::tests {

namespace {

using std::chrono::steady_clock;
constexpr auto start_limit = std::chrono::seconds{10};
constexpr int starts = 5;

std::string find_redis_server() {
  const char* path = std::getenv("PATH");
  std::istringstream folders{std::string{path == nullptr ? "" : path} + ":/usr/bin"};
  for (std::string folder; std::getline(folders, folder, ':');) {
    const auto program = folder + "/redis-server";
    if (!folder.empty() && ::access(program.c_str(), X_OK) == 0) return program;
  }
  throw std::runtime_error("no redis-server in PATH or /usr/bin: tests/run unpacks one");
}

sockaddr_in redis_address(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

/// A port that nothing listens on now. Somebody may take it before Redis does: then it starts anew.
std::uint16_t free_port() {
  const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto address = redis_address(0);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  const auto bound = ::bind(probe, generic, size) == 0;
  const auto named = bound && ::getsockname(probe, generic, &size) == 0;
  ::close(probe);
  if (!named) throw std::runtime_error("no free port");
  return ntohs(address.sin_port);
}

/// A blocking connection that speaks RESP, with a time limit on each step.
class resp_connection {
 public:
  explicit resp_connection(std::uint16_t port)
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval limit{5, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    const auto address = redis_address(port);
    connected_ =
        ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  ~resp_connection() { ::close(socket_); }
  resp_connection(const resp_connection&) = delete;
  resp_connection& operator=(const resp_connection&) = delete;

  redis_answer call(const std::vector<std::string>& arguments) {
    if (!connected_) throw std::runtime_error("redis-server takes no connection");
    std::string text = "*" + std::to_string(arguments.size()) + "\r\n";
    for (const auto& argument : arguments) {
      text += "$" + std::to_string(argument.size()) + "\r\n" + argument + "\r\n";
    }
    for (std::size_t sent = 0; sent < text.size();) {
      const auto size = ::send(socket_, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
      if (size <= 0) throw std::runtime_error("redis-server takes no command");
      sent += static_cast<std::size_t>(size);
    }
    return read_answer();
  }

 private:
  redis_answer read_answer() {
    auto line = read_line();
    redis_answer answer{line.at(0), line.substr(1), {}};
    if (answer.type != '$' && answer.type != '*') return answer;
    const auto size = std::stol(std::exchange(answer.text, {}));
    if (size < 0) return {};
    if (answer.type == '$') {
      answer.text = read_bytes(static_cast<std::size_t>(size));
      read_bytes(2);
      return answer;
    }
    for (long i = 0; i < size; ++i) answer.items.push_back(read_answer());
    return answer;
  }

  std::string read_line() {
    for (;;) {
      const auto end = input_.find("\r\n");
      if (end != std::string::npos) {
        auto line = input_.substr(0, end);
        input_.erase(0, end + 2);
        return line;
      }
      receive();
    }
  }

  std::string read_bytes(std::size_t size) {
    while (input_.size() < size) receive();
    auto bytes = input_.substr(0, size);
    input_.erase(0, size);
    return bytes;
  }

  void receive() {
    char space[16 * 1024];
    const auto size = ::recv(socket_, space, sizeof space, 0);
    if (size <= 0) throw std::runtime_error("redis-server does not answer");
    input_.append(space, static_cast<std::size_t>(size));
  }

  int socket_;
  bool connected_ = false;
  std::string input_;
};

/// Tells that something is written to a file, from its construction on.
class file_watch {
 public:
  explicit file_watch(const std::string& file)
      : events_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
    if (::inotify_add_watch(events_, file.c_str(), IN_MODIFY) < 0) {
      ::close(events_);
      throw std::runtime_error("cannot watch " + file);
    }
  }
  ~file_watch() { ::close(events_); }
  file_watch(const file_watch&) = delete;
  file_watch& operator=(const file_watch&) = delete;

  /// Returns when something was written since the last time, and after a tenth of a second: who
  /// dies may write nothing.
  void wait() {
    pollfd waited{events_, POLLIN, 0};
    ::poll(&waited, 1, 100);
    char space[4096];
    while (::read(events_, space, sizeof space) > 0) {
    }
  }

 private:
  int events_;
};

/// Between fork and exec only what is safe in a signal handler: other threads may hold locks.
[[noreturn]] void become(char* const* arguments, int output, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);
  sigset_t none;
  ::sigemptyset(&none);
  ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  ::execv(arguments[0], arguments);
  ::_exit(127);
}

}  // namespace

redis_server::redis_server(redis_options options) : options_(std::move(options)) {
  if (options_.tls) identity_ = std::make_unique<tls_identity>(options_.name);
  std::string pattern = std::filesystem::temp_directory_path() / "tributary-redis-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
  directory_ = std::filesystem::canonical(pattern);
  for (int tried = 1;; ++tried) {
    choose_ports();
    try {
      start();
      return;
    } catch (const std::runtime_error&) {
      if (tried == starts) throw;
    }
  }
}

redis_server::~redis_server() {
  kill();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

void redis_server::choose_ports() {
  port_ = free_port();
  while (options_.tls && (tls_port_ == 0 || tls_port_ == port_)) tls_port_ = free_port();
}

std::vector<std::string> redis_server::command_line() const {
  std::vector<std::string> words{find_redis_server(), "--port", std::to_string(port_)};
  const auto add = [&](std::initializer_list<std::string> more) {
    words.insert(words.end(), more.begin(), more.end());
  };
  add({"--bind", "127.0.0.1", "--dir", directory_, "--save", "", "--appendonly", "no"});
  add({"--enable-debug-command", "local", "--daemonize", "no", "--logfile", ""});
  if (!options_.password.empty()) add({"--requirepass", options_.password});
  if (!options_.maxmemory.empty()) {
    add({"--maxmemory", options_.maxmemory, "--maxmemory-policy", "noeviction"});
  }
  if (options_.tls) {
    add({"--tls-port", std::to_string(tls_port_), "--tls-auth-clients", "no"});
    add({"--tls-cert-file", identity_->certificate_file(), "--tls-key-file"});
    add({identity_->key_file(), "--tls-ca-cert-file", identity_->certificate_file()});
  }
  words.insert(words.end(), options_.arguments.begin(), options_.arguments.end());
  return words;
}

void redis_server::start() {
  auto words = command_line();
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const auto log_file = directory_ + "/log";
  const int output = ::open(log_file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (output < 0) throw std::runtime_error("cannot write " + log_file);
  file_watch log_grows{log_file};
  const auto parent = ::getpid();
  process_ = ::fork();
  if (process_ == 0) become(arguments.data(), output, parent);
  ::close(output);
  if (process_ < 0) throw std::runtime_error("cannot fork");
  const auto limit = steady_clock::now() + start_limit;
  while (!started()) {
    if (exited() || steady_clock::now() > limit) {
      const auto said = log();
      kill();
      throw std::runtime_error("redis-server does not start: " + said);
    }
    log_grows.wait();
  }
}

bool redis_server::started() {
  try {
    // Another test's server may have got the port first.
    const auto where = command({"CONFIG", "GET", "dir"});
    return where.items.size() == 2 && where.items[1].text == directory_;
  } catch (const std::runtime_error&) {
    return false;
  }
}

bool redis_server::exited() {
  if (::waitpid(process_, nullptr, WNOHANG) != process_) return false;
  process_ = -1;
  return true;
}

void redis_server::kill() {
  if (process_ < 0) return;
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
  process_ = -1;
}

void redis_server::stop_process() {
  if (process_ < 0) return;
  ::kill(process_, SIGSTOP);
  // Not before it has stopped: until then it may still answer.
  ::waitpid(process_, nullptr, WUNTRACED);
}

void redis_server::continue_process() {
  if (process_ > 0) ::kill(process_, SIGCONT);
}

void redis_server::restart() {
  kill();
  start();
}

redis_answer redis_server::command(const std::vector<std::string>& arguments) {
  resp_connection connection{port_};
  if (!options_.password.empty()) connection.call({"AUTH", options_.password});
  return connection.call(arguments);
}

std::string redis_server::log() const {
  std::ifstream file{directory_ + "/log"};
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace tributary::tests
