// Who owns fields (metadata.managedFields), as a client may change it. Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace podrun::client {

using Json = nlohmann::ordered_json;

/// The JSON patch that makes the fields which `from` has updated those that `to` applies
/// (client-go's util/csaupgrade); empty where there are none.
Json owners_patch(const Json& object, const std::string& from, const std::string& to);

}  // namespace podrun::client
