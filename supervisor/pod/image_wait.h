// What a container whose image is not there waits for, how kubelet words it, and when it is looked
// for again (pkg/kubelet/images, image_manager.go). Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "supervisor/pod/events.h"
#include "supervisor/pod/status.h"

namespace podrun::pod {

/// Why a container has no image for now.
struct ImageVerdict {
  struct Said {
    EventType type;
    std::string reason, message;
    bool operator==(const Said&) const = default;
  };
  Waiting waiting;
  std::vector<Said> events;
  Seconds look_again{10};  // kubelet syncs a pod that cannot start about this often (backOffPeriod)
};

/// `name` is no reference, for which parsing gave `problem`.
ImageVerdict invalid_image_name(const std::string& name, const std::string& problem);
/// The store could not be read.
ImageVerdict image_inspect_failed(const std::string& name, const std::string& problem);

/// One container's waiting for an image that is not in the store: a pull that fails, then kubelet's
/// backoff of 10, 20, 40, 80, 160, 300, 300 … seconds.
class ImageWait {
 public:
  ImageVerdict absent(const std::string& name, const std::string& pull_policy, Moment now);

 private:
  ImageVerdict fail_to_pull(const std::string& name, Moment now);
  std::optional<Moment> pulled_;  // when the last pull failed
  Seconds wait_{0};
  std::string last_failure_;
};

}  // namespace podrun::pod
