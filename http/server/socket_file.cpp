// SPDX-License-Identifier: MIT
#include "http/server/socket_file.hpp"

#include "http/io/endpoint.hpp"

#include <boost/system/error_category.hpp>

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace tributary::http::server {

namespace {

using boost::system::error_code;

error_code system_error() { return {errno, boost::system::system_category()}; }

// Categories are never deleted through their base, which has no virtual destructor.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"
class socket_file_category final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "socket_file"; }
  std::string message(int value) const override {
    return value == static_cast<int>(socket_file_error::in_use)
               ? "another process accepts connections on this socket"
               : "there is a file that is no socket";
  }
};
#pragma GCC diagnostic pop

/// One attempt to connect, as a client would.
error_code connect_once(const io::endpoint& to) {
  const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (probe < 0) return system_error();
  error_code result;
  if (::connect(probe, to.data(), static_cast<socklen_t>(to.size())) != 0) result = system_error();
  ::close(probe);
  return result;
}

/// Removes a socket on which nobody accepts.
error_code remove_stale(const std::string& path, const io::endpoint& local) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) return errno == ENOENT ? error_code{} : system_error();
  if (!S_ISSOCK(found.st_mode)) return make_error_code(socket_file_error::other_file);
  const auto answer = connect_once(local);
  // Also when its queue is full, or it is no stream socket.
  if (!answer || answer.value() == EAGAIN || answer.value() == EPROTOTYPE) {
    return make_error_code(socket_file_error::in_use);
  }
  if (answer.value() != ECONNREFUSED && answer.value() != ENOENT) return answer;
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return system_error();
  return {};
}

}  // namespace

error_code make_error_code(socket_file_error why) {
  static const socket_file_category category;
  return {static_cast<int>(why), category};
}

error_code socket_file::bind(int descriptor, const std::string& path, unsigned mode) {
  const auto local = io::file_endpoint(path);
  if (const auto error = remove_stale(path, local)) return error;
  if (::bind(descriptor, local.data(), static_cast<socklen_t>(local.size())) != 0) {
    return system_error();
  }
  path_ = path;
  struct stat made {};
  if (::lstat(path.c_str(), &made) != 0 || ::chmod(path.c_str(), mode) != 0) {
    return system_error();
  }
  device_ = made.st_dev;
  inode_ = made.st_ino;
  return {};
}

void socket_file::remove() noexcept {
  struct stat found {};
  const bool ours = !path_.empty() && ::lstat(path_.c_str(), &found) == 0 &&
                    found.st_dev == device_ && found.st_ino == inode_;
  if (ours) ::unlink(path_.c_str());
  path_.clear();
}

}  // namespace tributary::http::server
