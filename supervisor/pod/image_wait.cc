#include "supervisor/pod/image_wait.h"

#include <algorithm>

#include "base/go_text.h"

namespace podrun::pod {

namespace {

constexpr Seconds kFirstWait{10};
constexpr Seconds kLongestWait{300};
// How long ErrImagePull is shown before it becomes ImagePullBackOff: a kubelet looks once a second.
constexpr Seconds kSync{1};

/// What a start that fails for `reason` says last.
ImageVerdict::Said start_failed(const std::string& reason) {
  return {EventType::kWarning, "Failed", "Error: " + reason};
}

}  // namespace

ImageVerdict invalid_image_name(const std::string& name, const std::string& problem) {
  const std::string text = "Failed to apply default image tag " + go_quote(name) + ": " + problem;
  return {{"InvalidImageName", text},
          {{EventType::kWarning, "InspectFailed", text}, start_failed("InvalidImageName")}};
}

ImageVerdict image_inspect_failed(const std::string& name, const std::string& problem) {
  const std::string text = "Failed to inspect image " + go_quote(name) + ": " + problem;
  return {{"ImageInspectError", text},
          {{EventType::kWarning, "InspectFailed", text}, start_failed("ImageInspectError")}};
}

ImageVerdict ImageWait::absent(const std::string& name, const std::string& pull_policy,
                               Moment now) {
  if (pull_policy == "Never") {
    const std::string text =
        "Container image " + go_quote(name) + " is not present with pull policy of Never";
    return {{"ErrImageNeverPull", text},
            {{EventType::kWarning, "ErrImageNeverPull", text}, start_failed("ErrImageNeverPull")}};
  }
  if (!pulled_ || now >= *pulled_ + wait_) return fail_to_pull(name, now);
  const std::string text = "Back-off pulling image " + go_quote(name);
  const auto left = std::chrono::ceil<Seconds>(*pulled_ + wait_ - now);
  return {{"ImagePullBackOff", text + ": ErrImagePull: " + last_failure_},
          {{EventType::kNormal, "BackOff", text}, start_failed("ImagePullBackOff")},
          left};
}

ImageVerdict ImageWait::fail_to_pull(const std::string& name, Moment now) {
  pulled_ = now;
  wait_ = std::clamp(wait_ * 2, kFirstWait, kLongestWait);
  last_failure_ = "it is not in the image store; `podrun image import` puts it there";
  return {{"ErrImagePull", last_failure_},
          {{EventType::kNormal, "Pulling", "Pulling image " + go_quote(name)},
           {EventType::kWarning, "Failed",
            "Failed to pull image " + go_quote(name) + ": " + last_failure_},
           start_failed("ErrImagePull")},
          kSync};
}

}  // namespace podrun::pod
