// Service, Endpoints, EndpointSlice.
#include "supervisor/client/describe.h"
#include "supervisor/client/describe_parts.h"
#include "supervisor/manifest/label_selector.h"

namespace podrun::client {
namespace {

bool is_ready(const Json& endpoint) {
  return !is_set(endpoint, "conditions.ready") || bool_at(endpoint, "conditions.ready");
}

std::string first_address(const Json& endpoint) {
  const auto addresses = list_at(endpoint, "addresses");
  return addresses.empty() ? "" : addresses.front();
}

/// The first three ready addresses, and how many there are.
class AddressList {
 public:
  void add(const Json& endpoints, const std::string& port) {
    for (const Json& endpoint : endpoints) {
      // kubectl says "more" once three were followed by another, be it ready or not.
      if (shown_.size() == kMost) more_ = true;
      if (!is_ready(endpoint)) continue;
      if (!more_) shown_.push_back(with_port(first_address(endpoint), port));
      ++count_;
    }
  }
  std::string text() const {
    std::string shown = joined(shown_, ",");
    if (!more_) return shown;
    return shown + " + " + std::to_string(count_ - static_cast<int>(kMost)) + " more...";
  }

 private:
  static constexpr std::size_t kMost = 3;

  static std::string with_port(const std::string& address, const std::string& port) {
    if (port.empty()) return address;
    const bool bare = address.find(':') == std::string::npos;
    return (bare ? address : "[" + address + "]") + ":" + port;
  }

  std::vector<std::string> shown_;
  int count_ = 0;
  bool more_ = false;
};

std::string endpoints_text(const Json& slices, const std::string& port_name) {
  if (slices.empty()) return "<none>";
  AddressList list;
  for (const Json& slice : slices) {
    const Json& endpoints = at_path(slice, "endpoints");
    // A headless service may have no ports.
    if (size_at(slice, "ports") == 0) list.add(endpoints, "");
    for (const Json& port : at_path(slice, "ports")) {
      if (text_at(port, "name") == port_name) list.add(endpoints, number_at(port, "port"));
    }
  }
  return list.text();
}

std::string ingress_text(const Json& service) {
  std::vector<std::string> texts;
  for (const Json& ingress : at_path(service, "status.loadBalancer.ingress")) {
    std::string text = text_at(ingress, "ip");
    if (text.empty()) {
      text = text_at(ingress, "hostname");
    } else if (is_set(ingress, "ipMode")) {
      text += " (" + text_at(ingress, "ipMode") + ")";
    }
    texts.push_back(text);
  }
  return joined(texts, ", ");
}

void write_addresses(Sheet& sheet, const Json& service) {
  const Json& spec = at_path(service, "spec");
  sheet.field_if_any(0, "IP Family Policy", text_at(spec, "ipFamilyPolicy"));
  sheet.field(0, "IP Families", or_none(joined(list_at(spec, "ipFamilies"), ",")));
  sheet.field(0, "IP", text_at(spec, "clusterIP"));
  sheet.field(0, "IPs", or_none(joined(list_at(spec, "clusterIPs"), ",")));
  sheet.field_if_any(0, "External IPs", joined(list_at(spec, "externalIPs"), ","));
  sheet.field_if_any(0, "Desired LoadBalancer IP", text_at(spec, "loadBalancerIP"));
  sheet.field_if_any(0, "External Name", text_at(spec, "externalName"));
  sheet.field_if_any(0, "LoadBalancer Ingress", ingress_text(service));
}

void write_port(Sheet& sheet, const Json& port, const Json& slices) {
  const std::string name = or_else(text_at(port, "name"), "<unset>");
  const std::string protocol = "/" + text_at(port, "protocol");
  sheet.row(0, {"Port:", name, number_at(port, "port") + protocol});
  sheet.field(0, "TargetPort", or_else(text_at(port, "targetPort"), "0") + protocol);
  if (int_at(port, "nodePort") != 0) {
    sheet.row(0, {"NodePort:", name, number_at(port, "nodePort") + protocol});
  }
  sheet.field(0, "Endpoints", endpoints_text(slices, text_at(port, "name")));
}

/// What the ports of a subset or a slice are called.
void write_ports(Sheet& sheet, int level, const Json& ports) {
  sheet.heading(level, "Ports");
  sheet.row(level + 1, {"Name", "Port", "Protocol"});
  sheet.row(level + 1, {"----", "----", "--------"});
  for (const Json& port : ports) {
    sheet.row(level + 1, {or_else(text_at(port, "name"), "<unset>"), or_unset(port, "port"),
                          text_at(port, "protocol")});
  }
}

std::string ips_of(const Json& addresses) {
  std::vector<std::string> ips;
  for (const Json& address : addresses) ips.push_back(text_at(address, "ip"));
  return or_none(joined(ips, ","));
}

void write_endpoint(Sheet& sheet, const Json& endpoint) {
  sheet.field(1, "- Addresses", or_none(joined(list_at(endpoint, "addresses"), ", ")));
  sheet.heading(2, "Conditions");
  sheet.field(3, "Ready", or_unset(endpoint, "conditions.ready"));
  sheet.field(2, "Hostname", or_unset(endpoint, "hostname"));
  if (is_set(endpoint, "targetRef")) {
    sheet.field(2, "TargetRef",
                text_at(endpoint, "targetRef.kind") + "/" + text_at(endpoint, "targetRef.name"));
  }
  sheet.field(2, "NodeName", or_unset(endpoint, "nodeName"));
  sheet.field(2, "Zone", or_unset(endpoint, "zone"));
}

}  // namespace

std::string describe_service(const Json& service, const Related& related, WallTime now) {
  const Json& spec = at_path(service, "spec");
  Sheet sheet;
  write_name_and_namespace(sheet, service);
  write_labels_and_annotations(sheet, service);
  sheet.field(0, "Selector", manifest::format_labels(at_path(spec, "selector")));
  sheet.field(0, "Type", text_at(spec, "type"));
  write_addresses(sheet, service);
  for (const Json& port : at_path(spec, "ports")) write_port(sheet, port, related.endpoint_slices);
  sheet.field(0, "Session Affinity", text_at(spec, "sessionAffinity"));
  sheet.field_if_any(0, "External Traffic Policy", text_at(spec, "externalTrafficPolicy"));
  sheet.field_if_any(0, "Internal Traffic Policy", text_at(spec, "internalTrafficPolicy"));
  if (int_at(spec, "healthCheckNodePort") != 0) {
    sheet.field(0, "HealthCheck NodePort", number_at(spec, "healthCheckNodePort"));
  }
  sheet.field_if_any(0, "LoadBalancer Source Ranges",
                     joined(list_at(spec, "loadBalancerSourceRanges"), ","));
  sheet.field_if_any(0, "Traffic Distribution", text_at(spec, "trafficDistribution"));
  write_events(sheet, related.events, now);
  return sheet.text();
}

std::string describe_endpoints(const Json& endpoints, const Related& related, WallTime now) {
  Sheet sheet;
  write_name_and_namespace(sheet, endpoints);
  write_labels_and_annotations(sheet, endpoints);
  sheet.heading(0, "Subsets");
  for (const Json& subset : at_path(endpoints, "subsets")) {
    sheet.field(1, "Addresses", ips_of(at_path(subset, "addresses")));
    sheet.field(1, "NotReadyAddresses", ips_of(at_path(subset, "notReadyAddresses")));
    if (size_at(subset, "ports") > 0) write_ports(sheet, 1, at_path(subset, "ports"));
    sheet.empty_line();
  }
  write_events(sheet, related.events, now);
  return sheet.text();
}

std::string describe_endpoint_slice(const Json& slice, const Related& related, WallTime now) {
  Sheet sheet;
  write_name_and_namespace(sheet, slice);
  write_labels_and_annotations(sheet, slice);
  sheet.field(0, "AddressType", text_at(slice, "addressType"));
  if (size_at(slice, "ports") == 0) {
    sheet.line(0, "Ports: <unset>");
  } else {
    write_ports(sheet, 0, at_path(slice, "ports"));
  }
  if (size_at(slice, "endpoints") == 0) {
    sheet.line(0, "Endpoints: <none>");
  } else {
    sheet.heading(0, "Endpoints");
  }
  for (const Json& endpoint : at_path(slice, "endpoints")) write_endpoint(sheet, endpoint);
  write_events(sheet, related.events, now);
  return sheet.text();
}

}  // namespace podrun::client
