// Which of podrun's features work on a machine, decided from facts. Pure.
#pragma once

#include <string>
#include <vector>

#include "supervisor/check/host_facts.h"

namespace podrun::check {

enum class State { kOk, kDegraded, kMissing };

/// One line of `podrun check`.
struct Finding {
  std::string topic;  // "cgroups", "overlayfs", "namespace user"
  State state = State::kOk;
  std::string found;   // what there is: "hybrid: cpu, memory, pids"
  std::string effect;  // degraded: what then does not work
  std::string advice;  // missing or degraded: what to do
};

std::vector<Finding> assess(const HostFacts& facts);
/// True where podrun cannot run pods here.
bool any_missing(const std::vector<Finding>& findings);
std::string to_string(State state);

}  // namespace podrun::check
