// SPDX-License-Identifier: MIT
#include "providers/market/conversations.hpp"

#include "providers/market/answer.hpp"

#include <utility>

namespace tributary::providers::market {

std::optional<wire_request> one_call_conversation::next() {
  if (answered_) return {};
  return request();
}

std::optional<failure> one_call_conversation::take(const wire_answer& answer) {
  answered_ = true;
  auto part = read(answer);
  auto why = failure_of_all(part);
  sheet_.enter(std::move(part));
  return why;
}

quotes_result one_call_conversation::finish(const failure& otherwise) {
  return sheet_.finish(otherwise);
}

std::optional<wire_request> list_conversation::next() {
  if (error_) return {};
  return request();
}

std::optional<failure> list_conversation::take(const wire_answer& answer) {
  auto page = read(answer);
  if (page.error) {
    error_ = failure_of_list(std::move(*page.error));
  } else {
    sheet_.add(std::move(page.assets));
  }
  return error_;
}

assets_result list_conversation::finish() {
  assets_result result;
  if (!error_ && !request()) {
    result = sheet_.finish();
  } else {
    result.error = error_ ? *error_ : failed(error_kind::unavailable, "the list was broken off");
  }
  succeeded_ = !result.error;
  return result;
}

one_page_list::one_page_list(asset_class kind, wire_request page, reader read_page,
                             std::string_view key)
    : list_conversation(kind), page_(std::move(page)), read_page_(read_page), key_(key) {}

assets_result one_page_list::read(const wire_answer& answer) {
  page_.reset();
  return read_page_(answer, key_);
}

failure failure_of_list(failure why) {
  if (why.kind == error_kind::not_found || why.kind == error_kind::no_data) {
    why.kind = error_kind::malformed;
  }
  return why;
}

}  // namespace tributary::providers::market
