// What a pod's containers did and used, instance by instance: report.json, and what expectations
// are held against. docs/report.md describes the JSON.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "supervisor/pod/status.h"

namespace podrun::pod {

struct CpuReport {
  std::uint64_t usage_us = 0, user_us = 0, system_us = 0;  // the container with its probes
  std::uint64_t periods = 0, throttled_periods = 0, throttled_us = 0;
  std::uint64_t probe_usage_us = 0;  // of its probes alone
  /// Throttled periods among all; 0 where none was counted.
  double throttled_ratio() const;
};

struct MemoryReport {
  std::uint64_t peak_bytes = 0;
  std::optional<std::uint64_t> limit_bytes;
  std::uint64_t oom_kills = 0;
};

/// How the attempts of one probe ended.
struct ProbeReport {
  std::uint64_t succeeded = 0, failed = 0, errored = 0;
};

struct InstanceReport {
  int restart = 0;                   // 0 for the first
  std::string container_id;          // "podrun://…"
  WallTime started_at, finished_at;  // unset: it never ran, it still runs
  std::optional<int> exit_code;      // nothing: it still runs
  int signal = 0;
  std::string reason;            // as in Terminated
  Nanoseconds start_latency{0};  // from the decision to start it to the success of execve
  CpuReport cpu;
  MemoryReport memory;
  std::optional<std::uint64_t> pids_peak;  // nothing where the kernel does not count it
  std::optional<ProbeReport> liveness, readiness, startup;  // nothing: it has no such probe
};

struct ContainerReport {
  std::string name, image;
  ContainerRole role = ContainerRole::kRegular;
  std::vector<InstanceReport> instances;  // in the order of their starts
};

struct PodReport {
  std::string name, namespace_, uid;
  PodStatus status;
  std::vector<ContainerReport> containers;  // init containers first, in the manifest's order
};

nlohmann::ordered_json to_json(const PodReport& report);
/// Throws BadInput.
PodReport pod_report_from_json(const nlohmann::ordered_json& json);

}  // namespace podrun::pod
