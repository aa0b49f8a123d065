// How a specification becomes a plan. Everything that can be known before the clone is found out
// here, and refused here with a full error.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/fd.h"
#include "runtime/arena.h"
#include "runtime/birth.h"
#include "runtime/capabilities.h"
#include "runtime/plan.h"
#include "runtime/spec.h"

namespace podrun::runtime {

/// What planning must know of the place and of this process.
struct PlaceFacts {
  int v2_fd = -1;
  std::string path;                            // of the cgroup, in every hierarchy
  std::string v2_folder;                       // hybrid: its folder in the v2 tree
  std::vector<cgroups::V1Entrance> entrances;  // hybrid: what a child enters by itself
  bool in_cgroup = false;
};

/// What planning must know of this process, found out once for all its births.
struct SupervisorFacts {
  Fd pidfd, pid_namespace;
  std::uint64_t ignored_signals = 0;  // bit n - 1: signal n is ignored here
  int highest_capability = 0;
  CapabilityMask own_capabilities = 0;
};

/// Collects steps in an arena, descriptors that must live until the birth, and remarks.
class PlanWriter {
 public:
  PlanWriter(Arena& arena, const PlaceFacts& place, const SupervisorFacts& supervisor)
      : arena_(arena), place_(place), supervisor_(supervisor) {}

  Step& add(StepKind kind);
  Arena& arena() { return arena_; }
  const PlaceFacts& place() const { return place_; }
  const SupervisorFacts& supervisor() const { return supervisor_; }
  const char* copy(const std::string& text) { return arena_.copy(text); }
  /// Keeps `fd` until the child is born, and returns its number.
  int hold(Fd fd);
  void note(std::string text) { notes_.push_back(std::move(text)); }

  /// The plan; the writer is spent.
  Plan* finish();
  std::uint64_t clone_flags = 0;
  int pid_namespace_fd = -1;
  bool hide = false;
  Fd terminal_socket;  // the child sends its terminal's master there

  std::vector<Fd> take_held() { return std::move(held_); }
  std::vector<std::string> take_notes() { return std::move(notes_); }

 private:
  Arena& arena_;
  const PlaceFacts& place_;
  const SupervisorFacts& supervisor_;
  std::vector<Step> steps_;
  std::vector<Fd> held_;
  std::vector<std::string> notes_;
};

/// The child's way into the v1 hierarchies of its place, before all else that it does.
void plan_entrances(PlanWriter& writer);
/// The namespaces of a container: new ones, joined ones, id maps, hostname, sysctls.
void plan_namespaces(PlanWriter& writer, const Spec& spec);
/// Root, mounts, devices, masks, pivot.
void plan_file_systems(PlanWriter& writer, const Spec& spec, int rootfs_fd);
/// The namespaces of a running container, for another process in it.
void plan_join(PlanWriter& writer, const Spec& container, const podrun::Process& first,
               const Process& process);
/// Session, stdio, limits, user, capabilities, seccomp, execve: the end of every plan that runs a
/// program. `parked`: the child waits before the execve.
void plan_process(PlanWriter& writer, const Process& process, const SeccompProgram& seccomp,
                  bool in_user_namespace, const Stdio& stdio, bool parked);
/// The end of a plan that calls a function.
void plan_function(PlanWriter& writer, Launcher::Function function, const std::string& argument,
                   const Stdio& stdio);

/// Whether the container has a user namespace of its own.
bool has_user_namespace(const Spec& spec);

}  // namespace podrun::runtime
