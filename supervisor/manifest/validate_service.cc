#include "supervisor/manifest/validate_service.h"

#include <set>
#include <string>

#include "base/text.h"

namespace podrun::manifest {

namespace {

bool is_traffic_policy(const std::string& policy) {
  return policy == "Cluster" || policy == "Local";
}

/// Where nothing picks the pods and nothing is allocated, the families are the client's own affair.
bool has_free_families(const Json& spec) {
  return text_at(spec, "clusterIP") == "None" && map_at(spec, "selector").empty();
}

void check_policy_of_families(const Path& path, const Json& spec, Report& report) {
  const std::string policy = text_at(spec, "ipFamilyPolicy");
  if (policy != "SingleStack" && policy != "PreferDualStack" && policy != "RequireDualStack") {
    report.not_supported(path, policy, {"PreferDualStack", "RequireDualStack", "SingleStack"});
  } else if (policy == "SingleStack" && list_at(spec, "ipFamilies").size() == 2) {
    report.invalid(path, policy,
                   "must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are "
                   "specified");
  } else if (policy == "RequireDualStack" && !has_free_families(spec)) {
    report.invalid(path, policy, "this cluster is not configured for dual-stack services");
  }
}

}  // namespace

bool is_externally_accessible(const Json& spec) {
  const std::string type = text_at(spec, "type");
  return type == "LoadBalancer" || type == "NodePort" ||
         (type == "ClusterIP" && !list_at(spec, "externalIPs").empty());
}

bool needs_health_check(const Json& spec) {
  return text_at(spec, "type") == "LoadBalancer" &&
         text_at(spec, "externalTrafficPolicy") == "Local";
}

void validate_session_affinity(const Path& path, const Json& spec, Report& report) {
  const std::string affinity = text_at(spec, "sessionAffinity");
  if (affinity != "None" && affinity != "ClientIP") {
    report.not_supported(path / "sessionAffinity", affinity, {"ClientIP", "None"});
  }
  if (affinity != "ClientIP") return;
  constexpr std::int64_t kOneDay = 86400;
  const std::int64_t seconds =
      number_at(spec["sessionAffinityConfig"]["clientIP"], "timeoutSeconds");
  if (seconds > 0 && seconds <= kOneDay) return;
  report.invalid(path / "sessionAffinityConfig" / "clientIP" / "timeoutSeconds", seconds,
                 "must be greater than 0 and less than " + std::to_string(kOneDay));
}

void validate_ip_families(const Path& path, const Json& spec, Report& report) {
  const Path families = path / "ipFamilies", policy = path / "ipFamilyPolicy";
  if (text_at(spec, "type") == "ExternalName") {
    constexpr const char* kText = "may not be set for ExternalName services";
    if (!list_at(spec, "ipFamilies").empty()) report.forbidden(families, kText);
    if (find(spec, "ipFamilyPolicy") != nullptr) report.forbidden(policy, kText);
    return;
  }
  std::set<std::string> seen;
  const Json& given = list_at(spec, "ipFamilies");
  for (std::size_t i = 0; i < given.size(); ++i) {
    const std::string family = given[i].get<std::string>();
    if (family != "IPv4" && family != "IPv6") {
      report.not_supported(families[i], family, {"IPv4", "IPv6"});
    } else if (!seen.insert(family).second) {
      report.duplicate(families[i], family);
    } else if (family == "IPv6" && !has_free_families(spec)) {
      report.invalid(families[i], family, "not configured on this cluster");
    }
  }
  check_policy_of_families(policy, spec, report);
}

void validate_external_ips(const Path& path, const Json& addresses, Report& report) {
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const std::string ip = addresses[i].get<std::string>();
    report.invalid(path[i], ip, check_ip(ip));
    report.invalid(path[i], ip, check_reachable_ip(ip));
  }
}

void validate_load_balancer(const Path& path, const Json& spec, Report& report) {
  const bool is_balancer = text_at(spec, "type") == "LoadBalancer";
  constexpr const char* kText = "may only be used when `type` is 'LoadBalancer'";
  const Json& ranges = list_at(spec, "loadBalancerSourceRanges");
  // Kubernetes spells the field so here.
  const Path at = path / "LoadBalancerSourceRanges";
  if (!ranges.empty() && !is_balancer) report.forbidden(at, kText);
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    const std::string range(trimmed(ranges[i].get<std::string>()));
    report.invalid(at[i], range, check_cidr(range));
  }
  for (const char* field : {"allocateLoadBalancerNodePorts", "loadBalancerClass"}) {
    if (!is_balancer && find(spec, field) != nullptr) report.forbidden(path / field, kText);
  }
  const std::string name = text_at(spec, "loadBalancerClass");
  if (is_balancer && !name.empty()) {
    report.invalid(path / "loadBalancerClass", name, check_qualified_name(name));
  }
}

void validate_traffic_policies(const Path& path, const Json& spec, Report& report) {
  const std::string external = text_at(spec, "externalTrafficPolicy");
  const Path at = path / "externalTrafficPolicy";
  if (!is_externally_accessible(spec)) {
    if (!external.empty()) {
      report.invalid(at, external, "may only be set for externally-accessible services");
    }
  } else if (!is_traffic_policy(external)) {
    report.not_supported(at, external, {"Cluster", "Local"});
  }
  const std::int64_t port = number_at(spec, "healthCheckNodePort");
  if (port != 0 && !needs_health_check(spec)) {
    report.invalid(path / "healthCheckNodePort", port,
                   "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is "
                   "'Local'");
  } else if (port != 0) {
    report.invalid(path / "healthCheckNodePort", port, check_port_number(port));
  }
  const std::string internal = text_at(spec, "internalTrafficPolicy");
  if (!internal.empty() && !is_traffic_policy(internal)) {
    report.not_supported(path / "internalTrafficPolicy", internal, {"Cluster", "Local"});
  }
}

}  // namespace podrun::manifest
