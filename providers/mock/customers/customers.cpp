// SPDX-License-Identifier: MIT
#include "providers/mock/customers/customers.hpp"

#include "providers/mock/customers/customer_data.hpp"
#include "providers/mock/customers/document_store.hpp"

#include <memory>
#include <optional>

namespace tributary::providers::mock::customers {

namespace {

/// What the three have in common: documents of customers, made once each.
class document_service : public stand_in {
 public:
  explicit document_service(const surroundings& around) : data_(around.seed) {}

 protected:
  const customer_data& data() const { return data_; }

  /// The document that `render` makes for a customer.
  reply document(std::uint32_t number, std::string (customer_data::*render)(std::uint32_t) const) {
    reply result;
    result.shared = documents_.get(number, [&] { return (data_.*render)(number); });
    return result;
  }

 private:
  customer_data data_;
  document_store documents_;
};

class customer_service final : public document_service {
 public:
  using document_service::document_service;

  reply answer(const request& asked) override {
    if (!asked.below.starts_with('/')) return failure(404, "no such path");
    if (!asked.reads()) return not_allowed("GET, HEAD");
    const auto number = customer_data::number_of(asked.below.substr(1));
    if (!number) return failure(404, "no such customer");
    return document(*number, &customer_data::customer);
  }
};

/// A service with a single path, which wants to know whose documents are meant.
class listing_service : public document_service {
 public:
  using document_service::document_service;

  reply answer(const request& asked) final {
    if (!asked.below.empty()) return failure(404, "no such path");
    if (!asked.reads()) return not_allowed("GET, HEAD");
    const auto id = asked.parameter("customer_id");
    if (id.empty()) return failure(400, "customer_id is missing");
    return listing_of(asked, customer_data::number_of(id));
  }

 private:
  /// `number` is there for a customer that is known.
  virtual reply listing_of(const request& asked, std::optional<std::uint32_t> number) = 0;
};

class master_service final : public listing_service {
 public:
  using listing_service::listing_service;

 private:
  reply listing_of(const request&, std::optional<std::uint32_t> number) override {
    if (number) return document(*number, &customer_data::master_data);
    reply result;
    result.shared = R"({"products":[],"categories":[]})";
    return result;
  }
};

/// Sets one end of a range from a parameter that may be absent; false when it is no instant.
bool read_end(std::string_view text, instant& end) {
  if (text.empty()) return true;
  const auto parsed = http::wire::parse_instant(text);
  if (parsed) end = *parsed;
  return parsed.has_value();
}

class transaction_service final : public listing_service {
 public:
  using listing_service::listing_service;

 private:
  reply listing_of(const request& asked, std::optional<std::uint32_t> number) override {
    const auto from = asked.parameter("from");
    const auto to = asked.parameter("to");
    instant_range range;
    if (!read_end(from, range.from)) return failure(400, "from is not an RFC 3339 date-time");
    if (!read_end(to, range.to)) return failure(400, "to is not an RFC 3339 date-time");
    if (range.to < range.from) return failure(400, "from is later than to");
    if (number && from.empty() && to.empty()) {
      return document(*number, &customer_data::all_transactions);
    }
    reply result;
    result.owned = number ? data().transactions(*number, range) : R"({"transactions":[]})";
    return result;
  }
};

template <class Service>
std::unique_ptr<stand_in> make(const surroundings& around) {
  return std::make_unique<Service>(around);
}

}  // namespace

constexpr service customer{"customer", on_port, "/customers", {}, &make<customer_service>};
constexpr service master{"master", on_port, "/master-data", {}, &make<master_service>};
constexpr service transaction{
    "transaction", on_port, "/transactions", {}, &make<transaction_service>};

}  // namespace tributary::providers::mock::customers
