// SPDX-License-Identifier: MIT
#include "providers/mock/services.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <memory>
#include <optional>
#include <utility>

namespace tributary::providers::mock {

namespace {

/// Those of the first port, which come first.
constexpr unsigned kept_services = 3;

/// First value of a query parameter, decoded; `+` stays a plus, as RFC 3986 has it and as the
/// offset of a time needs it. Empty when there is none.
std::string query_value(const boost::urls::url_view& url, std::string_view name) {
  for (const auto& parameter : url.encoded_params()) {
    if (parameter.key.decode() == name) return parameter.value.decode();
  }
  return {};
}

/// Sets one end of a range from a parameter that may be absent; false when it is no instant.
bool read_end(std::string_view text, instant& end) {
  if (text.empty()) return true;
  const auto parsed = parse_instant(text);
  if (parsed) end = *parsed;
  return parsed.has_value();
}

}  // namespace

document_store::document_store() : slots_(kept_services * (stand_in_data::customers + 1)) {}

document_store::~document_store() {
  for (auto& place : slots_) delete place.load(std::memory_order_relaxed);
}

std::string_view document_store::publish(slot& where, std::string document) {
  auto mine = std::make_unique<const std::string>(std::move(document));
  const std::string* present = nullptr;
  // Two threads may render the same document at once; the first to get here stays.
  if (where.compare_exchange_strong(present, mine.get(), std::memory_order_acq_rel)) {
    return *mine.release();
  }
  return *present;
}

scripted_reply services::answer(const request& asked) {
  constexpr std::string_view customer_path = "/customers/";
  const auto parsed = boost::urls::parse_origin_form({asked.target.data(), asked.target.size()});
  if (!parsed) return {failure(400, "the target is not a path with an optional query")};
  const auto& url = *parsed;
  const std::string path = url.path();
  if (desk::owns(path)) return {desk_.control(asked.method, path, asked.body)};
  const bool readable = asked.method == "GET" || asked.method == "HEAD";
  if (path.starts_with(customer_path)) {
    if (!readable) return {not_allowed("GET, HEAD")};
    return desk_.serve(service::customer,
                       customer(std::string_view{path}.substr(customer_path.size())));
  }
  const bool is_transaction = path == "/transactions";
  if (!is_transaction && path != "/master-data") return {failure(404, "no such path")};
  if (!readable) return {not_allowed("GET, HEAD")};
  const auto id = query_value(url, "customer_id");
  if (!is_transaction) return desk_.serve(service::master, master_data(id));
  return desk_.serve(service::transaction,
                     transactions(id, query_value(url, "from"), query_value(url, "to")));
}

reply services::customer(std::string_view id) {
  const auto number = stand_in_data::number_of(id);
  if (!number) return failure(404, "no such customer");
  reply result;
  result.shared =
      documents_.get(service::customer, *number, [&] { return data_.customer(*number); });
  return result;
}

reply services::master_data(std::string_view id) {
  if (id.empty()) return failure(400, "customer_id is missing");
  reply result;
  if (const auto number = stand_in_data::number_of(id)) {
    result.shared =
        documents_.get(service::master, *number, [&] { return data_.master_data(*number); });
  } else {
    result.shared = R"({"products":[],"categories":[]})";
  }
  return result;
}

reply services::transactions(std::string_view id, std::string_view from, std::string_view to) {
  if (id.empty()) return failure(400, "customer_id is missing");
  instant_range range;
  if (!read_end(from, range.from)) return failure(400, "from is not an RFC 3339 date-time");
  if (!read_end(to, range.to)) return failure(400, "to is not an RFC 3339 date-time");
  if (range.to < range.from) return failure(400, "from is later than to");
  const auto number = stand_in_data::number_of(id);
  reply result;
  if (!number) {
    result.shared = R"({"transactions":[]})";
  } else if (from.empty() && to.empty()) {
    result.shared =
        documents_.get(service::transaction, *number, [&] { return data_.transactions(*number); });
  } else {
    result.owned = data_.transactions(*number, range);
  }
  return result;
}

}  // namespace tributary::providers::mock
