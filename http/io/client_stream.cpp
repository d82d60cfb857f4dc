// SPDX-License-Identifier: MIT
#include "http/io/client_stream.hpp"

#include <sys/socket.h>

namespace tributary::http::io {

std::size_t client_stream::write_now(std::string_view bytes) {
  const auto size =
      ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  return size > 0 ? static_cast<std::size_t>(size) : 0;
}

}  // namespace tributary::http::io
