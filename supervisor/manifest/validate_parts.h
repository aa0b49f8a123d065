// The parts of a pod's validation, each in a file of its own.
#pragma once

#include <set>
#include <string>

#include "supervisor/manifest/pod.h"
#include "supervisor/manifest/report.h"

namespace podrun::manifest {

/// What a kind's names look like.
using NameCheck = Problems (*)(std::string_view);
/// metadata of any object.
void validate_meta(const Path& path, const ObjectMeta& meta, Report& report,
                   NameCheck check_name = check_dns1123_subdomain);
void validate_annotations(const Path& path, const StringMap& annotations, Report& report);
void validate_labels(const Path& path, const StringMap& labels, Report& report);

/// The permissions of a file in a volume.
void check_file_mode(const Path& path, int mode, Report& report);
/// Returns the names of the volumes that can be mounted.
std::set<std::string> validate_volumes(const Path& path, const std::vector<Volume>& volumes,
                                       Report& report);

void validate_env(const Path& path, const std::vector<EnvVar>& env, Report& report);
/// A file of the downward API; `path` is of the list that holds it.
void validate_downward_file(const Path& path, const DownwardFile& file, Report& report);
void validate_env_from(const Path& path, const std::vector<EnvFrom>& sources, Report& report);
void validate_resources(const Path& path, const ResourceRequirements& resources, Report& report);
/// `path` is of the container; `init`: of an init container that is no sidecar.
void validate_resize_policy(const Path& path, const Container& container, RestartPolicy of_pod,
                            bool init, Report& report);
void validate_security_context(const Path& path, const SecurityContext& context, bool host_users,
                               Report& report);
void validate_pod_security_context(const Path& path, const PodSpec& spec, Report& report);

/// `grace` is the pod's, which bounds a hook's sleep.
void validate_probes(const Path& path, const Container& container, Report& report);
void validate_lifecycle(const Path& path, const Lifecycle& lifecycle, Seconds grace,
                        Report& report);

/// Both lists of containers. `path` is the spec's.
void validate_containers(const Path& path, const PodSpec& spec,
                         const std::set<std::string>& volumes, Report& report);

/// A spec, in a pod or in a template.
void validate_spec(const Path& path, const PodSpec& spec, Report& report);

}  // namespace podrun::manifest
