// Service accounts, requests for their tokens, and secrets of a form of their own, from a few
// words. Pure but for the files that values come from.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace podrun::client {

using Json = nlohmann::ordered_json;

Json new_service_account(const std::string& name);

struct TokenWords {
  std::vector<std::string> audiences;
  std::int64_t seconds = 0;     // 0: as the server likes
  std::string kind, name, uid;  // of the object that the token dies with
};
/// Throws BadInput for an object that tokens cannot be bound to.
Json new_token_request(const TokenWords& words);

/// Of PEM files. Throws BadInput where one of them holds something else.
Json new_tls_secret(const std::string& name, const std::string& cert_file,
                    const std::string& key_file);

struct RegistryWords {
  std::string name, server, user, password, email;
  std::vector<std::string> files;  // [KEY=]FILE: the whole configuration instead
};
/// Throws BadInput where something is missing.
Json new_registry_secret(const RegistryWords& words);

}  // namespace podrun::client
