// `podrun patch` and `podrun replace`.
#include "supervisor/api/patch.h"

#include "base/files.h"
#include "cli/kube/change.h"
#include "cli/kube/commands.h"
#include "cli/kube/removal.h"
#include "supervisor/api/json_path.h"
#include "supervisor/api/patch_schema.h"
#include "supervisor/client/manifest_objects.h"
#include "supervisor/manifest/json_access.h"

namespace podrun::kube {
namespace {

std::string_view media_type_of(const std::string& type) {
  if (type == "json") return kJsonPatch;
  return type == "merge" ? kMergePatch : kStrategicPatch;
}

Json patch_of(const Arguments& arguments) {
  if (!arguments.has("patch") && !arguments.has("patch-file")) {
    throw UsageError("must specify --patch or --patch-file containing the contents of the patch");
  }
  if (arguments.has("patch") && arguments.has("patch-file")) {
    throw UsageError("cannot specify --patch and --patch-file together");
  }
  if (arguments.has("patch")) return client::read_document(arguments.value("patch"), "--patch");
  const std::string file = arguments.value("patch-file");
  return client::read_document(read_file(file), file);
}

Json patched_here(const Json& object, const Json& patch, const std::string& type) {
  return api::apply_patch(api::patch_type(media_type_of(type)), object, patch.dump(),
                          &api::patch_schema(api::text_at(object, "kind")));
}

Json replaced(Session& session, const Change& change, const Target& target) {
  const Arguments& arguments = session.arguments();
  Json object = placed(target);
  if (arguments.has("save-config")) object = with_last_applied(std::move(object));
  if (change.is_local()) return object;
  if (arguments.has("force")) {
    Removal removal{.propagation = propagation_of(arguments.value("cascade"))};
    if (const auto grace = number_of(arguments, "grace-period"); grace >= 0) {
      removal.grace_seconds = grace;
    }
    if (find_object(session, target)) {
      remove_and_wait(session, target, removal, deadline_of(arguments));
      if (is_human(change.form())) print(removed_line(target, "deleted"));
    }
    return session.api().send("POST", target.type->collection(target.space), object,
                              change.query());
  }
  // Without a version the manifest replaces what there is now.
  Json& metadata = manifest::object_at(object, "metadata");
  if (manifest::text_at(metadata, "resourceVersion").empty()) {
    metadata["resourceVersion"] = api::text_at(fetch(session, target), "metadata.resourceVersion");
  }
  return session.api().send("PUT", target.path(), object, change.query());
}

}  // namespace

int patch(Session& session) {
  const Arguments& arguments = session.arguments();
  const Json patch = patch_of(arguments);
  const std::string type = arguments.value("type");
  const std::string part = arguments.value("subresource");
  const Change change(session, "kubectl-patch");
  const bool local = is_local(arguments);
  const std::vector<Target> targets = find_targets(session);
  if (!arguments.has("filename") && targets.size() != 1) {
    throw UsageError("\"podrun patch\" changes one object");
  }
  return for_each(session, targets, "", [&](const Target& target) {
    const std::string path = target.path() + (part.empty() ? "" : "/" + part);
    const Json before = local ? target.object : session.api().get(path);
    Json after;
    if (local || change.is_local()) {
      after = patched_here(before, patch, type);
    } else {
      after = session.api().send("PATCH", path, patch, change.query(), media_type_of(type));
    }
    change.told(after, before == after ? "patched (no change)" : "patched");
  });
}

int replace(Session& session) {
  if (!session.arguments().has("filename")) {
    throw UsageError("must specify one of -f and -k");
  }
  if (session.arguments().has("force") && session.arguments().value("dry-run") != "none") {
    throw UsageError("--dry-run can not be used when --force is set");
  }
  const Change change(session, "kubectl-replace");
  return for_each(session, file_targets(session), "replacing", [&](const Target& target) {
    change.told(replaced(session, change, target), "replaced");
  });
}

}  // namespace podrun::kube
