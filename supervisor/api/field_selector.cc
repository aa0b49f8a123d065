#include "supervisor/api/field_selector.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "base/go_text.h"
#include "supervisor/api/json_path.h"

namespace podrun::api {
namespace {

constexpr std::array<std::string_view, 11> kPodFields{"metadata.name",
                                                      "metadata.namespace",
                                                      "spec.nodeName",
                                                      "spec.restartPolicy",
                                                      "spec.schedulerName",
                                                      "spec.serviceAccountName",
                                                      "spec.hostNetwork",
                                                      "status.phase",
                                                      "status.podIP",
                                                      "status.podIPs",
                                                      "status.nominatedNodeName"};
constexpr std::array<std::string_view, 14> kEventFields{"involvedObject.kind",
                                                        "involvedObject.namespace",
                                                        "involvedObject.name",
                                                        "involvedObject.uid",
                                                        "involvedObject.apiVersion",
                                                        "involvedObject.resourceVersion",
                                                        "involvedObject.fieldPath",
                                                        "reason",
                                                        "reportingComponent",
                                                        "reportingController",
                                                        "source",
                                                        "type",
                                                        "metadata.namespace",
                                                        "metadata.name"};
constexpr std::array<std::string_view, 3> kNodeFields{"metadata.name", "metadata.namespace",
                                                      "spec.unschedulable"};
constexpr std::array<std::string_view, 3> kNamespaceFields{"metadata.name", "metadata.namespace",
                                                           "status.phase"};
constexpr std::array<std::string_view, 3> kSecretFields{"metadata.name", "metadata.namespace",
                                                        "type"};
constexpr std::array<std::string_view, 4> kServiceFields{"metadata.name", "metadata.namespace",
                                                         "spec.clusterIP", "spec.type"};
constexpr std::array<std::string_view, 3> kReplicaFields{"metadata.name", "metadata.namespace",
                                                         "status.replicas"};
constexpr std::array<std::string_view, 3> kJobFields{"metadata.name", "metadata.namespace",
                                                     "status.successful"};
constexpr std::array<std::string_view, 2> kMetaFields{"metadata.name", "metadata.namespace"};

std::span<const std::string_view> fields_of(std::string_view resource) {
  if (resource == "pods") return kPodFields;
  if (resource == "events" || resource == "events.events.k8s.io") return kEventFields;
  if (resource == "nodes") return kNodeFields;
  if (resource == "namespaces") return kNamespaceFields;
  if (resource == "secrets") return kSecretFields;
  if (resource == "services") return kServiceFields;
  if (resource == "jobs.batch") return kJobFields;
  if (resource == "replicationcontrollers" || resource == "replicasets.apps") {
    return kReplicaFields;
  }
  return kMetaFields;
}

/// Splits at commas that no backslash precedes; the backslashes stay.
std::vector<std::string_view> terms_of(std::string_view text) {
  std::vector<std::string_view> terms;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == ',') {
      terms.push_back(text.substr(begin, at - begin));
      begin = at + 1;
    }
  }
  terms.push_back(text.substr(begin));
  return terms;
}

/// A value in which `,`, `=` and `\` are escaped by a backslash; a bare one is an error.
std::string unescaped(std::string_view value) {
  std::string text;
  for (std::size_t at = 0; at < value.size(); ++at) {
    char c = value[at];
    if (c == '\\') {
      const std::string_view escape = value.substr(at, 2);
      if (escape.size() < 2 || std::string_view("\\,=").find(escape[1]) == std::string_view::npos) {
        throw manifest::SelectorError("invalid field selector: invalid escape sequence: " +
                                      std::string(escape));
      }
      c = value[++at];
    } else if (c == ',' || c == '=') {
      throw manifest::SelectorError("invalid field selector: unescaped character in value: " +
                                    std::to_string(static_cast<int>(c)));
    }
    text += c;
  }
  return text;
}

FieldRequirement requirement_of(std::string_view term, std::string_view whole) {
  for (std::size_t at = 0; at < term.size(); ++at) {
    const std::string_view rest = term.substr(at);
    if (rest[0] == '\\') {
      ++at;
      continue;
    }
    const std::size_t length = rest.starts_with("!=") || rest.starts_with("==") ? 2
                               : rest[0] == '='                                 ? 1
                                                                                : 0;
    if (length == 0) continue;
    return {std::string(term.substr(0, at)), unescaped(rest.substr(length)), rest[0] != '!'};
  }
  throw manifest::SelectorError("invalid selector: '" + std::string(whole) +
                                "'; can't understand '" + std::string(term) + "'");
}

}  // namespace

std::string selectable_value(const Json& object, std::string_view field) {
  if (field == "source") {
    const std::string component = text_at(object, "source.component");
    return component.empty() ? text_at(object, "reportingComponent") : component;
  }
  // events.k8s.io/v1 names the same things anew.
  if (field.starts_with("involvedObject.") && !object.contains("involvedObject")) {
    return text_at(object, "regarding" + std::string(field.substr(field.find('.'))));
  }
  if (field == "reportingController" && !object.contains("reportingController")) {
    return text_at(object, "reportingComponent");
  }
  std::string value = text_at(object, field == "status.successful" ? "status.succeeded" : field);
  if (!value.empty()) return value;
  if (field == "spec.hostNetwork" || field == "spec.unschedulable") return "false";
  if (field == "status.replicas" || field == "status.successful") return "0";
  return value;
}

FieldSelector FieldSelector::parse(std::string_view text, std::string_view resource) {
  FieldSelector selector;
  const auto supported = fields_of(resource);
  for (const std::string_view term : terms_of(text)) {
    if (term.empty()) continue;
    FieldRequirement requirement = requirement_of(term, text);
    if (std::find(supported.begin(), supported.end(), requirement.field) == supported.end()) {
      const bool meta_only = supported.data() == kMetaFields.data();
      throw manifest::SelectorError(meta_only ? go_quote(requirement.field) +
                                                    " is not a known field selector: "
                                                    "only \"metadata.name\", \"metadata.namespace\""
                                              : "field label not supported: " + requirement.field);
    }
    selector.requirements_.push_back(std::move(requirement));
  }
  return selector;
}

bool FieldSelector::matches(const Json& object) const {
  return std::all_of(requirements_.begin(), requirements_.end(), [&](const auto& requirement) {
    return (selectable_value(object, requirement.field) == requirement.value) == requirement.equal;
  });
}

std::string FieldSelector::exact(std::string_view field) const {
  for (const auto& requirement : requirements_) {
    if (requirement.equal && requirement.field == field) return requirement.value;
  }
  return "";
}

}  // namespace podrun::api
