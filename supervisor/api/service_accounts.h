// Service accounts' tokens: what they say, and whom they stand for. The signature is another's.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "supervisor/api/http.h"
#include "supervisor/api/token_order.h"
#include "supervisor/store/store.h"

namespace podrun::api {

/// Makes a JWT of claims, and claims of a JWT that it made; nothing of any other text.
struct TokenSigner {
  std::function<std::string(const std::string& claims)> sign;
  std::function<std::optional<std::string>(std::string_view token)> claims_of;
};

/// Who issues tokens and, where a request names nobody else, whom they are for.
inline constexpr const char* kTokenIssuer = "https://kubernetes.default.svc.cluster.local";

class ServiceAccounts {
 public:
  ServiceAccounts(const store::Store& store, const Clock& clock, TokenSigner signer)
      : store_(store), clock_(clock), signer_(std::move(signer)) {}

  /// Throws ApiError: 404 for an account or pod that is not there, 409 for a pod of another uid,
  /// 400 for a pod of another account.
  IssuedToken issue(const TokenOrder& order) const;
  /// The account of a token that is for the API, has not expired, and whose account and pod are
  /// still there.
  std::optional<User> authenticate(std::string_view token) const;

 private:
  const store::Store& store_;
  const Clock& clock_;
  TokenSigner signer_;
};

}  // namespace podrun::api
