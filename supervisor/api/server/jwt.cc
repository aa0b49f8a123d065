#include "supervisor/api/server/jwt.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>

#include "base/base64.h"
#include "supervisor/api/server/openssl.h"

namespace podrun::api {
namespace {

constexpr std::string_view kHeader = R"({"alg":"HS256","typ":"JWT"})";
constexpr std::size_t kLongest = 16u << 10;

std::string to_base64url(std::string_view bytes) {
  std::string text = to_base64(bytes);
  while (!text.empty() && text.back() == '=') text.pop_back();
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

std::optional<std::string> from_base64url(std::string_view text) {
  if (text.find_first_of("+/=\r\n") != std::string_view::npos) return std::nullopt;
  std::string plain(text);
  std::replace(plain.begin(), plain.end(), '-', '+');
  std::replace(plain.begin(), plain.end(), '_', '/');
  return decode_base64(plain);
}

std::string mac_of(std::string_view text, std::string_view key) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned size = 0;
  if (::HMAC(::EVP_sha256(), key.data(), static_cast<int>(key.size()),
             reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac.data(),
             &size) == nullptr) {
    throw openssl_error("sign a token");
  }
  return {reinterpret_cast<const char*>(mac.data()), size};
}

}  // namespace

std::string sign_jwt(std::string_view claims, std::string_view key) {
  const std::string signed_part = to_base64url(kHeader) + "." + to_base64url(claims);
  return signed_part + "." + to_base64url(mac_of(signed_part, key));
}

std::optional<std::string> jwt_claims(std::string_view token, std::string_view key) {
  // Only what sign_jwt() makes: a header with another algorithm is no header.
  static const std::string begin = to_base64url(kHeader) + ".";
  const auto dot = token.rfind('.');
  if (token.size() > kLongest || !token.starts_with(begin) || dot < begin.size() || key.empty()) {
    return std::nullopt;
  }
  const std::string expected = mac_of(token.substr(0, dot), key);
  const auto given = from_base64url(token.substr(dot + 1));
  if (!given || given->size() != expected.size() ||
      ::CRYPTO_memcmp(given->data(), expected.data(), expected.size()) != 0) {
    return std::nullopt;
  }
  return from_base64url(token.substr(begin.size(), dot - begin.size()));
}

}  // namespace podrun::api
