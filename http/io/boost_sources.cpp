// SPDX-License-Identifier: MIT
// Asio and Beast are used with separate compilation: their non-template code is compiled here,
// once.
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
