// What of nodes the API does not say, in its table. Pure.
#pragma once

#include <nlohmann/json.hpp>

namespace podrun::client {

using Json = nlohmann::ordered_json;

/// "Ready,Partitioned" and "Ready,Removing": as the daemon lists the nodes that were added
/// (GET /podrun/v1/nodes).
void tell_of_added_nodes(Json& table, const Json& added);

}  // namespace podrun::client
