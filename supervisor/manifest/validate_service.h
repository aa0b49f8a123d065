// What a Service's spec says of the way that traffic takes (pkg/apis/core/validation, and
// registry/core/service for a cluster with IPv4 only).
#pragma once

#include "supervisor/manifest/json_access.h"
#include "supervisor/manifest/report.h"

namespace podrun::manifest {

/// Whether it can be reached from outside of the cluster.
bool is_externally_accessible(const Json& spec);
/// Whether a port tells load balancers which nodes have pods of it.
bool needs_health_check(const Json& spec);

void validate_session_affinity(const Path& path, const Json& spec, Report& report);
void validate_ip_families(const Path& path, const Json& spec, Report& report);
void validate_external_ips(const Path& path, const Json& addresses, Report& report);
void validate_load_balancer(const Path& path, const Json& spec, Report& report);
void validate_traffic_policies(const Path& path, const Json& spec, Report& report);

}  // namespace podrun::manifest
