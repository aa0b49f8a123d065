#include "supervisor/api/request_info.h"

#include <vector>

namespace podrun::api {
namespace {

std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    if (path.front() == '/') {
      path.remove_prefix(1);
      continue;
    }
    const auto end = path.find('/');
    parts.emplace_back(path.substr(0, end));
    path.remove_prefix(end == std::string_view::npos ? path.size() : end);
  }
  return parts;
}

std::string verb_of(std::string_view method, bool named, bool watch) {
  if (method == "POST") return "create";
  if (method == "PUT") return "update";
  if (method == "PATCH") return "patch";
  if (method == "DELETE") return named ? "delete" : "deletecollection";
  if (method != "GET" && method != "HEAD") return std::string(method);
  if (watch) return "watch";
  return named ? "get" : "list";
}

}  // namespace

std::optional<RequestInfo> parse_resource_path(std::string_view method, std::string_view path,
                                               bool watch) {
  const auto parts = split(path);
  RequestInfo info;
  std::size_t at = 0;
  if (parts.size() >= 3 && parts[0] == "api") {
    info.version = parts[1];
    at = 2;
  } else if (parts.size() >= 4 && parts[0] == "apis") {
    info.group = parts[1];
    info.version = parts[2];
    at = 3;
  } else {
    return {};
  }
  if (parts[at] == "watch" && parts.size() > at + 1) {
    watch = true;
    ++at;
  }
  const auto rest = [&](std::size_t index) {
    return at + index < parts.size() ? parts[at + index] : std::string();
  };
  const bool in_namespace =
      rest(0) == "namespaces" && !rest(2).empty() && rest(2) != "status" && rest(2) != "finalize";
  if (in_namespace) {
    info.namespace_ = rest(1);
    at += 2;
  }
  if (parts.size() > at + 3) return {};  // nothing lies below a subresource
  info.resource = rest(0);
  info.name = rest(1);
  info.subresource = rest(2);
  if (!in_namespace && info.resource == "namespaces") info.namespace_ = info.name;
  info.verb = verb_of(method, !info.name.empty(), watch && info.subresource.empty());
  return info;
}

bool is_watch(const Request& request) {
  const std::string_view watch = request.parameter("watch");
  return request.has_parameter("watch") && watch != "false" && watch != "0";
}

}  // namespace podrun::api
