#include "supervisor/pod/backoff.h"

#include <algorithm>

namespace podrun::pod {

Seconds Backoff::next(Moment instance_started, Moment instance_finished) {
  const bool starts_over = instance_finished - instance_started >= figures_.reset_after;
  if (!restarted_before_ || starts_over) {
    current_ = Seconds(0);
  } else {
    current_ = std::clamp(current_ * 2, figures_.initial, figures_.maximum);
  }
  restarted_before_ = true;
  return current_;
}

}  // namespace podrun::pod
