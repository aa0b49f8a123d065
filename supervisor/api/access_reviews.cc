// authorization.k8s.io and authentication.k8s.io: who asks, and what they or others may do.
#include <utility>
#include <vector>

#include "supervisor/api/authorize.h"
#include "supervisor/api/call.h"
#include "supervisor/manifest/json_access.h"

namespace podrun::api {
namespace {

using manifest::find;
using manifest::text_at;
using store::Json;

/// The access that a spec asks about; throws ApiError 422 (pkg/apis/authorization/validation).
Access access_of(const Subject& subject, const Json& spec) {
  const Json* resource = find(&spec, "resourceAttributes");
  const Json* path = find(&spec, "nonResourceAttributes");
  if ((resource == nullptr) == (path == nullptr)) {
    throw invalid(subject,
                  {{"FieldValueInvalid",
                    "Invalid value: " + (path == nullptr ? "null" : path->dump()) + ": " +
                        (path == nullptr ? "exactly one of" : "cannot specify both") +
                        " nonResourceAttributes " + (path == nullptr ? "or" : "and") +
                        " resourceAttributes" + (path == nullptr ? " must be specified" : ""),
                    "spec.resourceAttributes"}});
  }
  Access access;
  if (path != nullptr) {
    access.verb = text_at(*path, "verb");
    access.path = text_at(*path, "path");
    return access;
  }
  access.verb = text_at(*resource, "verb");
  access.namespace_ = text_at(*resource, "namespace");
  access.group = text_at(*resource, "group");
  access.resource = text_at(*resource, "resource");
  access.subresource = text_at(*resource, "subresource");
  access.name = text_at(*resource, "name");
  return access;
}

/// Whom a SubjectAccessReview asks about.
User user_of(const Subject& subject, const Json& spec) {
  User user{text_at(spec, "user"), {}};
  for (const Json& group : manifest::list_at(spec, "groups")) {
    if (group.is_string()) user.groups.push_back(group);
  }
  if (user.name.empty() && user.groups.empty()) {
    throw invalid(subject, {{"FieldValueRequired",
                             "Required value: at least one of user or group must be specified",
                             "spec.user"}});
  }
  return user;
}

void check_namespace(const Subject& subject, const Access& access, const std::string& namespace_) {
  if (!access.path.empty()) {
    throw invalid(subject,
                  {{"FieldValueInvalid",
                    "Invalid value: " + access.path + ": disallowed on this kind of request",
                    "spec.nonResourceAttributes"}});
  }
  if (access.namespace_ == namespace_) return;
  throw bad_request("spec.resourceAttributes.namespace must match namespace: " + namespace_);
}

Json rule_list(const std::vector<Rules::Rule>& rules, bool of_resources) {
  Json list = Json::array();
  for (const Rules::Rule& rule : rules) {
    Json entry{{"verbs", rule.verbs}};
    if (of_resources) entry["apiGroups"] = rule.groups;
    entry[of_resources ? "resources" : "nonResourceURLs"] = rule.targets;
    list.push_back(std::move(entry));
  }
  return list;
}

Json rules_status(const User& user, const Json& spec) {
  if (text_at(spec, "namespace").empty()) throw bad_request("no namespace on request");
  const Rules rules = rules_of(user);
  return {{"resourceRules", rule_list(rules.resources, true)},
          {"nonResourceRules", rule_list(rules.paths, false)},
          {"incomplete", false}};
}

}  // namespace

Response ApiServer::review(Call& call) const {
  Json body = Json::parse(call.request.body, nullptr, false);
  if (!body.is_object()) throw bad_request("the body is not a JSON object");
  const Json spec = body.value("spec", Json::object());
  if (!spec.is_object()) throw bad_request("spec is not an object");
  const Subject subject = call.subject();
  const User& asking = call.request.user;
  Json answer{{"kind", call.type.kind},
              {"apiVersion", std::string(call.type.group) + "/" + call.info.version},
              {"metadata", {{"creationTimestamp", nullptr}}}};
  if (call.type.kind == "SelfSubjectReview") {
    answer["metadata"]["creationTimestamp"] = rfc3339(clock_.wall());
    answer["status"] = {{"userInfo", {{"username", asking.name}, {"groups", asking.groups}}}};
  } else if (call.type.kind == "SelfSubjectRulesReview") {
    answer["spec"] = Json::object();
    answer["status"] = rules_status(asking, spec);
  } else {
    const bool self = call.type.kind == "SelfSubjectAccessReview";
    const Access access = access_of(subject, spec);
    if (call.type.namespaced) check_namespace(subject, access, call.info.namespace_);
    answer["spec"] = spec;
    answer["status"] = {{"allowed", may(self ? asking : user_of(subject, spec), access)}};
  }
  Response response;
  response.status = 201;
  response.body = answer.dump();
  return response;
}

}  // namespace podrun::api
