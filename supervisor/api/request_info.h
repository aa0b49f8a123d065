// What a request's method and path ask for, as an API server reads them
// (apiserver/pkg/endpoints/request).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "supervisor/api/http.h"

namespace podrun::api {

struct RequestInfo {
  std::string verb;     // get list watch create update patch delete deletecollection
  std::string group;    // "" for core
  std::string version;  // "v1"
  std::string namespace_;
  std::string resource;     // "pods"
  std::string name;         // empty for a collection
  std::string subresource;  // "status", "log", …
};

/// Nothing for a path that is no resource's (/api, /healthz, …). `watch`: the query asks for a
/// watch. /api/v1/namespaces/x names the namespace x itself; /api/v1/watch/… is the older form of a
/// watch.
std::optional<RequestInfo> parse_resource_path(std::string_view method, std::string_view path,
                                               bool watch);

/// Whether the query asks for a watch.
bool is_watch(const Request& request);

}  // namespace podrun::api
