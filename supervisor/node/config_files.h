// What a pod takes from ConfigMaps and Secrets, and from its own labels, looked up in the API.
#pragma once

#include <set>
#include <string>

#include "supervisor/api/client.h"
#include "supervisor/pod/config_data.h"

namespace podrun::node {

/// What a pod refers to.
struct ObjectNeeds {
  std::set<std::string> config_maps, secrets;
  bool labels = false;  // or annotations
  bool any() const { return labels || !config_maps.empty() || !secrets.empty(); }
};

/// What of these needs the API has by now; not `provided` where there are none.
pod::ConfigData look_up(const api::Client& client, const store::Json& pod,
                        const ObjectNeeds& needs);
/// The same for env and envFrom of the pod's containers.
pod::ConfigData config_for(const api::Client& client, const store::Json& pod);

/// The bytes that a field's base64 stands for.
pod::ConfigData::Entries decoded_entries(const store::Json& object, const char* field);

}  // namespace podrun::node
