// The revisions of a DaemonSet's template, as ControllerRevisions, pure.
// pkg/controller/daemon/update.go.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "supervisor/controllers/json_access.h"

namespace podrun::controllers {

inline constexpr const char* kControllerRevisions = "controllerrevisions.apps";

/// The strategic merge patch that restores the template: what a revision keeps.
Json revision_data(const Json& set);
/// The revision keeps the set's present template.
bool keeps_template(const Json& revision, const Json& set);

struct Revisions {
  std::optional<store::Object> current;
  std::vector<store::Object> old;  // in rising order
  std::int64_t number = 1;         // that the current one has, or is to have
};
/// `owned`: the set's ControllerRevisions.
Revisions split_revisions(const Json& set, std::vector<store::Object> owned);
/// A ControllerRevision for the present template.
Json new_revision(const Json& set, const Json& owner_ref, std::int64_t number);
/// The hash that a revision's pods carry.
const std::string& hash_of(const Json& revision);
/// Old ones beyond spec.revisionHistoryLimit that no pod has, the oldest first.
std::vector<store::Object> revisions_to_forget(const Json& set,
                                               const std::vector<store::Object>& old,
                                               const std::vector<store::Object>& pods);

}  // namespace podrun::controllers
