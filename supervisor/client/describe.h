// `podrun describe`: objects, as JSON, to the text that `kubectl describe` 1.35 prints. Pure: what
// a description needs besides the object itself is listed by queries_for (related.h) and fetched by
// the caller.
#pragma once

#include <string>

#include "base/clock.h"
#include "supervisor/client/related.h"

namespace podrun::client {

/// By the object's apiVersion and kind; a kind without a description of its own has the generic
/// one, which shows every field. Ages are relative to `now`; timestamps are in the process's time
/// zone. kubectl puts two empty lines between several. Throws Error, with the API's message, where
/// the pods that a description cannot do without were refused, and for a selector that is none.
std::string describe(const Json& object, const Related& related, WallTime now);

std::string describe_pod(const Json& pod, const Related& related, WallTime now);
std::string describe_replication_controller(const Json& controller, const Related& related,
                                            WallTime now);
std::string describe_replica_set(const Json& set, const Related& related, WallTime now);
std::string describe_deployment(const Json& deployment, const Related& related, WallTime now);
std::string describe_daemon_set(const Json& set, const Related& related, WallTime now);
std::string describe_job(const Json& job, const Related& related, WallTime now);
std::string describe_cron_job(const Json& job, const Related& related, WallTime now);
std::string describe_node(const Json& node, const Related& related, WallTime now);
std::string describe_namespace(const Json& object, const Related& related, WallTime now);
std::string describe_config_map(const Json& map, const Related& related, WallTime now);
std::string describe_secret(const Json& secret, const Related& related, WallTime now);
std::string describe_service(const Json& service, const Related& related, WallTime now);
std::string describe_endpoints(const Json& endpoints, const Related& related, WallTime now);
std::string describe_endpoint_slice(const Json& slice, const Related& related, WallTime now);
std::string describe_service_account(const Json& account, const Related& related, WallTime now);
std::string describe_generic(const Json& object, const Related& related, WallTime now);

}  // namespace podrun::client
