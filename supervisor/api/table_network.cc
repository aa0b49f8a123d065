// Rows of services, endpoints and endpoint slices.
#include <vector>

#include "supervisor/api/json_path.h"
#include "supervisor/api/table_rows.h"
#include "supervisor/manifest/label_selector.h"

namespace podrun::api {
namespace {

/// Up to three of what a cell lists; the others are counted.
class ShortList {
 public:
  void add(const std::string& item) {
    constexpr int kMost = 3;
    if (++count_ > kMost) {
      ++more_;
      return;
    }
    text_ += (text_.empty() ? "" : ",") + item;
  }
  std::string text(const char* if_empty) const {
    if (more_ > 0) return text_ + " + " + std::to_string(more_) + " more...";
    return text_.empty() ? if_empty : text_;
  }

 private:
  std::string text_;
  int count_ = 0, more_ = 0;
};

std::string joined(const Json& list) {
  std::string text;
  for (const Json& item : list) {
    if (item.is_string()) text += (text.empty() ? "" : ",") + item.get<std::string>();
  }
  return text;
}

std::string external_address(const Json& service) {
  const std::string type = text_at(service, "spec.type");
  const std::string external = joined(at_path(service, "spec.externalIPs"));
  if (type == "ExternalName") return text_at(service, "spec.externalName");
  if (type == "LoadBalancer") {
    std::string all;
    for (const Json& ingress : at_path(service, "status.loadBalancer.ingress")) {
      const std::string ip = text_at(ingress, "ip");
      all += (all.empty() ? "" : ",") + (ip.empty() ? text_at(ingress, "hostname") : ip);
    }
    if (!external.empty()) all += (all.empty() ? "" : ",") + external;
    return all.empty() ? "<pending>" : all;
  }
  return external.empty() ? "<none>" : external;
}

std::string ports_of(const Json& service) {
  std::string text;
  for (const Json& port : at_path(service, "spec.ports")) {
    text += (text.empty() ? "" : ",") + std::to_string(int_at(port, "port"));
    if (const auto node_port = int_at(port, "nodePort"); node_port > 0) {
      text += ":" + std::to_string(node_port);
    }
    text += "/" + text_at(port, "protocol");
  }
  return text.empty() ? "<none>" : text;
}

std::string host_port(const std::string& ip, std::int64_t port) {
  const bool v6 = ip.find(':') != std::string::npos;
  return (v6 ? "[" + ip + "]" : ip) + ":" + std::to_string(port);
}

}  // namespace

Json service_cells(const Json& service, WallTime now) {
  std::string ip = text_at(service, "spec.clusterIP");
  if (ip.empty()) ip = "<none>";
  return Json::array({text_at(service, "metadata.name"), text_at(service, "spec.type"), ip,
                      external_address(service), ports_of(service),
                      age_at(service, "metadata.creationTimestamp", now),
                      manifest::format_labels(at_path(service, "spec.selector"))});
}

Json endpoints_cells(const Json& endpoints, WallTime now) {
  ShortList list;
  for (const Json& subset : at_path(endpoints, "subsets")) {
    const Json& ports = at_path(subset, "ports");
    const Json& addresses = at_path(subset, "addresses");
    if (!ports.is_array() || ports.empty()) {
      for (const Json& address : addresses) list.add(text_at(address, "ip"));
    } else {
      for (const Json& port : ports) {
        for (const Json& address : addresses) {
          list.add(host_port(text_at(address, "ip"), int_at(port, "port")));
        }
      }
    }
  }
  const bool none = size_at(endpoints, "subsets") == 0;
  return Json::array({text_at(endpoints, "metadata.name"), list.text(none ? "<none>" : ""),
                      age_at(endpoints, "metadata.creationTimestamp", now)});
}

Json endpoint_slice_cells(const Json& slice, WallTime now) {
  ShortList ports, addresses;
  for (const Json& port : at_path(slice, "ports")) {
    std::string text = text_at(port, "port");
    if (text.empty()) text = text_at(port, "name");
    ports.add(text.empty() ? "*" : text);
  }
  for (const Json& endpoint : at_path(slice, "endpoints")) {
    for (const Json& address : at_path(endpoint, "addresses")) addresses.add(text_at(address, ""));
  }
  return Json::array({text_at(slice, "metadata.name"), text_at(slice, "addressType"),
                      ports.text("<unset>"), addresses.text("<unset>"),
                      age_at(slice, "metadata.creationTimestamp", now)});
}

}  // namespace podrun::api
