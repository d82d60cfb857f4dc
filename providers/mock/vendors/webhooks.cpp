// SPDX-License-Identifier: MIT
#include "providers/mock/vendors/webhooks.hpp"

#include "providers/mock/desk/desk.hpp"

#include <stdexcept>
#include <utility>
#include <variant>

namespace tributary::providers::mock::vendors {

namespace {

using namespace std::chrono_literals;
using providers::vendors::webhook_secret;
using std::chrono::sys_seconds;

constexpr auto between_tries = 1s;
/// Beyond what any receiver may tolerate.
constexpr auto age_of_old_ones = 600s;

std::vector<webhook_secret> secrets_in(std::string_view text) {
  auto parsed = providers::vendors::parse_webhook_secrets(text);
  if (const auto* why = std::get_if<std::string>(&parsed)) throw std::invalid_argument{*why};
  return std::get<std::vector<webhook_secret>>(std::move(parsed));
}

/// A secret that nobody else has.
std::vector<webhook_secret> wrong_secrets() { return secrets_in("whsec_bm90IHlvdXJz"); }

std::string signatures_of(const std::vector<webhook_secret>& secrets, const news& what,
                          sys_seconds at) {
  std::string result;
  for (const auto& each : secrets) {
    if (!result.empty()) result += ' ';
    result += each.sign(what.id, at, what.body);
  }
  return result;
}

}  // namespace

/// One copy of a webhook on its way.
struct webhooks::sending {
  news what;
  std::function<void()> tried;  ///< empty once it was called
  std::uint64_t tries = 0;
};

webhooks::webhooks(const surroundings& around, std::shared_ptr<vendor_ledger> ledger)
    : own_desk_(around.own_desk),
      calls_(around.calls),
      now_(around.now),
      ledger_(std::move(ledger)),
      secrets_(secrets_in(around.webhook_secret)) {}

std::optional<std::string> webhooks::send(news what, std::chrono::milliseconds after,
                                          std::function<void()> tried) {
  return post(std::make_shared<sending>(sending{std::move(what), std::move(tried)}), after);
}

std::optional<std::string> webhooks::post(std::shared_ptr<sending> what,
                                          std::chrono::milliseconds after) {
  outgoing_call call{what->what.url, what->what.body};
  call.after = after;
  call.when_due = [this, what](outgoing_call& self) { return prepare(*what, self); };
  return calls_.post(std::move(call),
                     [this, what](const call_result& result) { on_told(what, result); });
}

/// Dates and signs it.
bool webhooks::prepare(sending& what, outgoing_call& call) const {
  ++what.tries;
  if (what.what.about->cancelled) return false;
  const auto mode = own_desk_.current()->word("webhook_signature");
  auto at = std::chrono::floor<std::chrono::seconds>(now_());
  if (mode == "old") at -= age_of_old_ones;
  call.fields = {{"webhook-id", what.what.id},
                 {"webhook-timestamp", std::to_string(at.time_since_epoch().count())}};
  if (mode == "none") return true;
  const auto signatures =
      signatures_of(mode == "wrong" ? wrong_secrets() : secrets_, what.what, at);
  if (!signatures.empty()) call.fields.emplace_back("webhook-signature", signatures);
  return true;
}

void webhooks::on_told(const std::shared_ptr<sending>& what, const call_result& result) {
  write_down(*what, result.status, result.error);
  if (const auto tried = std::exchange(what->tried, nullptr)) tried();
  const auto is_taken = result.status >= 200 && result.status <= 299;
  if (is_taken || what->what.about->cancelled) return;
  if (const auto why = post(what, between_tries)) write_down(*what, 0, "given up: " + *why);
}

void webhooks::write_down(const sending& what, unsigned status, std::string error) const {
  ledger_->add(vendor_ledger::webhook{what.what.id, what.what.about->id, what.what.what, what.tries,
                                      status, std::move(error), now_()});
}

}  // namespace tributary::providers::mock::vendors
