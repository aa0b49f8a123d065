// What the kinds that keep pods running check alike.
#pragma once

#include <string>

#include "supervisor/manifest/kinds.h"
#include "supervisor/manifest/pod_template.h"

namespace podrun::manifest {

/// The number in a field of the object at `path`, where it is there.
void check_not_negative(const Path& path, const Json& object, const char* field, Report& report);
/// `pod_template` is the template's path.
void check_template_labels(const Path& pod_template, const Json& selector, const StringMap& labels,
                           Report& report);
/// spec.selector and spec.template of ReplicaSet and Deployment, whose older versions take both
/// selector and labels from the template.
void default_from_template(Json& object);
/// Whether spec.selector is what it was in `old` (null: there is none).
void check_selector_kept(const Path& spec_path, const Json& spec, const Json* old, Report& report);
void admit_selector_and_template(Intake& in, const std::string& kind);

}  // namespace podrun::manifest
