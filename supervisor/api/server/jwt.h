// JSON Web Tokens with HMAC-SHA256 (RFC 7519, alg HS256): who signs is who checks.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace podrun::api {

std::string sign_jwt(std::string_view claims, std::string_view key);
/// The claims of a token that was signed with this key; nothing of any other text.
std::optional<std::string> jwt_claims(std::string_view token, std::string_view key);

}  // namespace podrun::api
