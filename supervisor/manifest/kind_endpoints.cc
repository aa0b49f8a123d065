// core/v1 Endpoints and discovery.k8s.io/v1 EndpointSlice.
#include "supervisor/manifest/kinds.h"

namespace podrun::manifest {

namespace {

void default_ports(Json& owner) {
  if (Json* ports = find(owner, "ports")) {
    for (Json& port : *ports) set_default(port, "protocol", "TCP");
  }
}

void check_ports(const Path& path, const Json& ports, bool needs_number, Report& report) {
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const std::string name = text_at(ports[i], "name");
    if (name.empty() && ports.size() > 1 && needs_number) report.required(path[i] / "name");
    if (!name.empty()) report.invalid(path[i] / "name", name, check_dns1123_label(name));
    const std::int64_t number = number_at(ports[i], "port");
    if (needs_number || find(ports[i], "port") != nullptr) {
      report.invalid(path[i] / "port", number, check_port_number(number));
    }
    const std::string protocol = text_at(ports[i], "protocol");
    if (protocol != "TCP" && protocol != "UDP" && protocol != "SCTP") {
      report.not_supported(path[i] / "protocol", protocol, {"SCTP", "TCP", "UDP"});
    }
  }
}

void check_addresses(const Path& path, const Json& addresses, Report& report) {
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const std::string ip = text_at(addresses[i], "ip");
    report.invalid(path[i] / "ip", ip, check_ip(ip));
    report.invalid(path[i] / "ip", ip, check_reachable_ip(ip));
    const std::string hostname = text_at(addresses[i], "hostname");
    if (!hostname.empty()) {
      report.invalid(path[i] / "hostname", hostname, check_dns1123_label(hostname));
    }
  }
}

void check_slice_address(const Path& path, const std::string& type, const std::string& address,
                         Report& report) {
  if (type == "FQDN") return report.invalid(path, address, check_dns1123_subdomain(address));
  const bool is_v6 = address.find(':') != std::string::npos;
  if (!check_ip(address).empty() || is_v6 != (type == "IPv6")) {
    report.invalid(path, address, "must be a valid " + type + " address");
  }
  report.invalid(path, address, check_reachable_ip(address));
}

}  // namespace

void admit_endpoints(Intake& in) {
  Json* subsets = find(in.object, "subsets");
  if (subsets == nullptr) return;
  for (std::size_t i = 0; i < subsets->size(); ++i) {
    Json& subset = (*subsets)[i];
    default_ports(subset);
    const Path at = (in.path / "subsets")[i];
    const Json& ready = list_at(subset, "addresses");
    const Json& other = list_at(subset, "notReadyAddresses");
    if (ready.empty() && other.empty()) {
      in.report.required(at, "must specify `addresses` or `notReadyAddresses`");
    }
    check_addresses(at / "addresses", ready, in.report);
    check_addresses(at / "notReadyAddresses", other, in.report);
    check_ports(at / "ports", list_at(subset, "ports"), true, in.report);
  }
}

void admit_endpoint_slice(Intake& in) {
  set_default(in.object, "endpoints", Json::array());
  set_default(in.object, "ports", Json::array());
  for (Json& port : in.object["ports"]) set_default(port, "name", "");
  default_ports(in.object);
  const std::string type = text_at(in.object, "addressType");
  const Path at = in.path / "addressType";
  if (type.empty()) {
    in.report.required(at);
  } else if (type != "IPv4" && type != "IPv6" && type != "FQDN") {
    in.report.not_supported(at, type, {"FQDN", "IPv4", "IPv6"});
  }
  if (in.old != nullptr && type != text_at(*in.old, "addressType")) {
    in.report.invalid(at, type, "field is immutable");
  }
  const Json& endpoints = in.object["endpoints"];
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    const Path addresses = (in.path / "endpoints")[i] / "addresses";
    const Json& list = list_at(endpoints[i], "addresses");
    if (list.empty()) in.report.required(addresses, "must contain at least 1 address");
    for (std::size_t j = 0; j < list.size(); ++j) {
      const std::string address = list[j].get<std::string>();
      check_slice_address(addresses[j], type, address, in.report);
    }
  }
  check_ports(in.path / "ports", in.object["ports"], false, in.report);
}

}  // namespace podrun::manifest
