#include "supervisor/pod/backoff.h"

#include <algorithm>

namespace podrun::pod {

Seconds Backoff::next(Moment instance_started, Moment instance_finished) {
  if (instance_finished >= immediate_from(instance_started)) {
    current_ = Seconds(0);
  } else {
    current_ = std::clamp(current_ * 2, figures_.initial, figures_.maximum);
  }
  restarted_before_ = true;
  return current_;
}

}  // namespace podrun::pod
