#include "supervisor/api/service_addresses.h"

#include <arpa/inet.h>

#include <optional>
#include <set>
#include <string>
#include <unordered_set>
#include <utility>

#include "base/go_text.h"
#include "supervisor/manifest/json_access.h"

namespace podrun::api {
namespace {

using manifest::find;
using manifest::list_at;
using manifest::number_at;
using manifest::text_at;

// Without the network's own address and the broadcast; those below the first dynamic one are for
// who names them (pkg/registry/core/service/ipallocator: the lower band).
constexpr std::uint32_t kBase = 0x0a600000, kSize = 0x10000, kFirstDynamic = 0x100;

std::optional<std::uint32_t> number_of(const std::string& address) {
  in_addr parsed{};
  if (::inet_pton(AF_INET, address.c_str(), &parsed) != 1) return {};
  return ntohl(parsed.s_addr);
}

std::string text_of(std::uint32_t number) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) {
    text += (text.empty() ? "" : ".") + std::to_string((number >> shift) & 0xff);
  }
  return text;
}

const Json& spec_of(const Json& service) {
  static const Json none = Json::object();
  const Json* spec = find(&service, "spec");
  return spec == nullptr ? none : *spec;
}

std::unordered_set<std::uint32_t> addresses_of(const std::vector<const Json*>& services) {
  std::unordered_set<std::uint32_t> taken;
  for (const Json* service : services) {
    if (const auto number = number_of(text_at(spec_of(*service), "clusterIP"))) {
      taken.insert(*number);
    }
  }
  return taken;
}

/// Nothing where all are taken.
std::optional<std::uint32_t> free_address(const std::unordered_set<std::uint32_t>& taken) {
  for (std::uint32_t i = 0; i < kSize - 2; ++i) {
    // The dynamic band first, then the lower one.
    const std::uint32_t offset = 1 + (i + kFirstDynamic - 1) % (kSize - 2);
    if (!taken.contains(kBase + offset)) return kBase + offset;
  }
  return {};
}

Cause refused_address(const std::string& ip, const std::string& why) {
  return {"FieldValueInvalid",
          "Invalid value: []string{" + go_quote(ip) + "}: failed to allocate IP " + ip + ": " + why,
          "spec.clusterIPs"};
}

void allocate_ip(Json& spec, const Json* old, const std::vector<const Json*>& others,
                 std::vector<Cause>& causes) {
  std::string ip = text_at(spec, "clusterIP");
  const bool is_kept = old != nullptr && !ip.empty() && text_at(spec_of(*old), "clusterIP") == ip;
  if (ip != "None" && !is_kept) {
    const auto taken = addresses_of(others);
    if (ip.empty()) {
      const auto found = free_address(taken);
      if (!found) return causes.push_back(refused_address("", "range is full"));
      ip = text_of(*found);
    } else {
      const auto wanted = number_of(ip);
      if (!wanted || *wanted <= kBase || *wanted >= kBase + kSize - 1) {
        return causes.push_back(
            refused_address(ip, "the provided IP (" + ip +
                                    ") is not in the valid range. The range of valid IPs is " +
                                    std::string(kServiceRange)));
      }
      if (taken.contains(*wanted)) {
        return causes.push_back(refused_address(ip, "provided IP is already allocated"));
      }
    }
  }
  spec["clusterIP"] = ip;
  spec["clusterIPs"] = Json::array({ip});
}

bool needs_node_ports(const Json& spec) {
  const std::string type = text_at(spec, "type");
  if (type == "NodePort") return true;
  const Json* wanted = find(&spec, "allocateLoadBalancerNodePorts");
  return type == "LoadBalancer" && (wanted == nullptr || *wanted != Json(false));
}

/// A port that the client did not repeat is the one that its service has.
std::int64_t present_port(const Json* old, const Json& port) {
  if (old == nullptr) return 0;
  for (const Json& each : list_at(spec_of(*old), "ports")) {
    if (number_at(each, "port") == number_at(port, "port") &&
        text_at(each, "protocol") == text_at(port, "protocol")) {
      return number_at(each, "nodePort");
    }
  }
  return 0;
}

std::set<std::int64_t> node_ports_of(const Json& spec) {
  std::set<std::int64_t> ports;
  for (const Json& port : list_at(spec, "ports")) ports.insert(number_at(port, "nodePort"));
  return ports;
}

std::string refusal_of(std::int64_t port, const std::set<std::int64_t>& taken) {
  if (port < kFirstNodePort || port > kLastNodePort) {
    return "provided port is not in the valid range. The range of valid ports is " +
           std::to_string(kFirstNodePort) + "-" + std::to_string(kLastNodePort);
  }
  return taken.contains(port) ? "provided port is already allocated" : "";
}

void allocate_ports(Json& spec, const Json* old, const std::vector<const Json*>& others,
                    std::vector<Cause>& causes) {
  Json* ports = find(spec, "ports");
  if (ports == nullptr) return;
  std::set<std::int64_t> taken;  // by others
  for (const Json* other : others) taken.merge(node_ports_of(spec_of(*other)));
  const bool gives = needs_node_ports(spec);
  const auto kept = old == nullptr ? std::set<std::int64_t>() : node_ports_of(spec_of(*old));
  for (std::size_t i = 0; i < ports->size(); ++i) {
    Json& port = (*ports)[i];
    if (gives && number_at(port, "nodePort") == 0) {
      const std::int64_t present = present_port(old, port);
      if (present != 0) port["nodePort"] = present;
    }
    const std::int64_t given = number_at(port, "nodePort");
    if (given == 0 || kept.contains(given)) continue;
    const std::string why = refusal_of(given, taken);
    if (why.empty()) continue;
    causes.push_back({"FieldValueInvalid", "Invalid value: " + std::to_string(given) + ": " + why,
                      "spec.ports[" + std::to_string(i) + "].nodePort"});
  }
  if (!gives || !causes.empty()) return;
  taken.merge(node_ports_of(spec));  // its own, too
  std::int64_t next = kFirstNodePort;
  for (Json& port : *ports) {
    if (number_at(port, "nodePort") != 0) continue;
    while (taken.contains(next)) ++next;
    if (next > kLastNodePort) {
      causes.push_back({"InternalError", "failed to allocate a nodePort: range is full", ""});
      return;
    }
    port["nodePort"] = next++;
  }
}

}  // namespace

std::vector<Cause> allocate_addresses(Json& service, const Json* old,
                                      const std::vector<const Json*>& others) {
  std::vector<Cause> causes;
  Json& spec = manifest::object_at(service, "spec");
  if (text_at(spec, "type") == "ExternalName") return causes;
  allocate_ip(spec, old, others, causes);
  allocate_ports(spec, old, others, causes);
  return causes;
}

bool has_cluster_ip(const Json& service) {
  const std::string ip = text_at(spec_of(service), "clusterIP");
  return !ip.empty() && ip != "None";
}

}  // namespace podrun::api
