// What clients learn of the API before they use it: groups, versions and resources, in the old form
// (a request per group) and the aggregated one, and the version.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace podrun::api {

using Json = nlohmann::ordered_json;

struct DiscoveryAnswer {
  Json body;
  std::string content_type = "application/json";
};

/// GET /api, /apis, /api/v1, /apis/GROUP and /apis/GROUP/VERSION. `accept` is the header: /api and
/// /apis answer aggregated where apidiscovery.k8s.io is asked for. Nothing for any other path, and
/// for groups and versions that are not served.
/// `address` is where the API answers over TLS: "127.0.0.1:6443".
std::optional<DiscoveryAnswer> discover(std::string_view path, std::string_view accept,
                                        std::string_view address);

/// GET /version. `git_version` is "v1.34.0+podrun…": the Kubernetes version that the API follows.
Json version_info(std::string_view git_version);

}  // namespace podrun::api
