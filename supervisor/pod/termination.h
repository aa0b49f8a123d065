// The graceful end of a container instance: preStop, the stop signal, the kill, and whose turn it
// is in a pod that ends. kubelet's killContainer and its termination ordering as values that say
// what to do next. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "supervisor/pod/status.h"

namespace podrun::pod {

enum class TerminationAction {
  kRunPreStop,  // its deadline is next_deadline()
  kSendStopSignal,
  kKill,  // everything in the cgroup; ends a preStop that still runs
};

/// One instance. Ask advance() at once, at next_deadline(), and when a fact has changed.
class Termination {
 public:
  /// kubelet's minimumGracePeriodInSeconds: between the stop signal and the kill, whatever a
  /// preStop hook or the wait for one's turn has left of the grace. Not for grace 0, which kills at
  /// once.
  static constexpr Seconds kMinimumWindow{2};

  struct Facts {
    bool pre_stop_over = false;  // it ended, failed, or could not be run
    bool turn = true;            // ordering lets this container have its stop signal
    bool exited = false;         // the first process has ended
  };

  Termination(Seconds grace, bool has_pre_stop, Moment now);
  /// A further request: a shorter grace shortens what is left, a longer one changes nothing.
  void shorten(Seconds grace, Moment now);
  /// At most one thing to do at a time.
  std::optional<TerminationAction> advance(Moment now, const Facts& facts);
  /// When advance() has something to do though no fact changes; nothing once killed or over.
  std::optional<Moment> next_deadline() const;
  /// SIGKILL was asked for: the death that follows is no OOM.
  bool killed() const { return stage_ == Stage::kKilled; }
  bool over() const { return stage_ == Stage::kOver; }

 private:
  enum class Stage { kBegin, kPreStop, kTurn, kSignalled, kKilled, kOver };
  Stage stage_ = Stage::kBegin;
  bool has_pre_stop_;
  bool at_once_;     // grace 0
  Moment deadline_;  // end of the grace; once signalled, of the window that was left
};

/// A container of a pod that ends.
struct TurnState {
  ContainerRole role = ContainerRole::kRegular;
  bool over = false;
};
/// A sidecar has its turn when all regular containers and all later sidecars are over; everybody
/// else has it at once. `containers` in the manifest's order, init containers first.
bool has_turn(const std::vector<TurnState>& containers, std::size_t index);

}  // namespace podrun::pod
