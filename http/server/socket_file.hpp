// SPDX-License-Identifier: MIT
#pragma once

#include <boost/system/error_code.hpp>

#include <sys/types.h>

#include <string>

namespace tributary::http::server {

/// Why there can be no socket file, where no error of the system says it.
enum class socket_file_error {
  other_file = 1,  ///< something else than a socket is at the path
  in_use,          ///< another process accepts connections there
};

boost::system::error_code make_error_code(socket_file_error why);

/// The file by which a listening Unix socket is found: there as long as this lives, or until
/// `remove`. Any thread, one at a time.
class socket_file {
 public:
  socket_file() = default;
  ~socket_file() { remove(); }
  socket_file(const socket_file&) = delete;
  socket_file& operator=(const socket_file&) = delete;

  /// Binds `descriptor`, which must not listen yet: nobody can connect before the file has its
  /// mode. A socket that a process has left at the path, so that nobody accepts on it, is removed
  /// first. Once.
  /// @param path absolute, see `config::judge_socket_path`
  /// @param mode permissions, such as 0660; to connect is to write
  boost::system::error_code bind(int descriptor, const std::string& path, unsigned mode);

  /// Removes the file, unless another has taken its place. Call it while the socket is open: its
  /// inode number is nobody else's as long.
  void remove() noexcept;

 private:
  std::string path_;  ///< empty: not bound
  ::dev_t device_ = 0;
  ::ino_t inode_ = 0;
};

}  // namespace tributary::http::server
