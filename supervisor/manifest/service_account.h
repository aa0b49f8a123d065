// What the admission of service accounts does to a new pod (plugin/pkg/admission/serviceaccount).
#pragma once

#include <string>

#include "supervisor/manifest/json_access.h"

namespace podrun::manifest {

inline constexpr const char* kServiceAccountTokenPath =
    "/var/run/secrets/kubernetes.io/serviceaccount";

/// Whether the pod, or else its account (null: unknown), wants the account's token.
bool wants_token(const Json& pod, const Json* account);
/// Mounts a volume `volume` with token, certificate and namespace into every container that has
/// nothing mounted there. The pod has its defaults already.
void mount_token(Json& pod, const std::string& volume);

}  // namespace podrun::manifest
