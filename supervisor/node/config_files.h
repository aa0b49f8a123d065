// What a pod's environment takes from ConfigMaps and Secrets, looked up in the API.
#pragma once

#include <string>

#include "supervisor/api/client.h"
#include "supervisor/pod/config_data.h"

namespace podrun::node {

/// Those that env and envFrom of the pod's containers name and the API has; not `provided` where
/// they name none.
pod::ConfigData config_for(const api::Client& client, const store::Json& pod);

/// The texts in an object's `data`, as they are.
pod::ConfigData::Entries plain_entries(const store::Json& object);
/// The bytes that a field's base64 stands for.
pod::ConfigData::Entries decoded_entries(const store::Json& object, const char* field);

}  // namespace podrun::node
