#include "supervisor/api/health.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "base/go_text.h"
#include "supervisor/api/served.h"

namespace podrun::api {
namespace {

constexpr std::string_view kEndpoints[] = {"healthz", "livez", "readyz"};
constexpr std::string_view kCheck = "ping";

Response text(std::string body) {
  Response response;
  response.content_type = "text/plain; charset=utf-8";
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  response.body = std::move(body);
  return response;
}

}  // namespace

std::optional<Response> health(const Request& request) {
  std::string_view path = request.path;
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  if (path.starts_with('/')) path.remove_prefix(1);
  const std::string_view name = path.substr(0, path.find('/'));
  if (std::find(std::begin(kEndpoints), std::end(kEndpoints), name) == std::end(kEndpoints)) {
    return {};
  }
  if (path != name) {
    if (path.substr(name.size() + 1) != kCheck) return {};
    return text("ok");
  }
  if (!request.has_parameter("verbose")) return text("ok");
  bool excluded = false;
  std::string unknown;
  for (const std::string_view each : request.parameters("exclude")) {
    if (each.empty()) continue;
    if (each == kCheck) {
      excluded = true;
    } else {
      unknown += (unknown.empty() ? "" : ",") + go_quote(each);
    }
  }
  std::string body = "[+]" + std::string(kCheck) + (excluded ? " excluded: ok\n" : " ok\n");
  if (!unknown.empty()) {
    body += "warn: some health checks cannot be excluded: no matches for " + unknown + "\n";
  }
  return text(body + std::string(name) + " check passed\n");
}

Response root_paths() {
  std::set<std::string> paths{"/api",        "/apis",       "/metrics",
                              "/openapi/v2", "/openapi/v3", "/version"};
  for (const std::string_view name : kEndpoints) {
    const std::string path = "/" + std::string(name);
    paths.insert({path, path + "/" + std::string(kCheck)});
  }
  for (const ServedResource& served : served_resources()) {
    const std::string group = "/apis/" + std::string(served.group);
    if (!served.group.empty()) paths.insert(group);
    for (const std::string_view version : served.versions) {
      paths.insert((served.group.empty() ? "/api/" : group + "/") + std::string(version));
    }
  }
  Response response;
  response.body = nlohmann::ordered_json{{"paths", paths}}.dump();
  return response;
}

}  // namespace podrun::api
