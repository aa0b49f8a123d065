#include "supervisor/pod/termination.h"

#include <algorithm>

namespace podrun::pod {

Termination::Termination(Seconds grace, bool has_pre_stop, Moment now)
    : has_pre_stop_(has_pre_stop),
      at_once_(grace <= Seconds(0)),
      deadline_(now + std::max(grace, Seconds(0))) {}

void Termination::shorten(Seconds grace, Moment now) {
  if (stage_ == Stage::kKilled || stage_ == Stage::kOver) return;
  if (grace <= Seconds(0)) at_once_ = true;
  const bool signalled = stage_ == Stage::kSignalled;
  const Seconds left = signalled && !at_once_ ? std::max(grace, kMinimumWindow) : grace;
  deadline_ = std::min(deadline_, now + std::max(left, Seconds(0)));
}

std::optional<TerminationAction> Termination::advance(Moment now, const Facts& facts) {
  if (facts.exited) stage_ = Stage::kOver;
  if (stage_ == Stage::kOver || stage_ == Stage::kKilled) return std::nullopt;
  if (at_once_) {
    stage_ = Stage::kKilled;
    return TerminationAction::kKill;
  }
  if (stage_ == Stage::kBegin) {
    stage_ = has_pre_stop_ ? Stage::kPreStop : Stage::kTurn;
    if (has_pre_stop_) return TerminationAction::kRunPreStop;
  }
  const bool grace_over = now >= deadline_;
  if (stage_ == Stage::kPreStop) {
    if (!facts.pre_stop_over && !grace_over) return std::nullopt;
    stage_ = Stage::kTurn;
  }
  if (stage_ == Stage::kTurn) {
    if (!facts.turn && !grace_over) return std::nullopt;
    stage_ = Stage::kSignalled;
    deadline_ = std::max(deadline_, now + kMinimumWindow);
    return TerminationAction::kSendStopSignal;
  }
  if (!grace_over) return std::nullopt;
  stage_ = Stage::kKilled;
  return TerminationAction::kKill;
}

std::optional<Moment> Termination::next_deadline() const {
  if (stage_ == Stage::kKilled || stage_ == Stage::kOver) return std::nullopt;
  return deadline_;
}

bool has_turn(const std::vector<TurnState>& containers, std::size_t index) {
  if (containers[index].role != ContainerRole::kSidecar) return true;
  for (std::size_t i = 0; i < containers.size(); ++i) {
    const bool earlier = containers[i].role == ContainerRole::kRegular ||
                         (containers[i].role == ContainerRole::kSidecar && i > index);
    if (earlier && !containers[i].over) return false;
  }
  return true;
}

}  // namespace podrun::pod
