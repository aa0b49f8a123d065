// When may a container be restarted? kubelet's flow-control backoff for containers: 0, 10, 20, 40,
// 80, 160, 300, 300 …
#pragma once

#include "base/clock.h"

namespace podrun::pod {

struct BackoffFigures {
  Seconds initial{10};
  Seconds maximum{300};
  Seconds reset_after{600};  // an instance that ran so long starts over
};

/// One container's backoff, over all its instances.
class Backoff {
 public:
  explicit Backoff(BackoffFigures figures = {}) : figures_(figures) {}
  /// An instance has ended: how long to wait from `finished` on. The first restart is immediate.
  Seconds next(Moment instance_started, Moment instance_finished);
  /// From when on the end of an instance that started then is followed by a restart at once.
  Moment immediate_from(Moment instance_started) const {
    return restarted_before_ ? instance_started + figures_.reset_after : instance_started;
  }
  /// The wait that the last next() gave, for messages ("back-off 10s restarting …").
  Seconds current() const { return current_; }

 private:
  BackoffFigures figures_;
  Seconds current_{0};
  bool restarted_before_ = false;
};

}  // namespace podrun::pod
