#include <algorithm>
#include <array>

#include "base/go_text.h"
#include "base/text.h"
#include "supervisor/manifest/validate_parts.h"

namespace podrun::manifest {

namespace {

constexpr std::array<std::string_view, 9> kFieldPaths = {"metadata.name",
                                                         "metadata.namespace",
                                                         "metadata.uid",
                                                         "spec.nodeName",
                                                         "spec.serviceAccountName",
                                                         "status.hostIP",
                                                         "status.hostIPs",
                                                         "status.podIP",
                                                         "status.podIPs"};
constexpr std::array<std::string_view, 6> kResourcePaths = {
    "limits.cpu",   "limits.ephemeral-storage",   "limits.memory",
    "requests.cpu", "requests.ephemeral-storage", "requests.memory"};

template <class List>
bool contains(const List& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

void check_key(const Path& path, const std::string& name, const std::string& key, Report& report) {
  report.invalid(path / "name", name, check_dns1123_subdomain(name));
  if (key.empty()) {
    report.required(path / "key");
  } else {
    report.invalid(path / "key", key, check_config_map_key(key));
  }
}

/// "metadata.labels['app']" to "metadata.labels" and "app"; false for a path without subscript.
bool split_subscript(const std::string& path, std::string& field, std::string& key) {
  const auto open = path.find("['");
  if (open == std::string::npos || !path.ends_with("']") || path.size() < open + 4) return false;
  field = path.substr(0, open);
  key = path.substr(open + 2, path.size() - open - 4);
  return true;
}

bool is_volume_path(std::string_view path) {
  return path == "metadata.labels" || path == "metadata.annotations" || path == "metadata.name" ||
         path == "metadata.namespace" || path == "metadata.uid";
}

/// Variables and files may show different fields.
enum class FieldUser { kVariable, kFile };

void refuse_field_path(const Path& path, const std::string& field_path, FieldUser user,
                       Report& report) {
  if (user == FieldUser::kFile) {
    report.not_supported(path / "fieldPath", field_path,
                         {"metadata.annotations", "metadata.labels", "metadata.name",
                          "metadata.namespace", "metadata.uid"});
    return;
  }
  report.not_supported(path / "fieldPath", field_path,
                       {"metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName",
                        "spec.serviceAccountName", "status.hostIP", "status.hostIPs",
                        "status.podIP", "status.podIPs"});
}

void check_field_path(const Path& path, const std::string& field_path, FieldUser user,
                      Report& report) {
  if (field_path.empty()) {
    report.required(path / "fieldPath");
    return;
  }
  std::string field;
  std::string key;
  if (split_subscript(field_path, field, key)) {
    if (field == "metadata.annotations") key = lowercase(key);
    if (field == "metadata.annotations" || field == "metadata.labels") {
      report.invalid(path / "fieldPath", key, check_qualified_name(key));
      return;
    }
    if (contains(kFieldPaths, field)) {
      report.invalid(path / "fieldPath", field, "does not support subscript");
      return;
    }
  } else if (contains(kFieldPaths, field_path) || is_volume_path(field_path)) {
    const bool shown =
        user == FieldUser::kFile ? is_volume_path(field_path) : contains(kFieldPaths, field_path);
    if (!shown) refuse_field_path(path, field_path, user, report);
    return;
  }
  report.invalid(path / "fieldPath", field_path,
                 "error converting fieldPath: field label not supported: " + field_path);
}

bool is_divisor(const std::string& resource, const std::string& divisor) {
  if (resource.ends_with(".cpu")) return divisor == "1m" || divisor == "1";
  constexpr std::array<std::string_view, 13> kUnits = {
      "1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"};
  return contains(kUnits, divisor);
}

void check_resource_path(const Path& path, const ResourceFieldSelector& selector, Report& report) {
  const std::string& resource = selector.resource;
  const bool huge =
      resource.starts_with("limits.hugepages-") || resource.starts_with("requests.hugepages-");
  if (resource.empty()) {
    report.required(path / "resource");
    return;
  }
  if (!contains(kResourcePaths, resource) && !huge) {
    report.not_supported(path / "resource", resource,
                         {"limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu",
                          "requests.ephemeral-storage", "requests.memory"});
    return;
  }
  if (selector.divisor.is_zero() || is_divisor(resource, selector.divisor.canonical())) return;
  const std::string values = resource.ends_with(".cpu")
                                 ? "1m and 1"
                                 : "1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei";
  const std::string kind = resource.ends_with(".cpu")                 ? "cpu"
                           : resource.ends_with(".memory")            ? "memory"
                           : resource.ends_with(".ephemeral-storage") ? "local ephemeral storage"
                                                                      : "hugepages";
  report.invalid(
      path / "divisor", resource,
      "only divisor's values " + values + " are supported with the " + kind + " resource");
}

struct EnvSourceCheck {
  const Path& path;
  Report& report;

  void operator()(const ConfigMapKeySelector& selector) const {
    check_key(path / "configMapKeyRef", selector.name, selector.key, report);
  }
  void operator()(const SecretKeySelector& selector) const {
    check_key(path / "secretKeyRef", selector.name, selector.key, report);
  }
  void operator()(const ObjectFieldSelector& selector) const {
    check_field_path(path / "fieldRef", selector.field_path, FieldUser::kVariable, report);
  }
  void operator()(const ResourceFieldSelector& selector) const {
    check_resource_path(path / "resourceFieldRef", selector, report);
  }
};

}  // namespace

void validate_downward_file(const Path& path, const DownwardFile& file, Report& report) {
  if (file.path.empty()) report.required(path / "path");
  report.invalid(path / "path", file.path, check_local_item_path(file.path));
  if (file.field) {
    check_field_path(path / "fieldRef", file.field->field_path, FieldUser::kFile, report);
    if (file.resource) {
      report.invalid(path, "resource",
                     "fieldRef and resourceFieldRef can not be specified simultaneously");
    }
  } else if (file.resource) {
    const Path at = path / "resourceFieldRef";
    if (file.resource->container_name.empty()) {
      report.required(at / "containerName");
    } else {
      check_resource_path(at, *file.resource, report);
    }
  } else {
    report.required(path, "one of fieldRef and resourceFieldRef is required");
  }
  if (file.mode) check_file_mode(path / "mode", *file.mode, report);
}

void validate_env(const Path& path, const std::vector<EnvVar>& env, Report& report) {
  std::set<std::string> names;
  for (std::size_t i = 0; i < env.size(); ++i) {
    const Path at = path[i];
    const std::string& name = env[i].name;
    if (name.empty()) {
      report.required(at / "name");
    } else {
      report.invalid(at / "name", name, check_env_name(name));
      if (!names.insert(name).second) {
        report.warning(at, "hides previous definition of " + go_quote(name));
      }
    }
    if (env[i].value_from) {
      const Path from = at / "valueFrom";
      std::visit(EnvSourceCheck{from, report}, *env[i].value_from);
    }
  }
}

void validate_env_from(const Path& path, const std::vector<EnvFrom>& sources, Report& report) {
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const EnvFrom& source = sources[i];
    const Path at = path[i];
    if (!source.prefix.empty()) {
      report.invalid(at / "prefix", source.prefix, check_env_name(source.prefix));
    }
    const Path name = at / (source.is_secret ? "secretRef" : "configMapRef") / "name";
    if (source.name.empty()) {
      report.required(name);
    } else {
      report.invalid(name, source.name, check_dns1123_subdomain(source.name));
    }
  }
}

}  // namespace podrun::manifest
