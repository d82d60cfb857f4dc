// SPDX-License-Identifier: MIT
#include "providers/vendors/webhook_signature.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace tributary::providers::vendors {

using namespace std::chrono_literals;
using std::chrono::sys_seconds;
using std::chrono::system_clock;

namespace {

// The example of the libraries of Standard Webhooks.
constexpr std::string_view public_secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr std::string_view public_id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
constexpr std::string_view public_body = R"({"test": 2432232314})";
constexpr std::string_view public_signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
constexpr sys_seconds public_time{1614265330s};

// 00 ff 10 "secret-two-of-32-bytes-in-all!!"; signatures by
// openssl dgst -sha256 -mac HMAC -macopt hexkey:… -binary | base64
constexpr std::string_view own_secret = "whsec_AP8Qc2VjcmV0LXR3by1vZi0zMi1ieXRlcy1pbi1hbGwhIQ==";

webhook_secret secret_of(std::string_view text) {
  const auto result = webhook_secret::parse(text);
  REQUIRE(result);
  return *result;
}

/// A webhook, genuine as it is made, and what a change makes of it.
struct sent {
  std::string id{public_id};
  std::string timestamp = "1614265330";
  std::string signature{public_signature};
  std::string body{public_body};
  system_clock::time_point now{public_time};
  std::vector<webhook_secret> secrets{secret_of(public_secret)};

  std::optional<signature_failure> judge() const {
    return judge_signature(secrets, {id, timestamp, signature}, body, now);
  }
};

}  // namespace

TEST_CASE("a webhook is signed as the public example is", "[vendors]") {
  CHECK(secret_of(public_secret).sign(public_id, public_time, public_body) == public_signature);
}

TEST_CASE("a webhook is signed as openssl signs it", "[vendors]") {
  const auto secret = secret_of(own_secret);
  CHECK(secret.sign("msg_1", sys_seconds{1'700'000'000s}, "{\"data\":\"\xc3\xa4\\u0000\"}") ==
        "v1,S62HxZWBfkrhDfmh/GvlBofJE1yiCU4NCET4/EWp9Do=");
  CHECK(secret.sign("e", sys_seconds{0s}, "") == "v1,5KgRYBkUmYZKOkQPmGHMolWAXvS0nSup7WQvu8+Crhk=");
}

TEST_CASE("a genuine webhook is believed, and one with any other byte is not", "[vendors]") {
  CHECK_FALSE(sent{}.judge());
  sent other;
  SECTION("in its id") { other.id.back() = 'K'; }
  SECTION("in its time") { other.timestamp.back() = '1'; }
  SECTION("in its body") { other.body += ' '; }
  SECTION("in its signature") { other.signature[5] = 'X'; }
  SECTION("in its secret") { other.secrets = {secret_of(own_secret)}; }
  CHECK(other.judge() == signature_failure::wrong);
}

TEST_CASE("a webhook without one of its fields is not believed", "[vendors]") {
  sent other;
  SECTION("id") { other.id.clear(); }
  SECTION("timestamp") { other.timestamp.clear(); }
  SECTION("signature") { other.signature.clear(); }
  CHECK(other.judge() == signature_failure::missing);
}

TEST_CASE("a webhook is believed for 300 seconds in both directions", "[vendors]") {
  sent other;
  other.now = public_time + 300s + 999ms;
  CHECK_FALSE(other.judge());
  other.now = public_time - 300s;
  CHECK_FALSE(other.judge());
  other.now = public_time + 301s;
  CHECK(other.judge() == signature_failure::too_old);
  other.now = public_time - 301s;
  CHECK(other.judge() == signature_failure::too_new);
  other.now = public_time - 300s - 1ms;
  CHECK(other.judge() == signature_failure::too_new);
}

TEST_CASE("a time that is no number of seconds is malformed", "[vendors]") {
  sent other;
  for (const auto* text : {"-1614265330", "+1614265330", "1614265330.0", " 1614265330", "0x6037",
                           "2021-02-25T15:02:10Z", "9999999999999999999999"}) {
    INFO(text);
    other.timestamp = text;
    CHECK(other.judge() == signature_failure::malformed_timestamp);
  }
  other.timestamp = "999999999999";
  CHECK(other.judge() == signature_failure::too_new);
}

TEST_CASE("any signature of the list may be the right one", "[vendors]") {
  sent other;
  const std::string right{public_signature};
  const std::string wrong = "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
  other.signature = wrong + ' ' + right;
  CHECK_FALSE(other.judge());
  other.signature = "v1a,abc  " + right + " v2,x ";
  CHECK_FALSE(other.judge());
  other.signature = wrong + ' ' + wrong;
  CHECK(other.judge() == signature_failure::wrong);
  // Of another scheme, or no signature at all.
  for (const auto& text :
       {right.substr(3), "v2" + right.substr(2), "V1" + right.substr(2), std::string{" "},
        std::string{"v1,"}, right.substr(0, 20), wrong + ',' + right, right + "AAAA"}) {
    INFO(text);
    other.signature = text;
    CHECK(other.judge() == signature_failure::wrong);
  }
}

TEST_CASE("either of two secrets may have been used, and without one nothing is believed",
          "[vendors]") {
  sent other;
  other.secrets = {secret_of(own_secret), secret_of(public_secret)};
  CHECK_FALSE(other.judge());
  other.secrets = {secret_of(public_secret), secret_of(own_secret)};
  CHECK_FALSE(other.judge());
  other.secrets.clear();
  CHECK(other.judge() == signature_failure::wrong);
}

TEST_CASE("a secret is its prefix and base64", "[vendors]") {
  CHECK(secret_of("whsec_AA==").key() == std::string_view{"\0", 1});
  CHECK(secret_of("whsec_AA").key() == std::string_view{"\0", 1});
  CHECK(secret_of("whsec_+/8=").key() == "\xfb\xff");
  for (const auto* text :
       {"", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "WHSEC_AAAA", "whsec_-_8=", "whsec_A",
        "whsec_AA=", "whsec_AA===", "whsec_AAA A", "whsec_AB==", "whsec_====", "whsec_AA==AAAA"}) {
    INFO(text);
    CHECK_FALSE(webhook_secret::parse(text));
  }
}

TEST_CASE("one secret is configured, or two with a comma, or none", "[vendors]") {
  const auto count = [](std::string_view text) {
    const auto parsed = parse_webhook_secrets(text);
    const auto* secrets = std::get_if<std::vector<webhook_secret>>(&parsed);
    return secrets == nullptr ? -1 : static_cast<int>(secrets->size());
  };
  CHECK(count("") == 0);
  CHECK(count(" ") == 0);
  CHECK(count("whsec_AAAA") == 1);
  CHECK(count("whsec_AAAA, whsec_BBBB") == 2);
  CHECK(count("whsec_AAAA,whsec_BBBB,whsec_CCCC") == -1);
  CHECK(count("whsec_AAAA,") == -1);
  CHECK(count(",") == -1);
  const auto why = std::get<std::string>(parse_webhook_secrets("hunter2"));
  CHECK_THAT(why, !Catch::Contains("hunter2"));
}

TEST_CASE("why a webhook is not believed has a word for logs", "[vendors]") {
  CHECK(to_string(signature_failure::missing) == "missing");
  CHECK(to_string(signature_failure::malformed_timestamp) == "malformed_timestamp");
  CHECK(to_string(signature_failure::too_old) == "too_old");
  CHECK(to_string(signature_failure::too_new) == "too_new");
  CHECK(to_string(signature_failure::wrong) == "wrong");
}

}  // namespace tributary::providers::vendors
