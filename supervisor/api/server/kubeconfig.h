// The file that makes an unmodified kubectl talk to this daemon.
#pragma once

#include <string>

#include "supervisor/api/server/credentials.h"

namespace podrun::api {

enum class KubeconfigUser { kCertificate, kToken };

/// YAML with everything embedded: cluster, user and context are "podrun"; `server` is a URL
/// ("https://127.0.0.1:6443").
std::string kubeconfig(const Credentials& credentials, const std::string& server,
                       KubeconfigUser user = KubeconfigUser::kCertificate);
/// The same as a file of mode 0600, replaced whole, unless it is so already.
void write_kubeconfig(const std::string& path, const std::string& yaml);

}  // namespace podrun::api
