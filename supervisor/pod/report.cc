#include "supervisor/pod/report.h"

#include <nlohmann/json.hpp>

#include "base/error.h"

namespace podrun::pod {

using Json = nlohmann::ordered_json;

double CpuReport::throttled_ratio() const {
  return periods == 0 ? 0 : static_cast<double>(throttled_periods) / static_cast<double>(periods);
}

namespace {

const char* role_name(ContainerRole role) {
  switch (role) {
    case ContainerRole::kInit:
      return "init";
    case ContainerRole::kSidecar:
      return "sidecar";
    case ContainerRole::kRegular:
      break;
  }
  return "regular";
}

ContainerRole role_from(const std::string& name) {
  for (const ContainerRole role :
       {ContainerRole::kRegular, ContainerRole::kInit, ContainerRole::kSidecar}) {
    if (name == role_name(role)) return role;
  }
  throw BadInput("not a PodReport: role \"" + name + "\"");
}

Json time_json(WallTime time) {
  if (time == WallTime{}) return nullptr;
  return rfc3339_nano(time);
}

WallTime time_from(const Json& json) {
  return json.is_null() ? WallTime{} : parse_rfc3339(json.get<std::string>());
}

template <typename Value>
Json optional_json(const std::optional<Value>& value) {
  if (!value) return nullptr;
  return *value;
}

template <typename Value>
std::optional<Value> optional_from(const Json& json) {
  if (json.is_null()) return std::nullopt;
  return json.get<Value>();
}

Json to_json(const CpuReport& cpu) {
  return {{"usageMicroseconds", cpu.usage_us},
          {"userMicroseconds", cpu.user_us},
          {"systemMicroseconds", cpu.system_us},
          {"probeUsageMicroseconds", cpu.probe_usage_us},
          {"periods", cpu.periods},
          {"throttledPeriods", cpu.throttled_periods},
          {"throttledMicroseconds", cpu.throttled_us},
          {"throttledRatio", cpu.throttled_ratio()}};
}

CpuReport cpu_from(const Json& json) {
  const auto count = [&](const char* field) { return json.at(field).get<std::uint64_t>(); };
  return {count("usageMicroseconds"),     count("userMicroseconds"),
          count("systemMicroseconds"),    count("periods"),
          count("throttledPeriods"),      count("throttledMicroseconds"),
          count("probeUsageMicroseconds")};
}

Json probes_json(const InstanceReport& instance) {
  Json json = Json::object();
  const auto put = [&](const char* kind, const std::optional<ProbeReport>& probe) {
    if (!probe) return;
    json[kind] = {
        {"succeeded", probe->succeeded}, {"failed", probe->failed}, {"errored", probe->errored}};
  };
  put("liveness", instance.liveness);
  put("readiness", instance.readiness);
  put("startup", instance.startup);
  return json;
}

std::optional<ProbeReport> probe_from(const Json& probes, const char* kind) {
  const auto found = probes.find(kind);
  if (found == probes.end()) return std::nullopt;
  return ProbeReport{found->at("succeeded").get<std::uint64_t>(),
                     found->at("failed").get<std::uint64_t>(),
                     found->at("errored").get<std::uint64_t>()};
}

Json to_json(const InstanceReport& instance) {
  Json json;
  json["restart"] = instance.restart;
  json["containerID"] = instance.container_id;
  json["startedAt"] = time_json(instance.started_at);
  json["finishedAt"] = time_json(instance.finished_at);
  json["exitCode"] = optional_json(instance.exit_code);
  json["signal"] = instance.signal;
  json["reason"] = instance.reason;
  json["startLatencyNanoseconds"] = instance.start_latency.count();
  json["cpu"] = to_json(instance.cpu);
  json["memory"] = {{"peakBytes", instance.memory.peak_bytes},
                    {"limitBytes", optional_json(instance.memory.limit_bytes)},
                    {"oomKills", instance.memory.oom_kills}};
  json["pids"] = {{"peak", optional_json(instance.pids_peak)}};
  json["probes"] = probes_json(instance);
  return json;
}

InstanceReport instance_from(const Json& json) {
  InstanceReport instance;
  instance.restart = json.at("restart").get<int>();
  instance.container_id = json.at("containerID").get<std::string>();
  instance.started_at = time_from(json.at("startedAt"));
  instance.finished_at = time_from(json.at("finishedAt"));
  instance.exit_code = optional_from<int>(json.at("exitCode"));
  instance.signal = json.at("signal").get<int>();
  instance.reason = json.at("reason").get<std::string>();
  instance.start_latency = Nanoseconds(json.at("startLatencyNanoseconds").get<std::int64_t>());
  instance.cpu = cpu_from(json.at("cpu"));
  const Json& memory = json.at("memory");
  instance.memory.peak_bytes = memory.at("peakBytes").get<std::uint64_t>();
  instance.memory.limit_bytes = optional_from<std::uint64_t>(memory.at("limitBytes"));
  instance.memory.oom_kills = memory.at("oomKills").get<std::uint64_t>();
  instance.pids_peak = optional_from<std::uint64_t>(json.at("pids").at("peak"));
  const Json& probes = json.at("probes");
  instance.liveness = probe_from(probes, "liveness");
  instance.readiness = probe_from(probes, "readiness");
  instance.startup = probe_from(probes, "startup");
  return instance;
}

Json to_json(const ContainerReport& container) {
  Json json;
  json["name"] = container.name;
  json["image"] = container.image;
  json["role"] = role_name(container.role);
  Json& instances = json["instances"] = Json::array();
  for (const InstanceReport& instance : container.instances) instances.push_back(to_json(instance));
  return json;
}

ContainerReport container_from(const Json& json) {
  ContainerReport container;
  container.name = json.at("name").get<std::string>();
  container.image = json.at("image").get<std::string>();
  container.role = role_from(json.at("role").get<std::string>());
  for (const Json& instance : json.at("instances")) {
    container.instances.push_back(instance_from(instance));
  }
  return container;
}

}  // namespace

Json to_json(const PodReport& report) {
  Json json;
  json["kind"] = "PodReport";
  json["metadata"] = {{"name", report.name}, {"namespace", report.namespace_}, {"uid", report.uid}};
  json["status"] = to_json(report.status);
  Json& containers = json["containers"] = Json::array();
  for (const ContainerReport& container : report.containers) {
    containers.push_back(to_json(container));
  }
  return json;
}

PodReport pod_report_from_json(const Json& json) {
  try {
    PodReport report;
    const Json& metadata = json.at("metadata");
    report.name = metadata.at("name").get<std::string>();
    report.namespace_ = metadata.at("namespace").get<std::string>();
    report.uid = metadata.at("uid").get<std::string>();
    report.status = pod_status_from_json(json.at("status"));
    for (const Json& container : json.at("containers")) {
      report.containers.push_back(container_from(container));
    }
    return report;
  } catch (const nlohmann::json::exception& error) {
    throw BadInput(std::string("not a PodReport: ") + error.what());
  }
}

}  // namespace podrun::pod
