// authorization.k8s.io and authentication.k8s.io: who asks, and what they or others may do.
#include <utility>
#include <vector>

#include "base/go_text.h"
#include "supervisor/api/authorize.h"
#include "supervisor/api/call.h"
#include "supervisor/manifest/json_access.h"

namespace podrun::api {
namespace {

using manifest::find;
using manifest::text_at;
using store::Json;

std::string shown(const Json& path) {
  return "authorization.NonResourceAttributes{Path:" + go_quote(text_at(path, "path")) +
         ", Verb:" + go_quote(text_at(path, "verb")) + "}";
}

/// What is asked about: one of a resource and a path.
void check_target(const Json& spec, std::vector<Cause>& causes) {
  const Json* resource = find(&spec, "resourceAttributes");
  const Json* path = find(&spec, "nonResourceAttributes");
  if (resource != nullptr && path != nullptr) {
    causes.push_back({"FieldValueInvalid",
                      "Invalid value: " + shown(*path) +
                          ": cannot be specified in combination with resourceAttributes",
                      "spec.nonResourceAttributes"});
  }
  if (resource == nullptr && path == nullptr) {
    causes.push_back({"FieldValueInvalid",
                      "Invalid value: null: exactly one of nonResourceAttributes or "
                      "resourceAttributes must be specified",
                      "spec.resourceAttributes"});
  }
}

void check_user(const User& user, std::vector<Cause>& causes) {
  if (!user.name.empty() || !user.groups.empty()) return;
  causes.push_back({"FieldValueInvalid",
                    "Invalid value: \"\": at least one of user or group must be specified",
                    "spec.user"});
}

/// A LocalSubjectAccessReview asks about its own namespace alone.
void check_namespace(const Json& spec, const std::string& namespace_, std::vector<Cause>& causes) {
  const Json* resource = find(&spec, "resourceAttributes");
  if (resource != nullptr && text_at(*resource, "namespace") != namespace_) {
    causes.push_back({"FieldValueInvalid",
                      "Invalid value: " + go_quote(text_at(*resource, "namespace")) +
                          ": must match metadata.namespace",
                      "spec.resourceAttributes.namespace"});
  }
  if (const Json* path = find(&spec, "nonResourceAttributes")) {
    causes.push_back({"FieldValueInvalid",
                      "Invalid value: " + shown(*path) + ": disallowed on this kind of request",
                      "spec.nonResourceAttributes"});
  }
}

Access access_of(const Json& spec) {
  Access access;
  if (const Json* path = find(&spec, "nonResourceAttributes")) {
    access.verb = text_at(*path, "verb");
    access.path = text_at(*path, "path");
    return access;
  }
  const Json& resource = spec["resourceAttributes"];
  access.verb = text_at(resource, "verb");
  access.namespace_ = text_at(resource, "namespace");
  access.group = text_at(resource, "group");
  access.resource = text_at(resource, "resource");
  access.subresource = text_at(resource, "subresource");
  access.name = text_at(resource, "name");
  return access;
}

/// Whom a SubjectAccessReview asks about.
User user_of(const Json& spec) {
  User user{text_at(spec, "user"), {}};
  for (const Json& group : manifest::list_at(spec, "groups")) {
    if (group.is_string()) user.groups.push_back(group);
  }
  return user;
}

/// Whether `asking`, or whom the spec names, may do what it asks about; throws ApiError 422
/// (pkg/apis/authorization/validation).
Json access_status(const ServedResource& type, const std::string& namespace_, const User& asking,
                   const Json& spec) {
  const bool self = type.kind == "SelfSubjectAccessReview";
  const User user = self ? asking : user_of(spec);
  std::vector<Cause> causes;
  check_target(spec, causes);
  if (!self) check_user(user, causes);
  if (type.namespaced) check_namespace(spec, namespace_, causes);
  if (!causes.empty()) throw invalid(subject_of(type, ""), std::move(causes));
  return {{"allowed", may(user, access_of(spec))}};
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
    answer["spec"] = spec;
    answer["status"] = access_status(call.type, call.info.namespace_, asking, spec);
  }
  Response response;
  response.status = 201;
  response.body = answer.dump();
  return response;
}

}  // namespace podrun::api
