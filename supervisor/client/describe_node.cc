// A node, its lease, and what runs on it.
#include <algorithm>
#include <cstdint>
#include <limits>

#include "supervisor/api/node_roles.h"
#include "supervisor/client/describe.h"
#include "supervisor/client/describe_parts.h"
#include "supervisor/client/node_load.h"

namespace podrun::client {
namespace {

std::string taint_text(const Json& taint) {
  std::string text = text_at(taint, "key");
  const std::string value = text_at(taint, "value");
  const std::string effect = text_at(taint, "effect");
  if (!value.empty()) text += "=" + value;
  if (!effect.empty()) text += ":" + effect;
  // With a value but no effect, Kubernetes writes the colon all the same.
  if (!value.empty() && effect.empty()) text += ":";
  return text;
}

void write_taints(Sheet& sheet, const Json& node) {
  const Json& list = at_path(node, "spec.taints");
  std::vector<Json> sorted(list.begin(), list.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const Json& a, const Json& b) {
    const auto key = [](const Json& taint) {
      return text_at(taint, "effect") + "," + text_at(taint, "key");
    };
    return key(a) < key(b);
  });
  std::vector<std::string> lines;
  lines.reserve(sorted.size());
  for (const Json& taint : sorted) lines.push_back(taint_text(taint));
  sheet.column(0, "Taints", lines);
}

void write_lease(Sheet& sheet, const Related& related) {
  if (related.lease.is_null()) {
    sheet.field(0, "Lease", "Failed to get lease: " + related.lease_error);
    return;
  }
  const Json& spec = at_path(related.lease, "spec");
  sheet.heading(0, "Lease");
  sheet.field(1, "HolderIdentity", or_unset(spec, "holderIdentity"));
  for (const auto& [title, field] :
       {std::pair("AcquireTime", "acquireTime"), {"RenewTime", "renewTime"}}) {
    sheet.field(1, title, is_set(spec, field) ? time_at(spec, field) : "<unset>");
  }
}

void write_conditions(Sheet& sheet, const Json& node) {
  if (size_at(node, "status.conditions") == 0) return;
  sheet.heading(0, "Conditions");
  sheet.row(1, {"Type", "Status", "LastHeartbeatTime", "LastTransitionTime", "Reason", "Message"});
  sheet.row(1, {"----", "------", "-----------------", "------------------", "------", "-------"});
  for (const Json& condition : at_path(node, "status.conditions")) {
    sheet.row(1, {text_at(condition, "type") + " ", text_at(condition, "status") + " ",
                  time_at(condition, "lastHeartbeatTime") + " ",
                  time_at(condition, "lastTransitionTime") + " ",
                  text_at(condition, "reason") + " ", text_at(condition, "message")});
  }
}

void write_resources(Sheet& sheet, const Json& node) {
  for (const auto& [title, field] :
       {std::pair("Capacity", "status.capacity"), {"Allocatable", "status.allocatable"}}) {
    const Resources resources = resources_at(node, field);
    if (!resources.empty()) sheet.heading(0, title);
    for (const auto& [name, value] : resources) sheet.field(1, name, value.canonical());
  }
}

void write_system_info(Sheet& sheet, const Json& node) {
  const Json& info = at_path(node, "status.nodeInfo");
  sheet.heading(0, "System Info");
  for (const auto& [title, field] : {std::pair("Machine ID", "machineID"),
                                     {"System UUID", "systemUUID"},
                                     {"Boot ID", "bootID"},
                                     {"Kernel Version", "kernelVersion"},
                                     {"OS Image", "osImage"},
                                     {"Operating System", "operatingSystem"},
                                     {"Architecture", "architecture"},
                                     {"Container Runtime Version", "containerRuntimeVersion"},
                                     {"Kubelet Version", "kubeletVersion"},
                                     {"Kube-Proxy Version", "kubeProxyVersion"}}) {
    sheet.field(1, title, text_at(info, field));
  }
  sheet.field_if_any(0, "PodCIDR", text_at(node, "spec.podCIDR"));
  sheet.field_if_any(0, "PodCIDRs", joined(list_at(node, "spec.podCIDRs"), ","));
  sheet.field_if_any(0, "ProviderID", text_at(node, "spec.providerID"));
}

const Quantity& value_of(const Resources& resources, const std::string& name) {
  static const Quantity zero;
  const auto found = resources.find(name);
  return found == resources.end() ? zero : found->second;
}

/// "250m (12%)". Of nothing, kubectl has what Go makes of dividing by zero; in its sums, 0.
std::string share_text(const Quantity& part, const Quantity& whole, bool milli, bool in_sum) {
  const auto amount = [&](const Quantity& quantity) {
    return static_cast<double>(milli ? quantity.milli_value() : quantity.value());
  };
  std::int64_t percent = in_sum ? 0 : std::numeric_limits<std::int64_t>::min();
  if (amount(whole) != 0) {
    percent = static_cast<std::int64_t>(amount(part) / amount(whole) * 100);
  }
  return part.canonical() + " (" + std::to_string(percent) + "%)";
}

void write_pods(Sheet& sheet, const Json& pods, const Resources& whole, WallTime now) {
  sheet.field(0, "Non-terminated Pods", "(" + std::to_string(pods.size()) + " in total)");
  sheet.row(1, {"Namespace", "Name", "", "CPU Requests", "CPU Limits", "Memory Requests",
                "Memory Limits", "Age"});
  sheet.row(1, {"---------", "----", "", "------------", "----------", "---------------",
                "-------------", "---"});
  for (const Json& pod : pods) {
    const PodNeeds needs = needs_of(pod);
    const auto share = [&](const Resources& part, const std::string& name) {
      return share_text(value_of(part, name), value_of(whole, name), name == "cpu", false);
    };
    sheet.row(1, {text_at(pod, "metadata.namespace"), text_at(pod, "metadata.name"), "",
                  share(needs.requests, "cpu"), share(needs.limits, "cpu"),
                  share(needs.requests, "memory"), share(needs.limits, "memory"),
                  since(pod, "metadata.creationTimestamp", now)});
  }
}

bool is_huge_page(const std::string& name) { return name.starts_with("hugepages-"); }

/// Neither of a container nor the number of pods: a device, for instance.
bool is_extended(const std::string& name) {
  return name != "cpu" && name != "memory" && name != "ephemeral-storage" && name != "pods" &&
         !is_huge_page(name);
}

void write_load(Sheet& sheet, const Json& node, const Json& pods, WallTime now) {
  Resources whole = resources_at(node, "status.allocatable");
  if (whole.empty()) whole = resources_at(node, "status.capacity");
  write_pods(sheet, pods, whole, now);
  PodNeeds total;
  for (const Json& pod : pods) add(total, needs_of(pod));
  sheet.heading(0, "Allocated resources");
  sheet.line(1, "(Total limits may be over 100 percent, i.e., overcommitted.)");
  sheet.row(1, {"Resource", "Requests", "Limits"});
  sheet.row(1, {"--------", "--------", "------"});
  std::vector<std::string> shared = {"cpu", "memory", "ephemeral-storage"};
  for (const auto& [name, value] : whole) {
    if (is_huge_page(name)) shared.push_back(name);
  }
  for (const std::string& name : shared) {
    const auto share = [&](const Resources& part) {
      return share_text(value_of(part, name), value_of(whole, name), name == "cpu", true);
    };
    sheet.row(1, {name, share(total.requests), share(total.limits)});
  }
  for (const auto& [name, value] : whole) {
    if (!is_extended(name)) continue;
    sheet.row(1, {name, value_of(total.requests, name).canonical(),
                  value_of(total.limits, name).canonical()});
  }
}

}  // namespace

std::string describe_node(const Json& node, const Related& related, WallTime now) {
  Sheet sheet;
  write_name(sheet, node);
  sheet.field(0, "Roles", api::node_roles(node));
  write_labels_and_annotations(sheet, node);
  sheet.field(0, "CreationTimestamp", time_at(node, "metadata.creationTimestamp"));
  write_taints(sheet, node);
  sheet.field(0, "Unschedulable", truth_at(node, "spec.unschedulable"));
  write_lease(sheet, related);
  write_conditions(sheet, node);
  sheet.heading(0, "Addresses");
  for (const Json& address : at_path(node, "status.addresses")) {
    sheet.field(1, text_at(address, "type"), text_at(address, "address"));
  }
  write_resources(sheet, node);
  write_system_info(sheet, node);
  if (related.pods.is_null()) {
    sheet.field(0, "Pods", "not authorized");
  } else {
    write_load(sheet, node, related.pods, now);
  }
  write_events(sheet, related.events, now);
  return sheet.text();
}

}  // namespace podrun::client
