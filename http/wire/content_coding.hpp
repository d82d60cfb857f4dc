// SPDX-License-Identifier: MIT
#pragma once

#include "http/wire/error_token.hpp"

#include <cstddef>
#include <string>
#include <string_view>

/// Content codings (RFC 9110, 8.4.1): how the bytes of a body are packed on their way.
namespace tributary::http::wire {

/// How many times its packed size a body may have. More is no document but a bomb.
constexpr std::size_t max_unpacking_ratio = 100;

/// A body without its codings, or why it cannot be had.
struct unpacked_body {
  error_token error = error_token::none;
  std::string_view reason;  ///< of the error: a literal in the form of a token, such as
                            ///< `content_encoding_br`
  std::string bytes;
};

/// Undoes what Content-Encoding names: `gzip` (any number of members), `deflate` (in zlib's format
/// or, as some servers send it, without), `identity`. Everything else, and more than one coding, is
/// http_protocol_error with the name in its reason; what grows beyond `max_size` bytes or
/// `max_unpacking_ratio` is http_response_body_size. Allocates no more than that.
/// @param codings value of the field, all lines joined with commas
unpacked_body unpack(std::string_view codings, std::string_view packed, std::size_t max_size);

/// `bytes` in the format of gzip, for text that is worth it.
std::string gzip(std::string_view bytes);

/// Registered name of the coding of a token, as a literal of the form `content_encoding_NAME`.
std::string_view refused_coding(std::string_view coding) noexcept;

}  // namespace tributary::http::wire
