// What is to be done about one pod next: from what the API says of it and what is seen of its
// supervisor. Pure. The agent does one step, looks again and asks again until nothing is left.
#pragma once

#include <optional>

#include "base/clock.h"

namespace podrun::node {

/// One pod (a uid, not a name) as the API has it.
struct ApiView {
  enum class Place { kAbsent, kUnbound, kElsewhere, kHere };
  Place place = Place::kAbsent;
  bool ended = false;    // status.phase is Succeeded or Failed
  bool has_run = false;  // its status names containers: there was a sandbox once
  bool deleting = false;
  Seconds grace{30};       // metadata.deletionGracePeriodSeconds
  bool confirmed = false;  // its deletion is confirmed already and waits for finalizers
};

/// Its supervisor as this machine shows it.
struct SupervisorView {
  enum class State {
    kNone,     // no folder
    kUnclear,  // the folder is held, by whom will be seen soon
    kRunning,
    kOver,  // the folder is there, the process is not
  };
  State state = State::kNone;
  bool ended = false;                // kOver: the pod came to its own end, nothing will run again
  std::optional<Moment> ends_by;     // kRunning: end of the shortest grace that was ordered
  bool killed = false;               // kRunning: the kill was ordered
  std::optional<Moment> not_before;  // kNone, kOver: when a further start may be tried
  Moment since{};                    // kRunning, kOver: when it was started, or found
};

enum class Step {
  kNothing,
  kWait,            // until `when`, then look again
  kStart,           // a pod that never ran
  kRecreate,        // one whose sandbox is gone
  kTerminate,       // within `grace`
  kKill,            // its containers, at once
  kKillSupervisor,  // it does not do what it was told
  kCleanUp,         // remove what is left on this machine
  kFinishDeletion,  // the same, and confirm the deletion to the API
};

struct Decision {
  Step step = Step::kNothing;
  Seconds grace{0};  // of kTerminate
  Moment when{};     // of kWait
  bool operator==(const Decision&) const = default;
};

/// How long a supervisor may take beyond what was ordered.
inline constexpr Seconds kSupervisorPatience{30};
/// A start goes ahead of its binding's commit. Where a crash took the binding, the scheduler binds
/// the pod again within so long, and it goes on.
inline constexpr Seconds kBindingPatience{5};
/// How soon an unclear folder is looked at again.
inline constexpr Nanoseconds kUnclearRetry = std::chrono::milliseconds(50);

Decision decide(const ApiView& pod, const SupervisorView& supervisor, Moment now);

}  // namespace podrun::node
