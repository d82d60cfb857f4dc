// SPDX-License-Identifier: MIT
#include "providers/redis/reply_reader.hpp"

#include <hiredis/read.h>

#include <algorithm>
#include <charconv>
#include <new>
#include <utility>

namespace tributary::providers::redis {

namespace {

/// A line without an end longer than that is none: only bulk strings are large.
constexpr std::size_t max_line = 64 * 1024;
constexpr std::size_t reserved_items = 1024;

}  // namespace

/// Puts together the tree of one reply as hiredis reports its parts.
struct reply_reader::builder {
  reply root;
  std::size_t items = 0;
  std::size_t max_items = 0;
  bool too_many = false;

  /// Where the value of `task` belongs; null: it is one too many. An array does not grow while one
  /// of its items is being filled, so the addresses that hiredis keeps stay good.
  static reply* place(const redisReadTask* task) {
    auto& self = *static_cast<builder*>(task->privdata);
    if (task->parent == nullptr) {
      self.root = {};
      self.items = 0;
      return &self.root;
    }
    if (self.items == self.max_items) {
      self.too_many = true;
      return nullptr;
    }
    ++self.items;
    return &static_cast<reply*>(task->parent->obj)->items.emplace_back();
  }

  static void* make_text(const redisReadTask* task, char* text, std::size_t size) noexcept {
    auto* out = place(task);
    if (out == nullptr) return nullptr;
    out->kind = task->type == REDIS_REPLY_ERROR ? reply_kind::error : reply_kind::text;
    out->text.assign(text, size);
    return out;
  }

  static void* make_array(const redisReadTask* task, int size) noexcept {
    auto* out = place(task);
    if (out == nullptr) return nullptr;
    out->kind = reply_kind::array;
    // The number is only a claim until the items are there.
    out->items.reserve(std::min(static_cast<std::size_t>(std::max(size, 0)), reserved_items));
    return out;
  }

  static void* make_integer(const redisReadTask* task, long long value) noexcept {
    auto* out = place(task);
    if (out == nullptr) return nullptr;
    out->kind = reply_kind::integer;
    out->integer = value;
    return out;
  }

  static void* make_nil(const redisReadTask* task) noexcept { return place(task); }
  static void free_nothing(void*) noexcept {}

  static inline redisReplyObjectFunctions functions{&make_text, &make_array, &make_integer,
                                                    &make_nil, &free_nothing};
};

void reply_reader::deleter::operator()(redisReader* reader) const noexcept {
  ::redisReaderFree(reader);
}

reply_reader::reply_reader(reply_limits limits)
    : limits_(limits),
      builder_(std::make_unique<builder>()),
      reader_(::redisReaderCreateWithFunctions(&builder::functions)) {
  if (reader_ == nullptr) throw std::bad_alloc{};
  builder_->max_items = limits.items;
  reader_->privdata = builder_.get();
}

reply_reader::~reply_reader() = default;

void reply_reader::feed(std::string_view bytes) {
  size_ += bytes.size();
  ::redisReaderFeed(reader_.get(), bytes.data(), bytes.size());  // an error is kept for `next`
}

reply_reader::progress reply_reader::next(reply& out) {
  if (!error_.empty()) return progress::failed;
  void* done = nullptr;
  if (::redisReaderGetReply(reader_.get(), &done) != REDIS_OK) {
    return fail(builder_->too_many ? "a reply of too many items" : reader_->errstr);
  }
  if (done == nullptr) {
    if (size_ > limits_.bytes || too_large_to_come()) {
      return fail("a reply larger than `max_reply`");
    }
    return progress::need_more;
  }
  if (size_ - unread() > limits_.bytes) return fail("a reply larger than `max_reply`");
  size_ = unread();
  out = std::move(builder_->root);
  return progress::complete;
}

/// Judges the item that is not complete yet by its head, so that nothing is kept of a reply that
/// would be refused in the end.
bool reply_reader::too_large_to_come() const {
  if (reader_->ridx < 0) return false;
  // What is unread of an item begins behind the character of its type.
  const std::string_view item{reader_->buf + reader_->pos, unread()};
  if (reader_->rstack[reader_->ridx].type != REDIS_REPLY_STRING) return item.size() > max_line;
  unsigned long long announced = 0;
  const auto [stop, failed] = std::from_chars(item.data(), item.data() + item.size(), announced);
  if (failed == std::errc::result_out_of_range) return true;
  return failed == std::errc{} && announced > limits_.bytes;
}

std::size_t reply_reader::unread() const noexcept { return reader_->len - reader_->pos; }

reply_reader::progress reply_reader::fail(std::string_view why) {
  error_ = why;
  return progress::failed;
}

}  // namespace tributary::providers::redis
