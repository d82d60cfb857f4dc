// SPDX-License-Identifier: MIT
#include "actors/telemetry/redaction.hpp"

#include <catch2/catch.hpp>

namespace tributary::actors::telemetry {

TEST_CASE("names of secrets are known in any spelling", "[telemetry][redaction]") {
  for (const auto name : {"authorization",
                          "Authorization",
                          "PROXY-AUTHORIZATION",
                          "cookie",
                          "Set-Cookie",
                          "X-Api-Key",
                          "access_token",
                          "refresh_token",
                          "id-token",
                          "token",
                          "csrfToken",
                          "password",
                          "new_password",
                          "passwd",
                          "secret",
                          "client_secret",
                          "card",
                          "card_number",
                          "creditCard",
                          "api_key",
                          "apikey",
                          "API.KEY",
                          "key",
                          "KEY",
                          "pwd",
                          "%74oken",
                          "to%6Ben",
                          "user[password]",
                          "X-Auth-Token",
                          "private_key",
                          "aws_access_key_id",
                          "signature",
                          "%6bey"}) {
    CHECK(is_secret_name(name));
  }
  CHECK(is_secret_name(std::string(500, 'a')));
  for (const auto name : {"", "a", "customer_id", "monkey", "cache_key", "keyboard", "page",
                          "author", "error", "status", "passenger", "path", "%", "%7", "spin"}) {
    CHECK_FALSE(is_secret_name(name));
  }
}

TEST_CASE("a secret is a word of a name, however the words are told apart",
          "[telemetry][redaction]") {
  for (const auto name :
       {"card",           "Card",          "CARD",         "cards",         "card_number",
        "cardNumber",     "CardNumber",    "cardnumber",   "card2",         "1card",
        "X-Card",         "x-card-token",  "theCard",      "payment[card]", "payment%5Bcard%5D",
        "card.expiry",    "user card",     "CREDIT_CARD",  "creditcard",    "apiKey",
        "api_key",        "APIKey",        "APIKEY",       "myApiKey",      "myapikey",
        "api key",        "X-API-Key-Id",  "APIKeys",      "accessKey",     "AWSAccessKeyId",
        "awsaccesskeyid", "privateKeyPEM", "accessToken",  "accesstoken",   "oauth2Token",
        "token1",         "tokens",        "XSRF-TOKEN",   "PassWord",      "userpassword",
        "password_hash",  "cookies",       "clientSecret", "clientsecret",  "secretKey",
        "dbCredentials",  "dbPwd",         "card_cvv",     "otp_code"}) {
    CAPTURE(name);
    CHECK(is_secret_name(name));
  }
  for (const auto name :
       {"discarded",     "discard",      "Discarded",     "discarded_total", "wildcard",
        "Wildcards",     "scorecard",    "cardinality",   "cardiac",         "postcards",
        "tokenizer",     "tokenized",    "secretary",     "passwordless",    "authorized",
        "is_authorized", "cookiecutter", "credentialing", "key_count",       "sort_key",
        "cacheKey",      "keys",         "pinned",        "pin_count",       "signatures",
        "api",           "api_calls",    "access_log",    "private",         "private_parts",
        "pass_count",    "authors",      "rapid",         "monkey",          "keyboard",
        "robotposition"}) {
    CAPTURE(name);
    CHECK_FALSE(is_secret_name(name));
  }
}

TEST_CASE("a query keeps its shape without its secrets", "[telemetry][redaction]") {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"", ""},
      {"a=1&b=2", "a=1&b=2"},
      {"token=abc", "token=[redacted]"},
      {"a=1&access_token=abc&b=2", "a=1&access_token=[redacted]&b=2"},
      {"a=1;password=abc;b=2", "a=1;password=[redacted];b=2"},
      {"%74oken=abc", "%74oken=[redacted]"},
      {"token=abc=def", "token=[redacted]"},
      {"token", "token"},
      {"token=", "token=[redacted]"},
      {"&&=&", "&&=&"},
      {"next=https%3A%2F%2Fx%2F%3Ftoken%3Dabc&b=2", "next=[redacted]&b=2"},
      {"next=%2568ttps%253A%252F%252Fx%253Ftoken%253Dabc", "next=[redacted]"},
      {"j={\"password\":\"abc\"}", "j=[redacted]"},
      {"time=2024-01-01T00:00:00Z", "time=2024-01-01T00:00:00Z"},
  };
  for (const auto& [query, expected] : rows) CHECK(redact_query(query) == expected);
}

TEST_CASE("secrets in a text are hidden and the rest is kept", "[telemetry][redaction]") {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"", ""},
      {"no secret here: none", "no secret here: none"},
      {"GET /x?token=abc&y=1 failed", "GET /x?token=[redacted]&y=1 failed"},
      {"GET https://h/x?a=1&key=abc#top", "GET https://h/x?a=1&key=[redacted]#top"},
      {"https://user:abc@host/x", "https://[redacted]@host/x"},
      {"redis://:abc@host:6379/0", "redis://[redacted]@host:6379/0"},
      {"https://host:443/x@y", "https://host:443/x@y"},
      {"Authorization: Bearer abc", "Authorization: [redacted]"},
      {"Authorization=Digest user abc", "Authorization=[redacted]"},
      {"sent Bearer abc to it", "sent Bearer [redacted] to it"},
      {"sent basic abc", "sent basic [redacted]"},
      {"Cookie: a=abc; b=abc\r\nHost: x", "Cookie: [redacted]\r\nHost: x"},
      {R"({"password": "a\"bc", "id": 1})", R"({"password": "[redacted]", "id": 1})"},
      {R"({"key":"abc","id":1})", R"({"key":"[redacted]","id":1})"},
      {R"("{\"secret\":\"abc abc\",\"id\":1}")", R"("{\"secret\":\"[redacted]\",\"id\":1}")"},
      {"password='abc def' x", "password='[redacted]' x"},
      {"unknown key: upstrem", "unknown key: upstrem"},
      {"discarded: 5 of 9", "discarded: 5 of 9"},
      {"wildcard=*&cardNumber=4111", "wildcard=*&cardNumber=[redacted]"},
  };
  for (const auto& [text, expected] : rows) CHECK(redact_text(text) == expected);
}

TEST_CASE("odd ends of a text are survived", "[telemetry][redaction]") {
  for (const std::string_view text :
       {"=", ":", "token=", "token:", "token: \"", "\"token\":\"\\", "://", "://@", "x://@", "b",
        "bearer ", "basic", "token=\"abc\\", "%=%", "\\\"token\\\":\\\"", "token:'"}) {
    CHECK_NOTHROW(redact_text(text));
  }
}

}  // namespace tributary::actors::telemetry
