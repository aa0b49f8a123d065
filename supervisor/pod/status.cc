// The pod's phase, and what a container's status says of itself.
#include "supervisor/pod/status.h"

#include <algorithm>

#include "supervisor/pod/conditions.h"

namespace podrun::pod {

using manifest::Container;
using manifest::PodSpec;
using manifest::RestartPolicy;

namespace {

const ContainerStatus* find(const std::vector<ContainerStatus>& statuses, const std::string& name) {
  const auto found = std::find_if(statuses.begin(), statuses.end(),
                                  [&](const ContainerStatus& s) { return s.name == name; });
  return found == statuses.end() ? nullptr : &*found;
}

/// How the containers of a pod stand: kubelet's counters in getPhase.
struct Census {
  int pending_init = 0, failed_init = 0, pending_sidecars = 0;
  int unknown = 0, running = 0, waiting = 0, stopped = 0, succeeded = 0;
};

void count_init(Census& census, const ContainerStatus* status) {
  if (status == nullptr || std::holds_alternative<Running>(status->state)) {
    ++census.pending_init;
    return;
  }
  const Terminated* ended = std::get_if<Terminated>(&status->state);
  if (ended == nullptr && status->last_state) ended = &*status->last_state;
  if (ended == nullptr) {
    ++census.pending_init;
  } else if (ended->exit_code != 0) {
    ++census.failed_init;
  }
}

void count_sidecar(Census& census, const ContainerStatus* status) {
  if (status == nullptr) {
    ++census.unknown;
  } else if (std::holds_alternative<Running>(status->state)) {
    if (!status->started) ++census.pending_sidecars;
    ++census.running;
  } else if (std::holds_alternative<Waiting>(status->state) && !status->last_state) {
    ++census.pending_sidecars;
    ++census.waiting;
  }  // one that has ended says nothing about the phase
}

void count_regular(Census& census, const ContainerStatus* status) {
  if (status == nullptr) {
    ++census.unknown;
  } else if (std::holds_alternative<Running>(status->state)) {
    ++census.running;
  } else if (const auto* ended = std::get_if<Terminated>(&status->state)) {
    ++census.stopped;
    if (ended->exit_code == 0) ++census.succeeded;
  } else if (status->last_state) {
    ++census.stopped;  // it is being restarted
  } else {
    ++census.waiting;
  }
}

Census take_census(const PodStatus& status, const PodSpec& spec) {
  Census census;
  for (const Container& container : spec.init_containers) {
    const ContainerStatus* found = find(status.init_container_statuses, container.name);
    if (role_of(container, true) == ContainerRole::kSidecar) {
      count_sidecar(census, found);
    } else {
      count_init(census, found);
    }
  }
  for (const Container& container : spec.containers) {
    count_regular(census, find(status.container_statuses, container.name));
  }
  return census;
}

bool is_final(const std::string& phase) { return phase == "Succeeded" || phase == "Failed"; }

std::string phase_of(const Census& census, RestartPolicy policy, bool initialized, bool deleting) {
  if (census.failed_init > 0 && policy == RestartPolicy::kNever) return "Failed";
  // Sidecars that restart later on do not put a pod that has run back to Pending.
  if (census.pending_init > 0 || (census.pending_sidecars > 0 && !initialized)) return "Pending";
  if (census.waiting > 0 || census.unknown > 0) return "Pending";
  if (census.running > 0) return "Running";
  if (census.stopped == 0) return "Pending";
  const bool all_well = census.stopped == census.succeeded;
  if (deleting) return all_well ? "Succeeded" : "Failed";
  if (policy == RestartPolicy::kAlways) return "Running";
  if (all_well) return "Succeeded";
  return policy == RestartPolicy::kNever ? "Failed" : "Running";
}

bool any_regular_has_started(const PodStatus& status) {
  return std::any_of(status.container_statuses.begin(), status.container_statuses.end(),
                     [](const ContainerStatus& container) {
                       return !std::holds_alternative<Waiting>(container.state) ||
                              container.last_state.has_value();
                     });
}

}  // namespace

ContainerRole role_of(const Container& container, bool init) {
  if (!init) return ContainerRole::kRegular;
  return container.restart_policy == "Always" ? ContainerRole::kSidecar : ContainerRole::kInit;
}

PodStatus pending_status(const PodSpec& spec) {
  PodStatus status;
  status.phase = "Pending";
  const Waiting waiting{spec.init_containers.empty() ? "ContainerCreating" : "PodInitializing", ""};
  const auto fill = [&](const std::vector<Container>& from, std::vector<ContainerStatus>& to) {
    for (const Container& container : from) {
      ContainerStatus& made = to.emplace_back();
      made.name = container.name;
      made.image = container.image;
      made.state = waiting;
    }
  };
  fill(spec.init_containers, status.init_container_statuses);
  fill(spec.containers, status.container_statuses);
  return status;
}

void settle_container(ContainerStatus& status, ContainerRole role, bool startup_passed,
                      bool readiness_passed) {
  const bool running = std::holds_alternative<Running>(status.state);
  if (role == ContainerRole::kInit) {
    const auto* ended = std::get_if<Terminated>(&status.state);
    status.started = running;
    status.ready = ended != nullptr && ended->exit_code == 0;
    return;
  }
  status.started = running && startup_passed;
  status.ready = status.started && readiness_passed;
}

void settle(PodStatus& status, const PodSpec& spec, const PodFacts& facts,
            const PodStatus& previous, WallTime now) {
  const Census census = take_census(status, spec);
  status.phase =
      phase_of(census, spec.restart_policy, any_regular_has_started(status), facts.deleting);
  if (is_final(previous.phase)) status.phase = previous.phase;
  if (status.phase == previous.phase) {
    if (status.reason.empty()) status.reason = previous.reason;
    if (status.message.empty()) status.message = previous.message;
  }
  if (facts.deadline_exceeded && !is_final(previous.phase)) {
    status.phase = "Failed";
    status.reason = "DeadlineExceeded";
    status.message = "Pod was active on the node longer than the specified deadline";
  }
  status.conditions = conditions_of(status, spec, facts);
  for (Condition& condition : status.conditions) {
    condition.observed_generation = status.observed_generation;
    const auto before = std::find_if(previous.conditions.begin(), previous.conditions.end(),
                                     [&](const Condition& c) { return c.type == condition.type; });
    const bool unchanged =
        before != previous.conditions.end() && before->status == condition.status;
    condition.last_transition = unchanged ? before->last_transition : now;
  }
}

}  // namespace podrun::pod
