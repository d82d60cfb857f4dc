// SPDX-License-Identifier: MIT
#include "config/sections/checks.hpp"
#include "config/sections/jobs.hpp"
#include "config/url.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

namespace tributary::config {

namespace {

constexpr std::size_t most_secrets = 2;
constexpr std::string_view secret_prefix = "whsec_";

bool is_base64_character(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
         c == '/';
}

/// Base64 (RFC 4648, 4) of at least one byte; the padding may be left out.
bool is_base64(std::string_view text) {
  const auto padded = text.size();
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  const auto padding = padded - text.size();
  if (padding != 0 && (padding > 2 || padded % 4 != 0)) return false;
  return text.size() > 1 && text.size() % 4 != 1 &&
         std::all_of(text.begin(), text.end(), is_base64_character);
}

/// Does not cite it: it is a secret.
void check_webhook_secret(const key_path& path, std::string_view secret, complaint& out) {
  if (!secret.starts_with(secret_prefix) || !is_base64(secret.substr(secret_prefix.size()))) {
    out.add(path, "not a secret as Standard Webhooks 1.0.0 writes it: prefix and base64");
  }
}

/// True for RFC 6901: empty, or `/` before each segment, and `~` only before 0 or 1.
bool is_pointer(std::string_view text) {
  if (!text.empty() && text.front() != '/') return false;
  for (auto at = text.find('~'); at != text.npos; at = text.find('~', at + 1)) {
    if (at + 1 == text.size() || (text[at + 1] != '0' && text[at + 1] != '1')) return false;
  }
  return true;
}

std::vector<std::string> vendor_names(const jobs_settings& jobs) {
  std::vector<std::string> result;
  for (const auto& vendor : jobs.vendors) result.push_back(vendor.name);
  return result;
}

void check_vendor_name(const key_path& path, const std::string& name,
                       const std::vector<std::string>& names, complaint& out) {
  if (std::find(names.begin(), names.end(), name) == names.end()) {
    out.add(path, "no vendor is called " + cited(name), closest(name, names));
  }
}

/// The guards' view of a vendor. Retries are the business of jobs: each attempt is one call.
void fill_upstream(vendor_settings& vendor) {
  auto& upstream = vendor.upstream;
  upstream.name = std::string{vendor_prefix} + vendor.name;
  upstream.url = vendor.url;
  upstream.tls_options = vendor.tls_options;
  upstream.timeout = vendor.timeout;
  upstream.connect_timeout = std::min(upstream.connect_timeout, vendor.timeout);
  upstream.breaker = vendor.breaker;
  upstream.bulkhead.max_in_flight = vendor.concurrency;
  upstream.retry.max = 0;
  upstream.rate_limit = vendor.rate_limit;
}

/// What the file does not say of a vendor is as for all of them.
void take_over_retry(const key_path& path, const job_retry_settings& general,
                     job_retry_settings& own, complaint& out) {
  const auto is_silent = [&](const char* name) { return out.find(path / name) == nullptr; };
  if (is_silent("max_attempts")) own.max_attempts = general.max_attempts;
  if (is_silent("base")) own.base = general.base;
  if (is_silent("cap")) own.cap = general.cap;
}

void check_job_retry(const key_path& path, const job_retry_settings& retry, complaint& out) {
  if (retry.base <= retry.cap) return;
  const auto is_given = out.find(path / "cap") != nullptr;
  is_given ? out.add(path / "cap", "shorter than `base`")
           : out.add(path / "base", "longer than `cap`, " + print_duration(retry.cap));
}

void check_webhooks(const key_path& path, vendor_settings& vendor, complaint& out) {
  const auto& secrets = vendor.webhook_secrets;
  if (secrets.size() > most_secrets) {
    out.add(path / "webhook_secrets", "more than two secrets");
  }
  for (const auto& each : secrets) check_webhook_secret(path / "webhook_secrets", each, out);
  if (out.find(path / "webhook_auth") == nullptr) {
    vendor.auth = secrets.empty() ? webhook_auth::none : webhook_auth::signature;
  } else if (vendor.auth == webhook_auth::signature && secrets.empty()) {
    out.add(path / "webhook_auth", "there is no signature without `webhook_secrets`");
  }
}

void check_vendor(vendor_settings& vendor, const jobs_settings& jobs, const section_scope& scope) {
  auto& out = scope.out;
  const key_path path{"jobs", "vendors", vendor.name};
  take_over_retry(path / "retry", jobs.retry, vendor.retry, out);
  if (vendor.retry != jobs.retry) check_job_retry(path / "retry", vendor.retry, out);
  check_webhooks(path, vendor, out);
  if (vendor.kind == vendor_kind::echo) return;
  if (vendor.url.empty()) {
    const auto is_given = out.find(path / "url") != nullptr;
    out.add(path / "url",
            is_given ? "empty: there would be nobody to call" : "required and not given");
  }
  fill_upstream(vendor);
  check_url(path, vendor.upstream, out);
  check_breaker(path / "breaker", vendor.breaker, out);
  if (vendor.rate_limit) check_rate_limit(path / "rate_limit", *vendor.rate_limit, out);
}

/// Names of vendors' upstreams are theirs, also of vendors that are not there yet.
void check_upstream_names(const jobs_settings& jobs, const section_scope& scope) {
  for (const auto& name : scope.upstreams) {
    if (name.starts_with(vendor_prefix)) {
      scope.out.add_name({"upstreams", name},
                         "names that begin with `vendor-` are those of vendors of jobs");
    }
  }
  for (const auto& vendor : jobs.vendors) {
    const auto& taken = scope.taken_upstreams;
    const auto name = std::string{vendor_prefix} + vendor.name;
    if (std::find(taken.begin(), taken.end(), name) != taken.end()) {
      scope.out.add_name({"jobs", "vendors", vendor.name},
                         "an upstream is called " + cited(name) + " already");
    }
  }
}

void check_rules(const jobs_settings& jobs, const std::vector<std::string>& names, complaint& out) {
  for (std::size_t i = 0; i < jobs.rules.size(); ++i) {
    const key_path path{"jobs", "rules", index_segment(i)};
    if (!is_pointer(jobs.rules[i].pointer)) {
      out.add(path / "pointer", "not a JSON Pointer such as `/query` (RFC 6901)");
    }
    check_vendor_name(path / "vendor", jobs.rules[i].vendor, names, out);
  }
}

bool has_scheme(std::string_view url, std::initializer_list<std::string_view> schemes) {
  return std::any_of(schemes.begin(), schemes.end(),
                     [&](std::string_view each) { return url.starts_with(each); });
}

void check_job_store(const jobs_settings& jobs, const section_scope& scope) {
  auto& out = scope.out;
  const key_path path{"jobs", "store"};
  if (!jobs.postgresql.empty() && !has_scheme(jobs.postgresql, {"postgresql://", "postgres://"})) {
    out.add(path / "postgresql", "expected a `postgresql://` URL");
  }
  if (!jobs.mongodb.empty() && !has_scheme(jobs.mongodb, {"mongodb://", "mongodb+srv://"})) {
    out.add(path / "mongodb", "expected a `mongodb://` URL");
  }
  if (!jobs.postgresql.empty() && !jobs.mongodb.empty()) {
    out.add(path / "mongodb", "jobs are kept in one place, and `postgresql` is given too");
  }
  if (jobs.postgresql.empty() && jobs.mongodb.empty() && scope.all.data_dir.empty()) {
    out.add({"data_dir"}, "jobs need it where `jobs.store` names no database", "data");
  }
}

/// What is wrong with one network in CIDR (RFC 4632); empty: nothing.
std::string judge_network(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = text.substr(0, slash);
  if (judge_address(address) == address_kind::invalid || slash == text.npos) {
    return "expected networks such as `10.1.0.0/16`, found " + cited(text);
  }
  const auto digits = text.substr(slash + 1);
  const auto most = address.find(':') == address.npos ? 32U : 128U;
  auto length = 0U;
  for (const auto c : digits)
    length = c < '0' || c > '9' ? 1'000 : length * 10 + static_cast<unsigned>(c - '0');
  if (digits.empty() || digits.size() > 3 || length > most) {
    return "the prefix of " + cited(text) + " is no number from 0 to " + std::to_string(most);
  }
  return {};
}

void check_callbacks(const callback_settings& callbacks, complaint& out) {
  const key_path path{"jobs", "callbacks"};
  if (!callbacks.secret.empty()) check_webhook_secret(path / "secret", callbacks.secret, out);
  for (std::string_view rest = callbacks.allow; !rest.empty();) {
    const auto end = std::min(rest.find(','), rest.size());
    auto network = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    while (network.starts_with(' ')) network.remove_prefix(1);
    while (network.ends_with(' ')) network.remove_suffix(1);
    if (network.empty()) continue;
    if (auto wrong = judge_network(network); !wrong.empty()) out.add(path / "allow", wrong);
  }
}

/// As names of members are compared: without case, `_` and `-`.
std::string plain_name(std::string_view name) {
  std::string result;
  for (const auto c : name) {
    if (c != '_' && c != '-') result += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  }
  return result;
}

void check_operator(const key_path& path, const std::string& word,
                    const cleaning_settings& cleaning, complaint& out) {
  if (word == "hash" && cleaning.hash_key.empty()) {
    out.add(path, "needs `jobs.cleaning.hash_key`");
  }
}

void check_cleaning(const cleaning_settings& cleaning, complaint& out) {
  static const std::vector<std::string> known{"email", "card", "iban", "phone", "ssn", "ip"};
  const key_path path{"jobs", "cleaning"};
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < cleaning.detectors.size(); ++i) {
    const auto& name = cleaning.detectors[i];
    const auto place = path / "detectors" / index_segment(i);
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      out.add(place, "there is no detector " + cited(name), closest(name, known));
    } else if (!seen.insert(name).second) {
      out.add(place, "the detector " + cited(name) + " is named twice");
    }
  }
  std::map<std::string, std::string> fields;
  for (const auto& [name, word] : cleaning.fields) {
    const auto place = path / "fields" / name;
    check_operator(place, word, cleaning, out);
    if (plain_name(name).empty()) out.add_name(place, "names no member");
    const auto [other, is_new] = fields.emplace(plain_name(name), name);
    if (!is_new) out.add_name(place, "the same member as " + cited(other->second));
  }
  for (const auto& [pointer, word] : cleaning.paths) {
    const auto place = path / "paths" / pointer;
    if (!is_pointer(pointer)) {
      out.add_name(place, "not a JSON Pointer such as `/user/email` (RFC 6901)");
    }
    check_operator(place, word, cleaning, out);
  }
}

void check_public_url(const std::string& url, complaint& out) {
  upstream_url parsed;
  if (url.empty()) return;
  if (auto wrong = parse_upstream_url(url, parsed); !wrong.empty()) {
    out.add({"jobs", "public_url"}, wrong);
  }
}

}  // namespace

void check_jobs(jobs_settings& jobs, const section_scope& scope) {
  auto& out = scope.out;
  if (jobs.vendors.empty()) return out.add({"jobs", "vendors"}, "jobs need at least one vendor");
  const auto names = vendor_names(jobs);
  check_job_retry({"jobs", "retry"}, jobs.retry, out);
  check_upstream_names(jobs, scope);
  for (auto& vendor : jobs.vendors) check_vendor(vendor, jobs, scope);
  check_vendor_name({"jobs", "default_vendor"}, jobs.default_vendor, names, out);
  check_rules(jobs, names, out);
  check_job_store(jobs, scope);
  check_callbacks(jobs.callbacks, out);
  check_cleaning(jobs.cleaning, out);
  check_public_url(jobs.public_url, out);
}

}  // namespace tributary::config
