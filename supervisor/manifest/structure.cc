#include "supervisor/manifest/structure.h"

#include <initializer_list>
#include <string>
#include <vector>

namespace podrun::manifest {

namespace {

using Json = nlohmann::ordered_json;
using Names = std::initializer_list<const char*>;

/// Those of `names` that `object` has, in the order of `names`.
std::vector<std::string> present(const Json& object, Names names) {
  std::vector<std::string> found;
  for (const char* name : names) {
    if (object.contains(name)) found.emplace_back(name);
  }
  return found;
}

void check_handler(const Path& path, Json& json, Names kinds, Report& report) {
  const auto found = present(json, kinds);
  if (found.empty()) {
    report.required(path, "must specify a handler type");
    report.mute(path / "exec");
  }
  for (std::size_t i = 1; i < found.size(); ++i) {
    report.forbidden(path / found[i], "may not specify more than 1 handler type");
    report.mute(path / found[i]);
    json.erase(found[i]);
  }
}

void check_env(const Path& path, const Json& json, Report& report) {
  if (!json.contains("valueFrom")) return;
  const Path from = path / "valueFrom";
  const auto found = present(json["valueFrom"],
                             {"fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef"});
  if (found.empty()) {
    // A fileKeyRef was reported as unsupported: it is the source then.
    if ((from / "fileKeyRef").is_set()) return;
    report.invalid(from, "",
                   "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or "
                   "`secretKeyRef`");
  } else if (!json.value("value", "").empty()) {
    report.invalid(from, "", "may not be specified when `value` is not empty");
  } else if (found.size() > 1) {
    report.invalid(from, "", "may not have more than one field specified at a time");
    report.mute(from);
  }
}

void check_env_from(const Path& path, const Json& json, Report& report) {
  const auto found = present(json, {"configMapRef", "secretRef"});
  if (found.size() == 1) return;
  report.invalid(path, "",
                 found.empty() ? "must specify one of: `configMapRef` or `secretRef`"
                               : "may not have more than one field specified at a time");
  report.mute(path);
}

void check_container(const Path& path, Json& json, Report& report) {
  for (const char* probe : {"livenessProbe", "readinessProbe", "startupProbe"}) {
    if (!json.contains(probe)) continue;
    check_handler(path / probe, json[probe], {"exec", "httpGet", "tcpSocket", "grpc"}, report);
  }
  for (const char* hook : {"postStart", "preStop"}) {
    if (!json.contains("lifecycle") || !json["lifecycle"].contains(hook)) continue;
    check_handler(path / "lifecycle" / hook, json["lifecycle"][hook],
                  {"exec", "httpGet", "tcpSocket", "sleep"}, report);
  }
  if (json.contains("env")) {
    for (std::size_t i = 0; i < json["env"].size(); ++i) {
      check_env((path / "env")[i], json["env"][i], report);
    }
  }
  if (json.contains("envFrom")) {
    for (std::size_t i = 0; i < json["envFrom"].size(); ++i) {
      check_env_from((path / "envFrom")[i], json["envFrom"][i], report);
    }
  }
}

void check_volume(const Path& path, Json& json, Report& report) {
  std::vector<std::string> kinds;
  for (const auto& [field, content] : json.items()) {
    if (field != "name") kinds.push_back(field);
  }
  for (std::size_t i = 1; i < kinds.size(); ++i) {
    report.forbidden(path / kinds[i], "may not specify more than 1 volume type");
    report.mute(path / kinds[i]);
    json.erase(kinds[i]);
  }
  const auto projected = json.find("projected");
  if (projected == json.end() || !projected->contains("sources")) return;
  for (std::size_t i = 0; i < (*projected)["sources"].size(); ++i) {
    if ((*projected)["sources"][i].size() > 1) {
      report.forbidden((path / "projected" / "sources")[i],
                       "may not specify more than 1 volume type");
    }
  }
}

}  // namespace

void check_spec_structure(const Path& path, nlohmann::ordered_json& spec, Report& report) {
  for (const char* list : {"initContainers", "containers"}) {
    if (!spec.contains(list)) continue;
    for (std::size_t i = 0; i < spec[list].size(); ++i) {
      check_container((path / list)[i], spec[list][i], report);
    }
  }
  if (spec.contains("volumes")) {
    for (std::size_t i = 0; i < spec["volumes"].size(); ++i) {
      check_volume((path / "volumes")[i], spec["volumes"][i], report);
    }
  }
  const std::string policy = spec.value("restartPolicy", "");
  if (!policy.empty() && policy != "Always" && policy != "OnFailure" && policy != "Never") {
    report.not_supported(path / "restartPolicy", policy, {"Always", "OnFailure", "Never"});
    spec.erase("restartPolicy");
  }
}

}  // namespace podrun::manifest
