// `podrun label` and `podrun annotate`.
#include "cli/kube/change.h"
#include "cli/kube/commands.h"
#include "supervisor/api/json_path.h"
#include "supervisor/api/patch.h"
#include "supervisor/client/metadata_words.h"
#include "supervisor/manifest/json_access.h"

namespace podrun::kube {
namespace {

/// One of the two commands.
struct Manner {
  bool labels;
  const char* field;
  const char* manager;
};
constexpr Manner kLabels{true, "labels", "kubectl-label"};
constexpr Manner kAnnotations{false, "annotations", "kubectl-annotate"};

void refuse_clashes(const Manner& manner, const Json& object,
                    const client::MetadataChanges& changes) {
  std::string text;
  for (const auto& [key, value] :
       client::clashes(api::at_path(object, std::string("metadata.") + manner.field), changes)) {
    text += (text.empty() ? "" : "; ") + ("'" + key + "' already has a value (" + value + ")");
  }
  if (text.empty()) return;
  throw Error(manner.labels
                  ? text + ", and --overwrite is false"
                  : "--overwrite is false but found the following declared annotation(s): " + text);
}

std::string verb_of(const Manner& manner, const Json& patch,
                    const client::MetadataChanges& changes) {
  if (!manner.labels) return "annotated";
  if (patch.empty()) return "not labeled";
  return changes.set.empty() ? "unlabeled" : "labeled";
}

void tell_missing(const Manner& manner, const Json& object,
                  const client::MetadataChanges& changes) {
  const Json& present = api::at_path(object, std::string("metadata.") + manner.field);
  for (const std::string& key : changes.removed) {
    if (manner.labels && !present.contains(key)) print("label \"" + key + "\" not found.\n");
  }
}

void show(const Manner& manner, const Json& object) {
  Json present = api::at_path(object, std::string("metadata.") + manner.field);
  manifest::sort_fields(present);
  for (const auto& [key, value] : present.items()) {
    print(key + "=" + value.get<std::string>() + "\n");
  }
}

int change_metadata(Session& session, const Manner& manner) {
  const Arguments& arguments = session.arguments();
  const client::MetadataWords words =
      client::parse_metadata_words(arguments.operands, manner.labels);
  const client::MetadataChanges& changes = words.changes;
  const bool list = arguments.has("list");
  if (changes.set.empty() && changes.removed.empty() && !list) {
    throw UsageError(std::string("at least one ") + (manner.labels ? "label" : "annotation") +
                     " update is required: KEY=VALUE or KEY-");
  }
  const Change change(session, manner.manager);
  const bool local = is_local(arguments);
  return for_each(
      session, find_targets(session, {.words = words.objects}), "", [&](const Target& target) {
        Json object = local ? target.object : fetch(session, target);
        if (!arguments.has("overwrite")) refuse_clashes(manner, object, changes);
        Json patch = client::metadata_patch(object, manner.field, changes);
        tell_missing(manner, object, changes);
        const std::string verb = verb_of(manner, patch, changes);
        if (!patch.empty() && (local || change.is_local())) {
          object = api::apply_merge_patch(std::move(object), patch);
        } else if (!patch.empty()) {
          const std::string version = arguments.value("resource-version");
          if (!version.empty()) patch["metadata"]["resourceVersion"] = version;
          object = session.api().send("PATCH", target.path(), patch, change.query(), kMergePatch);
        }
        if (list) {
          show(manner, object);
        } else {
          change.told(object, verb);
        }
      });
}

}  // namespace

int label(Session& session) { return change_metadata(session, kLabels); }

int annotate(Session& session) { return change_metadata(session, kAnnotations); }

}  // namespace podrun::kube
