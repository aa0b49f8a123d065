// The cells of each kind, as Kubernetes' print functions make them. Inside of table.cc.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace podrun::api {

using Json = nlohmann::ordered_json;

/// Time passed since the timestamp at a path, as AGE shows it; "<unknown>" where there is none.
std::string age_at(const Json& object, std::string_view path, WallTime now);

Json pod_cells(const Json& pod, WallTime now);
Json replication_controller_cells(const Json& controller, WallTime now);
Json replica_set_cells(const Json& set, WallTime now);
Json deployment_cells(const Json& deployment, WallTime now);
Json daemon_set_cells(const Json& set, WallTime now);
Json job_cells(const Json& job, WallTime now);
Json cron_job_cells(const Json& cron_job, WallTime now);
Json namespace_cells(const Json& object, WallTime now);
Json node_cells(const Json& node, WallTime now);
Json event_cells(const Json& event, WallTime now);
Json service_cells(const Json& service, WallTime now);
Json endpoints_cells(const Json& endpoints, WallTime now);
Json endpoint_slice_cells(const Json& slice, WallTime now);
Json config_map_cells(const Json& map, WallTime now);
Json secret_cells(const Json& secret, WallTime now);
Json service_account_cells(const Json& account, WallTime now);
Json lease_cells(const Json& lease, WallTime now);
Json controller_revision_cells(const Json& revision, WallTime now);
Json default_cells(const Json& object, WallTime now);

}  // namespace podrun::api
