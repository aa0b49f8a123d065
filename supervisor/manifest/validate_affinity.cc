#include "supervisor/manifest/validate_affinity.h"

#include "supervisor/manifest/formats.h"
#include "supervisor/manifest/label_keys.h"
#include "supervisor/manifest/validate_selector.h"

namespace podrun::manifest {

namespace {

constexpr const char* kRequired = "requiredDuringSchedulingIgnoredDuringExecution";
constexpr const char* kPreferred = "preferredDuringSchedulingIgnoredDuringExecution";

const Json& member(const Json& object, const char* field) {
  static const Json none;
  const Json* found = find(object, field);
  return found == nullptr ? none : *found;
}

void check_expression(const Path& path, const Json& expression, Report& report) {
  const std::string op = text_at(expression, "operator");
  const std::size_t values = list_at(expression, "values").size();
  if (op == "In" || op == "NotIn") {
    if (values == 0) {
      report.required(path / "values", "must be specified when `operator` is 'In' or 'NotIn'");
    }
  } else if (op == "Exists" || op == "DoesNotExist") {
    if (values > 0) {
      report.forbidden(path / "values",
                       "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
    }
  } else if (op == "Gt" || op == "Lt") {
    if (values != 1) {
      report.required(path / "values",
                      "must be specified single value when `operator` is 'Lt' or 'Gt'");
    }
  } else {
    report.invalid(path / "operator", op, "not a valid selector operator");
  }
  const std::string key = text_at(expression, "key");
  report.invalid(path / "key", key, check_qualified_name(key));
}

void check_field(const Path& path, const Json& field, Report& report) {
  const std::string op = text_at(field, "operator");
  const Json& values = list_at(field, "values");
  if (op != "In" && op != "NotIn") {
    report.invalid(path / "operator", op, "not a valid selector operator");
  } else if (values.size() != 1) {
    report.required(path / "values",
                    "must be only one value when `operator` is 'In' or 'NotIn' for node field "
                    "selector");
  }
  const std::string key = text_at(field, "key");
  if (key != "metadata.name") {
    report.invalid(path / "key", key, "not a valid field selector key");
    return;
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!values[i].is_string()) continue;
    const std::string name = values[i].get<std::string>();
    report.invalid((path / "values")[i], name, check_dns1123_subdomain(name));
  }
}

void check_node_term(const Path& path, const Json& term, Report& report) {
  const Json& expressions = list_at(term, "matchExpressions");
  for (std::size_t i = 0; i < expressions.size(); ++i) {
    check_expression((path / "matchExpressions")[i], expressions[i], report);
  }
  const Json& fields = list_at(term, "matchFields");
  for (std::size_t i = 0; i < fields.size(); ++i) {
    check_field((path / "matchFields")[i], fields[i], report);
  }
}

void check_weight(const Path& path, const Json& preferred, Report& report) {
  const std::int64_t weight = number_at(preferred, "weight");
  if (weight < 1 || weight > 100) {
    report.invalid(path / "weight", weight, "must be in the range 1-100");
  }
}

void check_node_affinity(const Path& path, const Json& affinity, Report& report) {
  if (const Json& required = member(affinity, kRequired); required.is_object()) {
    const Path at = path / kRequired / "nodeSelectorTerms";
    const Json& terms = list_at(required, "nodeSelectorTerms");
    if (terms.empty()) report.required(at, "must have at least one node selector term");
    for (std::size_t i = 0; i < terms.size(); ++i) check_node_term(at[i], terms[i], report);
  }
  const Json& preferred = list_at(affinity, kPreferred);
  for (std::size_t i = 0; i < preferred.size(); ++i) {
    const Path at = (path / kPreferred)[i];
    check_weight(at, preferred[i], report);
    check_node_term(at / "preference", member(preferred[i], "preference"), report);
  }
}

void check_pod_term(const Path& path, const Json& term, Report& report) {
  for (const char* field : {"labelSelector", "namespaceSelector"}) {
    const Json& selector = member(term, field);
    if (selector.is_object()) validate_label_selector(path / field, selector, report);
  }
  validate_label_keys(path, term, report);
  const Json& namespaces = list_at(term, "namespaces");
  for (std::size_t i = 0; i < namespaces.size(); ++i) {
    if (!namespaces[i].is_string()) continue;
    const std::string name = namespaces[i].get<std::string>();
    report.invalid((path / "namespaces")[i], name, check_dns1123_label(name));
  }
  const std::string key = text_at(term, "topologyKey");
  if (key.empty()) {
    report.required(path / "topologyKey", "can not be empty");
  }
  report.invalid(path / "topologyKey", key, check_qualified_name(key));
}

void check_pod_affinity(const Path& path, const Json& affinity, Report& report) {
  const Json& required = list_at(affinity, kRequired);
  for (std::size_t i = 0; i < required.size(); ++i) {
    check_pod_term((path / kRequired)[i], required[i], report);
  }
  const Json& preferred = list_at(affinity, kPreferred);
  for (std::size_t i = 0; i < preferred.size(); ++i) {
    const Path at = (path / kPreferred)[i];
    check_weight(at, preferred[i], report);
    check_pod_term(at / "podAffinityTerm", member(preferred[i], "podAffinityTerm"), report);
  }
}

}  // namespace

void validate_affinity(const Path& path, const Json& affinity, Report& report) {
  check_node_affinity(path / "nodeAffinity", member(affinity, "nodeAffinity"), report);
  for (const char* field : {"podAffinity", "podAntiAffinity"}) {
    check_pod_affinity(path / field, member(affinity, field), report);
  }
}

}  // namespace podrun::manifest
