// What a pod's environment takes from ConfigMaps and Secrets, looked up in the API.
#pragma once

#include <optional>
#include <string>

#include "supervisor/api/client.h"
#include "supervisor/pod/config_data.h"

namespace podrun::node {

/// Those that env and envFrom of the pod's containers name and the API has; not `provided` where
/// they name none.
pod::ConfigData config_for(const api::Client& client, const store::Json& pod);

/// RFC 4648 base64, as Secret.data holds it; nothing where it is malformed.
std::optional<std::string> decode_base64(const std::string& text);

}  // namespace podrun::node
