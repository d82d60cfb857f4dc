// SPDX-License-Identifier: MIT
#pragma once

#include "http/io/event_loop.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/version.hpp>

// Asio 1.26, in Boost 1.81, is the only version whose reactor was read for this.
#if BOOST_ASIO_VERSION / 100 == 1026 && defined(BOOST_ASIO_HAS_EPOLL) && \
    !defined(BOOST_ASIO_HAS_IO_URING_AS_DEFAULT)
#define TRIBUTARY_READS_BY_REACTOR 1
#include <boost/asio/detail/reactor.hpp>
#include <boost/asio/detail/reactor_op.hpp>
#include <boost/asio/recycling_allocator.hpp>
#else
#define TRIBUTARY_READS_BY_REACTOR 0
#endif

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

namespace tributary::http::io {

/// A socket whose reads know when there is nothing more. Asio's own reads try the next `recv`
/// before they wait, and in HTTP that try nearly always fails, once per message on each connection:
/// a system call in nine of a request with three upstreams. Here the kernel says with the bytes
/// whether more waits behind them, be it bytes or the end of input (`TCP_INQ`, tcp(7), since
/// Linux 4.18).
///
/// Asio has a way to say so (`done_and_exhausted`) and uses it for writes, but offers none to say
/// it of reads; so this reaches into the reactor of Boost 1.81, in this file alone. With any other
/// version a drained read is a plain `async_read_some`, and where the kernel says nothing the try
/// is made: the same answers, one more system call. So it is on a Unix socket, where a try that
/// finds nothing is cheap, and nothing else tells that the peer has closed behind its last bytes.
///
/// A reset that comes together with the last bytes is not told of by itself: whoever must know asks
/// with `peer_has_closed`, or reads on.
class stream_socket : public plain_socket {
 public:
  using plain_socket::plain_socket;

  /// Like `async_read_some`: `handler(error, size)` is called later, on the loop, once. The socket
  /// must be non-blocking.
  template <class Handler>
  void async_read_drained(asio::mutable_buffer space, Handler handler) {
    async_read_drained(into_space<Handler>{space, std::move(handler)});
  }

  /// As above, with a reader that has its space only while bytes are there: `reader.take_space()`
  /// returns it when they can be read, `reader.give_space_back()` is called when there were none
  /// after all, and `reader(error, size)` is the handler. So a connection that waits needs no
  /// memory for what it waits for.
  template <class Reader>
  void async_read_drained(Reader reader) {
#if TRIBUTARY_READS_BY_REACTOR
    using operation = read_operation<Reader>;
    auto& own = impl_.get_implementation();
    typename operation::allocator memory;
    auto* op = memory.allocate(1);
    new (op) operation(own.socket_, tells_of_more(), std::move(reader));
    auto& reactor = asio::use_service<asio::detail::reactor>(get_executor().context());
    reactor.start_op(asio::detail::reactor::read_op, own.socket_, own.reactor_data_, op, false,
                     true);
#else
    const auto space = reader.take_space();
    async_read_some(space, std::move(reader));
#endif
  }

  /// One look at the socket: true when the peer's end of input or a reset waits to be read.
  bool peer_has_closed() {
    char byte = 0;
    const auto size = ::recv(native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR);
  }

 private:
  /// A reader that has its space all the time.
  template <class Handler>
  struct into_space {
    asio::mutable_buffer space;
    Handler handler;

    asio::mutable_buffer take_space() const noexcept { return space; }
    void give_space_back() const noexcept {}
    void operator()(const boost::system::error_code& error, std::size_t size) {
      handler(error, size);
    }
  };

#if TRIBUTARY_READS_BY_REACTOR
  /// Whether the kernel tells what waits behind the bytes of a read; asked of it once.
  bool tells_of_more() {
    if (asked_of_ != native_handle()) {
      asked_of_ = native_handle();
      const int on = 1;
      told_of_more_ = ::setsockopt(asked_of_, IPPROTO_TCP, TCP_INQ, &on, sizeof on) == 0;
    }
    return told_of_more_;
  }

  template <class Reader>
  class read_operation final : public asio::detail::reactor_op {
   public:
    using allocator = asio::recycling_allocator<read_operation>;

    read_operation(int descriptor, bool told_of_more, Reader&& reader)
        : reactor_op(boost::system::error_code(), &perform_read, &complete_read),
          descriptor_(descriptor),
          told_of_more_(told_of_more),
          reader_(std::move(reader)) {}

   private:
    static status perform_read(reactor_op* base) {
      auto& self = *static_cast<read_operation*>(base);
      const auto space = self.reader_.take_space();
      bool more = true;
      ssize_t size = 0;
      do {
        size = self.receive(space, more);
      } while (size < 0 && errno == EINTR);
      if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        self.reader_.give_space_back();
        return not_done;
      }
      if (size == 0) self.ec_ = asio::error::eof;
      if (size < 0) self.ec_.assign(errno, boost::system::system_category());
      self.bytes_transferred_ = size < 0 ? 0 : static_cast<std::size_t>(size);
      return more ? done : done_and_exhausted;
    }

    /// Like `recv`. Sets `more` to false when neither bytes nor the end of input wait behind.
    ssize_t receive(asio::mutable_buffer space, bool& more) {
      if (!told_of_more_) return ::recv(descriptor_, space.data(), space.size(), 0);
      iovec piece{space.data(), space.size()};
      alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
      msghdr message{};
      message.msg_iov = &piece;
      message.msg_iovlen = 1;
      message.msg_control = control;
      message.msg_controllen = sizeof control;
      const auto size = ::recvmsg(descriptor_, &message, 0);
      const auto* header = size > 0 ? CMSG_FIRSTHDR(&message) : nullptr;
      if (header != nullptr && header->cmsg_level == IPPROTO_TCP &&
          header->cmsg_type == TCP_CM_INQ) {
        int waiting = 0;
        std::memcpy(&waiting, CMSG_DATA(header), sizeof waiting);
        more = waiting != 0;
      }
      return size;
    }

    /// Without an owner the loop is being destroyed, and the handler with it.
    static void complete_read(void* owner, asio::detail::operation* base,
                              const boost::system::error_code&, std::size_t) {
      auto* self = static_cast<read_operation*>(base);
      const auto error = self->ec_;
      const auto size = self->bytes_transferred_;
      auto reader = std::move(self->reader_);
      self->~read_operation();
      allocator().deallocate(self, 1);
      if (owner != nullptr) reader(error, size);
    }

    int descriptor_;
    bool told_of_more_;
    Reader reader_;
  };

  native_handle_type asked_of_ = -1;
  bool told_of_more_ = false;
#endif
};

}  // namespace tributary::http::io
