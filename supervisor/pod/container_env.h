// A container's environment, command and working directory from the manifest and the image. Pure.
#pragma once

#include <string>
#include <vector>

#include "rootfs-tools/image.h"
#include "supervisor/manifest/pod.h"
#include "supervisor/pod/config_data.h"
#include "supervisor/pod/downward.h"

namespace podrun::pod {

/// "NAME=value" in order: PATH and HOSTNAME, the image's, then the manifest's with `$(VAR)`
/// expanded; a later one replaces an earlier one of the same name. Throws Error
/// (CreateContainerConfigError) for a reference that is not optional to what `config` does not
/// have.
std::vector<std::string> container_env(const manifest::Pod& pod,
                                       const manifest::Container& container,
                                       const images::ImageConfig& image,
                                       const std::string& hostname, const NodeFacts& node,
                                       const ConfigData& config = {});

/// command and args over ENTRYPOINT and CMD, `$(VAR)` expanded from `env`. Throws Error where
/// nothing is left to run.
std::vector<std::string> container_command(const manifest::Container& container,
                                           const images::ImageConfig& image,
                                           const std::vector<std::string>& env);

/// A mount's subPath, or its subPathExpr with the container's variables. Throws Error for a
/// variable that is not there.
std::string mount_sub_path(const manifest::VolumeMount& mount, const std::vector<std::string>& env);

/// The pod's hostname: spec.hostname, or its name cut to 63 characters.
std::string pod_hostname(const manifest::Pod& pod);

}  // namespace podrun::pod
