#include "supervisor/manifest/admit_meta.h"

#include "supervisor/manifest/json_fields.h"
#include "supervisor/manifest/validate_parts.h"

namespace podrun::manifest {

namespace {

/// registry/rest, BeforeUpdate: a client need not repeat what the server has set.
void carry_over(Json& now, const Json& before) {
  for (const char* field : {"name", "namespace", "uid", "creationTimestamp"}) {
    if (const Json* was = find(before, field)) set_default(now, field, *was);
  }
  for (const char* field : {"deletionTimestamp", "deletionGracePeriodSeconds", "generation"}) {
    now.erase(field);
    if (const Json* was = find(before, field)) now[field] = *was;
  }
}

/// ValidateObjectMetaUpdate, without name, namespace and uid: who calls compares these with the
/// request, and answers 400 or 409.
void check_unchanged(const Path& path, const Json& now, const Json& before, Report& report) {
  const std::string created = text_at(now, "creationTimestamp");
  if (created != text_at(before, "creationTimestamp")) {
    report.invalid_shown(path / "creationTimestamp", created, "field is immutable");
  }
}

}  // namespace

void admit_metadata(Intake& in) {
  Json& metadata = object_at(in.object, "metadata");
  const Path path = in.path / "metadata";
  metadata.erase("selfLink");
  if (!in.rule.is_namespaced) metadata.erase("namespace");
  if (in.old != nullptr) {
    if (const Json* before = find(*in.old, "metadata")) {
      carry_over(metadata, *before);
      check_unchanged(path, metadata, *before, in.report);
    }
  }
  const NameCheck check =
      in.rule.check_name == nullptr ? check_dns1123_subdomain : in.rule.check_name;
  validate_meta(path, meta_from_json(metadata), in.report, check);
}

}  // namespace podrun::manifest
