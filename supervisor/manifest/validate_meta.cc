// apimachinery/pkg/api/validation/objectmeta.go.
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "supervisor/manifest/validate_parts.h"

namespace podrun::manifest {

namespace {

constexpr std::size_t kMostAnnotationBytes = 256u << 10;

/// As Kubernetes shows it: JSON, in the order of its type.
nlohmann::ordered_json shown(const OwnerReference& owner) {
  nlohmann::ordered_json out{{"apiVersion", owner.api_version},
                             {"kind", owner.kind},
                             {"name", owner.name},
                             {"uid", owner.uid}};
  if (owner.controller) out["controller"] = *owner.controller;
  if (owner.block_owner_deletion) out["blockOwnerDeletion"] = *owner.block_owner_deletion;
  return out;
}

std::string shown(const std::vector<OwnerReference>& owners) {
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const OwnerReference& owner : owners) out.push_back(shown(owner));
  return out.dump();
}

/// `path` is of the whole list: Kubernetes names no index here.
void validate_owner(const Path& path, const OwnerReference& owner, Report& report) {
  if (owner.api_version.empty()) {
    report.invalid(path / "apiVersion", "", "version must not be empty");
  }
  if (owner.kind.empty()) report.invalid(path / "kind", "", "must not be empty");
  if (owner.name.empty()) report.invalid(path / "name", "", "must not be empty");
  if (owner.uid.empty()) report.invalid(path / "uid", "", "must not be empty");
  if (owner.api_version == "v1" && owner.kind == "Event") {
    report.invalid_shown(path, shown(owner).dump(),
                         "/v1, Kind=Event is disallowed from being an owner");
  }
}

void validate_owners(const Path& path, const std::vector<OwnerReference>& owners, Report& report) {
  std::string controller;
  for (std::size_t i = 0; i < owners.size(); ++i) {
    const OwnerReference& owner = owners[i];
    const Path at = path.with_line_of(path[i]);
    validate_owner(at, owner, report);
    if (!owner.controller.value_or(false)) continue;
    const std::string name = owner.kind + "/" + owner.name;
    if (controller.empty()) {
      controller = name;
      continue;
    }
    report.invalid_shown(at, shown(owners),
                         "Only one reference can have Controller set to true. Found \"true\" in "
                         "references for " +
                             controller + " and " + name);
  }
}

void validate_finalizers(const Path& path, const std::vector<std::string>& finalizers,
                         Report& report) {
  for (std::size_t i = 0; i < finalizers.size(); ++i) {
    const std::string& name = finalizers[i];
    report.invalid(path[i], name, check_qualified_name(name));
    const bool standard = name == "kubernetes" || name == "orphan" || name == "foregroundDeletion";
    if (name.find('/') == std::string::npos && !standard) {
      report.invalid(path[i], name,
                     "name is neither a standard finalizer name nor is it fully qualified");
    }
  }
}

}  // namespace

void validate_labels(const Path& path, const StringMap& labels, Report& report) {
  for (const auto& [key, value] : labels) {
    const Path at = path.with_line_of(path.key(key));
    report.invalid(at, key, check_qualified_name(key));
    report.invalid(at, value, check_label_value(value));
  }
}

void validate_annotations(const Path& path, const StringMap& annotations, Report& report) {
  std::size_t size = 0;
  for (const auto& [key, value] : annotations) {
    report.invalid(path.with_line_of(path.key(key)), key, check_qualified_name(lowercase(key)));
    size += key.size() + value.size();
  }
  if (size > kMostAnnotationBytes) report.too_long(path, kMostAnnotationBytes);
}

void validate_meta(const Path& path, const ObjectMeta& meta, Report& report, NameCheck check_name) {
  if (!meta.generate_name.empty()) {
    // A dash at the end is what the generated part is joined to.
    std::string prefix = meta.generate_name;
    if (prefix.size() > 1 && prefix.back() == '-') prefix.back() = 'a';
    report.invalid(path / "generateName", meta.generate_name, check_name(prefix));
  }
  if (!meta.name.empty()) {
    report.invalid(path / "name", meta.name, check_name(meta.name));
  } else if (meta.generate_name.empty()) {
    report.required(path / "name", "name or generateName is required");
  }
  if (!meta.namespace_.empty()) {
    report.invalid(path / "namespace", meta.namespace_, check_dns1123_label(meta.namespace_));
  }
  validate_labels(path / "labels", meta.labels, report);
  validate_annotations(path / "annotations", meta.annotations, report);
  validate_owners(path / "ownerReferences", meta.owner_references, report);
  validate_finalizers(path / "finalizers", meta.finalizers, report);
}

}  // namespace podrun::manifest
