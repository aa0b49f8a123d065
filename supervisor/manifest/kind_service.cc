// core/v1 Service.
#include <initializer_list>
#include <set>
#include <string>
#include <utility>

#include "supervisor/manifest/kinds.h"
#include "supervisor/manifest/validate_parts.h"
#include "supervisor/manifest/validate_service.h"

namespace podrun::manifest {

namespace {

/// pkg/apis/core/v1/defaults.go, and what a cluster with IPv4 only fills in.
void set_defaults(Json& spec) {
  set_default(spec, "type", "ClusterIP");
  set_default(spec, "sessionAffinity", "None");
  const std::string type = text_at(spec, "type");
  if (text_at(spec, "sessionAffinity") == "None") spec.erase("sessionAffinityConfig");
  if (text_at(spec, "sessionAffinity") == "ClientIP") {
    constexpr int kThreeHours = 10800;
    set_default(object_at(object_at(spec, "sessionAffinityConfig"), "clientIP"), "timeoutSeconds",
                kThreeHours);
  }
  if (is_externally_accessible(spec)) set_default(spec, "externalTrafficPolicy", "Cluster");
  if (type == "LoadBalancer") set_default(spec, "allocateLoadBalancerNodePorts", true);
  if (type != "ExternalName") {
    set_default(spec, "internalTrafficPolicy", "Cluster");
    set_default(spec, "ipFamilyPolicy", "SingleStack");
    set_default(spec, "ipFamilies", Json::array({"IPv4"}));
  }
  Json* ports = find(spec, "ports");
  if (ports == nullptr) return;
  for (Json& port : *ports) {
    set_default(port, "protocol", "TCP");
    const Json* target = find(port, "targetPort");
    const bool no_name =
        target != nullptr && target->is_string() && target->get<std::string>().empty();
    if (target == nullptr || no_name || *target == 0) {
      port["targetPort"] = number_at(port, "port");
    }
  }
}

void check_target(const Path& path, const Json& target, Report& report) {
  if (target.is_string()) {
    const std::string name = target.get<std::string>();
    report.invalid(path, name, check_port_name(name));
  } else {
    const std::int64_t number = target.get<std::int64_t>();
    report.invalid(path, number, check_port_number(number));
  }
}

void check_port(const Path& path, const Json& port, bool needs_name, std::set<std::string>& names,
                Report& report) {
  const std::string name = text_at(port, "name");
  if (name.empty()) {
    if (needs_name) report.required(path / "name");
  } else {
    report.invalid(path / "name", name, check_dns1123_label(name));
    if (!names.insert(name).second) report.duplicate(path / "name", name);
  }
  const std::int64_t number = number_at(port, "port");
  report.invalid(path / "port", number, check_port_number(number));
  const std::string protocol = text_at(port, "protocol");
  if (protocol != "TCP" && protocol != "UDP" && protocol != "SCTP") {
    report.not_supported(path / "protocol", protocol, {"SCTP", "TCP", "UDP"});
  }
  check_target(path / "targetPort", port["targetPort"], report);
}

void check_ports(const Path& path, const Json& ports, const std::string& type, Report& report) {
  std::set<std::string> names;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    check_port(path[i], ports[i], ports.size() > 1, names, report);
  }
  std::set<std::pair<std::string, std::int64_t>> places, node_ports;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const std::string protocol = text_at(ports[i], "protocol");
    const std::int64_t node_port = number_at(ports[i], "nodePort");
    if (node_port != 0 && type == "ClusterIP") {
      report.forbidden(path[i] / "nodePort", "may not be used when `type` is 'ClusterIP'");
    }
    if (node_port != 0 && !node_ports.emplace(protocol, node_port).second) {
      report.error(path[i] / "nodePort", "Duplicate value: " + std::to_string(node_port));
    }
    const std::int64_t number = number_at(ports[i], "port");
    if (!places.emplace(protocol, number).second) {
      report.error(path[i], "Duplicate value: core.ServicePort{Name:\"\", Protocol:\"" + protocol +
                                "\", AppProtocol:(*string)(nil), Port:" + std::to_string(number) +
                                ", TargetPort:intstr.IntOrString{Type:0, IntVal:0, StrVal:\"\"}, "
                                "NodePort:0}");
    }
  }
}

/// What the type asks of the other fields.
void check_type(const Path& path, const Json& spec, const std::string& type, Report& report) {
  const std::string ip = text_at(spec, "clusterIP");
  if (type == "ExternalName") {
    if (!ip.empty())
      report.forbidden(path / "clusterIP", "must be empty for ExternalName services");
    const std::string name = text_at(spec, "externalName");
    if (name.empty()) {
      report.required(path / "externalName");
    } else {
      report.invalid(path / "externalName", name, check_dns1123_subdomain(name));
    }
  } else if (type == "NodePort" || type == "LoadBalancer") {
    if (ip == "None") {
      report.invalid(path / "clusterIP", ip, "may not be set to 'None' for " + type + " services");
    }
  } else if (type != "ClusterIP") {
    report.not_supported(path / "type", type,
                         {"ClusterIP", "ExternalName", "LoadBalancer", "NodePort"});
  }
  if (!ip.empty() && ip != "None" && !check_ip(ip).empty()) {
    report.invalid(path / "clusterIP", ip, "must be empty, 'None', or a valid IP address");
  }
}

void validate(const Path& path, const Json& spec, Report& report) {
  const std::string type = text_at(spec, "type");
  const Json& ports = list_at(spec, "ports");
  if (ports.empty() && type != "ExternalName" && text_at(spec, "clusterIP") != "None") {
    report.required(path / "ports");
  }
  check_type(path, spec, type, report);
  check_ports(path / "ports", ports, type, report);
  validate_labels(path / "selector", map_at(spec, "selector"), report);
  validate_session_affinity(path, spec, report);
  validate_ip_families(path, spec, report);
  validate_external_ips(path / "externalIPs", list_at(spec, "externalIPs"), report);
  validate_load_balancer(path, spec, report);
  validate_traffic_policies(path, spec, report);
}

/// What another type was given, and this one has no use for (registry/core/service,
/// dropTypeDependentFields). What the client changes as well is judged, not dropped.
void drop_given(Json& spec, const Json& before) {
  const auto drop = [&](std::initializer_list<const char*> fields) {
    for (const char* field : fields) {
      const Json* was = find(before, field);
      const Json* now = find(spec, field);
      if (was != nullptr && now != nullptr && *was == *now) spec.erase(field);
    }
  };
  if (is_externally_accessible(before) && !is_externally_accessible(spec)) {
    drop({"externalTrafficPolicy"});
  }
  if (needs_health_check(before) && !needs_health_check(spec)) drop({"healthCheckNodePort"});
  const std::string type = text_at(spec, "type"), old_type = text_at(before, "type");
  if (type == old_type) return;
  if (old_type == "LoadBalancer") drop({"allocateLoadBalancerNodePorts", "loadBalancerClass"});
  if (type == "ExternalName" && text_at(spec, "clusterIP") == text_at(before, "clusterIP")) {
    spec.erase("clusterIP");
    spec.erase("clusterIPs");
    drop({"ipFamilies", "ipFamilyPolicy"});
  }
  if (type != "ClusterIP" && type != "ExternalName") return;
  std::set<std::int64_t> given;
  for (const Json& port : list_at(before, "ports")) given.insert(number_at(port, "nodePort"));
  Json* ports = find(spec, "ports");
  if (ports == nullptr) return;
  for (Json& port : *ports) {
    if (given.contains(number_at(port, "nodePort"))) port.erase("nodePort");
  }
}

}  // namespace

void admit_service(Intake& in) {
  object_at(object_at(in.object, "status"), "loadBalancer");
  Json& spec = object_at(in.object, "spec");
  const Path path = in.path / "spec";
  const Json* before = in.old == nullptr ? nullptr : find(*in.old, "spec");
  const std::string old_ip = before == nullptr ? "" : text_at(*before, "clusterIP");
  // A client need not repeat the address that was given to its service.
  if (!old_ip.empty() && text_at(spec, "type") != "ExternalName") {
    set_default(spec, "clusterIP", old_ip);
    if (const Json* ips = find(*before, "clusterIPs")) set_default(spec, "clusterIPs", Json(*ips));
  }
  set_default(spec, "type", "ClusterIP");
  if (before != nullptr) drop_given(spec, *before);
  set_defaults(spec);
  validate(path, spec, in.report);
  const std::string ip = text_at(spec, "clusterIP");
  if (!old_ip.empty() && ip != old_ip && text_at(spec, "type") != "ExternalName" &&
      text_at(*before, "type") != "ExternalName") {
    in.report.invalid_shown(
        (path / "clusterIPs")[0], ip.empty() ? "[]string(nil)" : "[]string{\"" + ip + "\"}",
        ip.empty() ? "primary clusterIP can not be unset" : "may not change once set");
  }
}

}  // namespace podrun::manifest
