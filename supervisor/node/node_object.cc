#include "supervisor/node/node_object.h"

#include <array>

namespace podrun::node {
namespace {

struct ConditionText {
  const char* type;
  const char* well_reason;
  const char* well;
  const char* ill_reason;
  const char* ill;
  const char* well_event;
  const char* ill_event;
};

// pkg/kubelet/nodestatus/setters.go
constexpr ConditionText kMemory = {"MemoryPressure",
                                   "KubeletHasSufficientMemory",
                                   "kubelet has sufficient memory available",
                                   "KubeletHasInsufficientMemory",
                                   "kubelet has insufficient memory available",
                                   "NodeHasSufficientMemory",
                                   "NodeHasInsufficientMemory"};
constexpr ConditionText kDisk = {
    "DiskPressure",           "KubeletHasNoDiskPressure",  "kubelet has no disk pressure",
    "KubeletHasDiskPressure", "kubelet has disk pressure", "NodeHasNoDiskPressure",
    "NodeHasDiskPressure"};
constexpr ConditionText kPids = {"PIDPressure",
                                 "KubeletHasSufficientPID",
                                 "kubelet has sufficient PID available",
                                 "KubeletHasInsufficientPID",
                                 "kubelet has insufficient PID available",
                                 "NodeHasSufficientPID",
                                 "NodeHasInsufficientPID"};

Json condition(const char* type, bool status, const char* reason, const char* message,
               WallTime now) {
  return {{"lastHeartbeatTime", rfc3339(now)},
          {"lastTransitionTime", rfc3339(now)},
          {"message", message},
          {"reason", reason},
          {"status", status ? "True" : "False"},
          {"type", type}};
}

Json pressure(const ConditionText& text, bool ill, WallTime now) {
  return condition(text.type, ill, ill ? text.ill_reason : text.well_reason,
                   ill ? text.ill : text.well, now);
}

const Json* find_condition(const Json& status, const std::string& type) {
  if (!status.is_object() || !status.contains("conditions")) return nullptr;
  for (const Json& one : status["conditions"]) {
    if (one.value("type", "") == type) return &one;
  }
  return nullptr;
}

Json conditions(const Json& present, const Pressure& seen, WallTime now) {
  Json all = Json::array(
      {pressure(kMemory, seen.memory, now), pressure(kDisk, seen.disk, now),
       pressure(kPids, seen.pids, now),
       condition("Ready", true, "KubeletReady", "kubelet is posting ready status", now)});
  const Json fresh = {{"conditions", all}};
  for (Json& one : all) {
    const Json* before = find_condition(present, one["type"].get<std::string>());
    if (before == nullptr || before->value("status", "") != one["status"]) continue;
    one["lastTransitionTime"] = before->value("lastTransitionTime", rfc3339(now));
  }
  if (!present.is_object() || !present.contains("conditions")) return all;
  for (const Json& one : present["conditions"]) {
    if (find_condition(fresh, one.value("type", "")) == nullptr) all.push_back(one);
  }
  return all;
}

std::string kibibytes(std::int64_t bytes) { return std::to_string(bytes / 1024) + "Ki"; }

Json without_heartbeats(Json status) {
  if (!status.is_object() || !status.contains("conditions")) return status;
  for (Json& one : status["conditions"]) one.erase("lastHeartbeatTime");
  return status;
}

}  // namespace

bool set_node_labels(Json& node, const HostFacts& host) {
  const std::array<std::pair<const char*, std::string>, 5> wanted = {
      {{"beta.kubernetes.io/arch", host.architecture},
       {"beta.kubernetes.io/os", "linux"},
       {"kubernetes.io/arch", host.architecture},
       {"kubernetes.io/hostname", host.name},
       {"kubernetes.io/os", "linux"}}};
  Json& labels = node["metadata"]["labels"];
  if (!labels.is_object()) labels = Json::object();
  bool changed = false;
  for (const auto& [name, value] : wanted) {
    if (labels.contains(name) && labels[name] == value) continue;
    labels[name] = value;
    changed = true;
  }
  return changed;
}

Json node_object(const HostFacts& host) {
  Json node = {{"apiVersion", "v1"},
               {"kind", "Node"},
               {"metadata", {{"name", host.name}}},
               {"spec", Json::object()}};
  for (const auto& [label, value] : host.labels) node["metadata"]["labels"][label] = value;
  set_node_labels(node, host);
  return node;
}

Json node_status(const Json& present, const HostFacts& host, const std::string& version,
                 const Pressure& seen, WallTime now) {
  Json status = present.is_object() ? present : Json::object();
  status["addresses"] = Json::array({{{"address", host.address}, {"type", "InternalIP"}},
                                     {{"address", host.name}, {"type", "Hostname"}}});
  // podrun reserves nothing for the system: what the machine has may be given out.
  status["capacity"] = {{"cpu", std::to_string(host.cpus)},
                        {"ephemeral-storage", kibibytes(host.storage_bytes)},
                        {"memory", kibibytes(host.memory_bytes)},
                        {"pods", std::to_string(kMaxPods)}};
  status["allocatable"] = status["capacity"];
  status["conditions"] = conditions(present, seen, now);
  status["nodeInfo"] = {{"architecture", host.architecture},
                        {"bootID", host.boot_id},
                        {"containerRuntimeVersion", "podrun://" + version},
                        {"kernelVersion", host.kernel},
                        {"kubeProxyVersion", ""},
                        {"kubeletVersion", "v" + version},
                        {"machineID", host.machine_id},
                        {"operatingSystem", "linux"},
                        {"osImage", host.os_image},
                        {"systemUUID", host.system_uuid}};
  return status;
}

bool is_given_up(const Json& status) {
  const Json* ready = find_condition(status, "Ready");
  return ready != nullptr && ready->value("status", "") != "True";
}

std::vector<std::string> status_news(const Json& before, const Json& after) {
  std::vector<std::string> news;
  const auto changed = [&](const char* type) -> std::string {
    const Json* now = find_condition(after, type);
    const Json* was = find_condition(before, type);
    if (now == nullptr) return "";
    const std::string status = now->value("status", "");
    return was != nullptr && was->value("status", "") == status ? "" : status;
  };
  for (const ConditionText& text : {kMemory, kDisk, kPids}) {
    const std::string status = changed(text.type);
    if (!status.empty()) news.emplace_back(status == "True" ? text.ill_event : text.well_event);
  }
  if (changed("Ready") == "True") news.emplace_back("NodeReady");
  return news;
}

bool same_status(const Json& one, const Json& other) {
  return without_heartbeats(one) == without_heartbeats(other);
}

std::string micro_time(WallTime time) {
  const std::string nano = rfc3339_nano(time);  // "…:00.123456789Z"
  return nano.substr(0, nano.size() - 4) + "Z";
}

Json lease_object(const std::string& node_name, const std::string& node_uid, WallTime now,
                  Seconds renewal) {
  return {
      {"apiVersion", "coordination.k8s.io/v1"},
      {"kind", "Lease"},
      {"metadata",
       {{"name", node_name},
        {"namespace", "kube-node-lease"},
        {"ownerReferences",
         Json::array(
             {{{"apiVersion", "v1"}, {"kind", "Node"}, {"name", node_name}, {"uid", node_uid}}})}}},
      {"spec",
       {{"holderIdentity", node_name},
        {"leaseDurationSeconds", lease_duration(renewal).count()},
        {"renewTime", micro_time(now)}}}};
}

}  // namespace podrun::node
