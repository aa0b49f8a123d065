// Which container of a pod, and which of its logs, somebody means; what Kubernetes says where that
// is none. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace podrun::pod {

struct ContainerNames {
  std::vector<std::string> regular, init;
};

struct ContainerChoice {
  std::string name;
  std::string problem;  // the API's words, where no container is meant
};
/// The container of `pod` that `wanted` names; for "" the only one (registry/core/pod/strategy.go,
/// LogLocation).
ContainerChoice choose_container(const std::string& pod, const ContainerNames& names,
                                 std::string_view wanted);

/// What a container's status tells of its logs.
struct LogState {
  bool waiting = true;               // neither running nor terminated
  std::string waiting_reason;        // or empty
  bool has_last_terminated = false;  // lastState
};
struct LogChoice {
  int instance = 0;     // the restart whose log is meant
  std::string problem;  // kubelet's words, where there is none
};
/// Of the instances that have logs, in rising order, the latest, or with `previous` the one before
/// it (kubelet's validateContainerLogStatus).
LogChoice choose_log(const std::string& pod, const std::string& container, const LogState& state,
                     const std::vector<int>& instances, bool previous);

}  // namespace podrun::pod
