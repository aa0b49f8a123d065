#include "supervisor/api/authorize.h"

#include <algorithm>
#include <string>

#include "base/text.h"
#include "supervisor/api/api_error.h"

namespace podrun::api {
namespace {

// plugin/pkg/auth/authorizer/rbac/bootstrappolicy: system:discovery, system:public-info-viewer.
constexpr std::string_view kPublicPaths[] = {"/healthz", "/livez", "/readyz", "/version",
                                             "/version/"};
constexpr std::string_view kPublicRoots[] = {"/api", "/apis", "/openapi"};

// The same, system:basic-user: what everyone may ask about themselves.
constexpr std::string_view kReviewGroups[] = {"authentication.k8s.io", "authorization.k8s.io"};
constexpr std::string_view kSelfReviews[] = {"selfsubjectaccessreviews", "selfsubjectrulesreviews",
                                             "selfsubjectreviews"};

bool is_public(std::string_view path) {
  for (const std::string_view exact : kPublicPaths) {
    if (path == exact) return true;
  }
  for (const std::string_view root : kPublicRoots) {
    if (path == root || (path.starts_with(root) && path[root.size()] == '/')) return true;
  }
  return false;
}

bool is_master(const User& user) {
  const auto& groups = user.groups;
  return std::find(groups.begin(), groups.end(), "system:masters") != groups.end();
}

bool is_authenticated(const User& user) {
  const auto& groups = user.groups;
  return std::find(groups.begin(), groups.end(), "system:unauthenticated") == groups.end();
}

bool is_self_review(const Access& access) {
  const auto is_in = [](const auto& list, const std::string& text) {
    return std::find(std::begin(list), std::end(list), text) != std::end(list);
  };
  return access.verb == "create" && access.subresource.empty() &&
         is_in(kReviewGroups, access.group) && is_in(kSelfReviews, access.resource);
}

}  // namespace

std::vector<std::string> groups_of(const std::string& name) {
  constexpr std::string_view kAccount = "system:serviceaccount:";
  if (name == "system:anonymous") return {"system:unauthenticated"};
  if (!name.starts_with(kAccount)) return {"system:authenticated"};
  const std::string rest = name.substr(kAccount.size());
  return {"system:serviceaccounts", "system:serviceaccounts:" + rest.substr(0, rest.find(':')),
          "system:authenticated"};
}

std::optional<User> impersonated(const Request& request) {
  const std::string name(request.header("impersonate-user"));
  const std::string_view groups = request.header("impersonate-group");
  if (name.empty()) {
    const bool asks = !groups.empty() || !request.header("impersonate-uid").empty();
    if (asks) throw bad_request("requested groups or a uid without impersonating a user");
    return std::nullopt;
  }
  if (!is_master(request.user)) {
    throw forbidden({"", "users", "", name}, "User \"" + request.user.name +
                                                 "\" cannot impersonate resource \"users\" in " +
                                                 "API group \"\" at the cluster scope");
  }
  User user{name, groups_of(name)};
  for (std::size_t from = 0; from < groups.size();) {
    const std::size_t comma = std::min(groups.find(',', from), groups.size());
    const std::string_view group = trimmed(groups.substr(from, comma - from));
    if (!group.empty()) user.groups.emplace_back(group);
    from = comma + 1;
  }
  return user;
}

bool may(const User& user, const Access& access) {
  if (is_master(user)) return true;
  if (access.resource.empty()) return access.verb == "get" && is_public(access.path);
  return is_authenticated(user) && is_self_review(access);
}

Rules rules_of(const User& user) {
  Rules rules;
  if (is_master(user)) {
    rules.resources.push_back({{"*"}, {"*"}, {"*"}});
    rules.paths.push_back({{"*"}, {}, {"*"}});
  }
  if (is_authenticated(user)) {
    rules.resources.push_back({{"create"},
                               {"authentication.k8s.io", "authorization.k8s.io"},
                               {std::begin(kSelfReviews), std::end(kSelfReviews)}});
  }
  Rules::Rule open{{"get"}, {}, {std::begin(kPublicPaths), std::end(kPublicPaths)}};
  for (const std::string_view root : kPublicRoots) {
    open.targets.emplace_back(root);
    open.targets.push_back(std::string(root) + "/*");
  }
  rules.paths.push_back(std::move(open));
  return rules;
}

void authorize(const Request& request, const std::optional<RequestInfo>& info) {
  const std::string user = "User \"" + request.user.name + "\" cannot ";
  if (!info || info->resource.empty()) {
    if (may(request.user, {.verb = lowercase(request.method), .path = request.path})) return;
    throw forbidden({}, user + lowercase(request.method) + " path \"" + request.path + "\"");
  }
  const Access access{info->verb,        info->namespace_, info->group, info->resource,
                      info->subresource, info->name,       ""};
  if (may(request.user, access)) return;
  const std::string resource =
      info->resource + (info->subresource.empty() ? "" : "/" + info->subresource);
  throw forbidden(
      {info->group, info->resource, "", info->name},
      user + info->verb + " resource \"" + resource + "\" in API group \"" + info->group + "\"" +
          (info->namespace_.empty() ? " at the cluster scope"
                                    : " in the namespace \"" + info->namespace_ + "\""));
}

}  // namespace podrun::api
