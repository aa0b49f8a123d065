// The status of a pod as Kubernetes shows it (core/v1 PodStatus), and how it follows from what was
// observed. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "supervisor/manifest/pod.h"

namespace podrun::pod {

struct Waiting {
  std::string reason, message;
};
struct Running {
  WallTime started_at;
};
struct Terminated {
  int exit_code = 0;
  int signal = 0;
  std::string reason, message,
      container_id;  // reason: Completed, Error, OOMKilled, StartError, ContainerCannotRun
  WallTime started_at, finished_at;
};
using ContainerState = std::variant<Waiting, Running, Terminated>;

struct ContainerStatus {
  std::string name, image, image_id, container_id;  // "podrun://<hex>"
  ContainerState state = Waiting{"ContainerCreating", ""};
  std::optional<Terminated> last_state;
  bool ready = false;
  bool started = false;
  int restart_count = 0;
  /// What the node has set aside for it, and what it has; not shown where unknown.
  std::map<std::string, Quantity> allocated;
  std::optional<manifest::ResourceRequirements> resources;
};

struct Condition {
  std::string type, status, reason, message;  // status "True", "False", "Unknown"
  WallTime last_transition;
  std::int64_t observed_generation = 0;  // of the pod that it speaks of; 0: not known
};

struct PodStatus {
  std::string phase;  // Pending, Running, Succeeded, Failed, Unknown
  std::string reason, message, host_ip, pod_ip;
  std::vector<Condition> conditions;
  std::vector<ContainerStatus> init_container_statuses, container_statuses;
  WallTime start_time;
  std::string qos_class;
  std::int64_t observed_generation = 0;
};

/// A change of resources that is not done yet.
struct ResizeProgress {
  std::string error;  // why it does not go on; empty where it does
};

/// What the container statuses do not tell.
struct PodFacts {
  bool sandbox_ready = false;      // PodReadyToStartContainers
  bool deleting = false;           // nothing will be restarted any more, whatever the policy
  bool deadline_exceeded = false;  // activeDeadlineSeconds have passed: the pod has failed
  std::optional<ResizeProgress> resize = {};
};

/// The status before anything has happened: Pending, every container waiting for ContainerCreating,
/// or for PodInitializing where there are init containers. Without qosClass and IPs.
PodStatus pending_status(const manifest::PodSpec& spec);

enum class ContainerRole { kRegular, kInit, kSidecar };
/// An init container with restartPolicy Always is a sidecar; `init` tells which list it is from.
ContainerRole role_of(const manifest::Container& container, bool init);

/// `started` and `ready` from the state and the probes (kubelet's probe manager): an absent probe
/// counts as passed. An init container is ready when it has exited with 0.
void settle_container(ContainerStatus& status, ContainerRole role, bool startup_passed,
                      bool readiness_passed);

/// Phase and conditions from the container statuses (kubelet's getPhase and Generate…Condition); a
/// condition keeps its last_transition from `previous` while its status is unchanged, the pod keeps
/// reason and message while its phase is. Succeeded and Failed are final.
void settle(PodStatus& status, const manifest::PodSpec& spec, const PodFacts& facts,
            const PodStatus& previous, WallTime now);

/// core/v1 PodStatus, fields in kubectl's order. Times to the second; a time that was never set is
/// null.
nlohmann::ordered_json to_json(const PodStatus& status);
/// Throws BadInput.
[[gnu::cold]] PodStatus pod_status_from_json(const nlohmann::ordered_json& json);

}  // namespace podrun::pod
