// From a manifest's container and its image to the container that the runtime gives birth to (OCI's
// terms).
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "rootfs-tools/image.h"
#include "runtime/spec.h"
#include "supervisor/manifest/pod.h"
#include "supervisor/pod/container_env.h"
#include "supervisor/pod/image_user.h"

namespace podrun::pod {

struct ContainerSpecInputs {
  const manifest::Pod& pod;
  const manifest::Container& container;
  const images::ImageConfig& image;
  const UserDatabase& users;
  const NodeFacts& node;
  std::string hostname;
  std::vector<runtime::Mount>
      mounts;  // volumes and the files that the supervisor provides (/etc/hosts …)
  int oom_score_adj = 0;
  ConfigData config;
};

/// The manifest asks for what cannot be: kubelet's CreateContainerConfigError.
class ConfigError : public Error {
 public:
  explicit ConfigError(const Error& reason) : Error(reason) {}
};

/// Throws ConfigError with kubelet's text where the container cannot be made as asked.
runtime::Spec container_spec(const ContainerSpecInputs& inputs);

/// The capability set after `add` and `drop` ("ALL" and names with or without CAP_).
std::vector<std::string> effective_capabilities(const std::vector<std::string>& defaults,
                                                const std::vector<std::string>& all,
                                                const manifest::SecurityContext& context);

}  // namespace podrun::pod
