#include <gtest/gtest.h>

#include "supervisor/pod/image_wait.h"

namespace podrun::pod {
namespace {

using Said = ImageVerdict::Said;
constexpr const char* kWhy = "it is not in the image store; `podrun image import` puts it there";

TEST(ImageWait, AFailedPullIsErrImagePullAndThenImagePullBackOff) {
  ImageWait wait;
  const Moment start{};
  const ImageVerdict pull = wait.absent("no/such:1", "IfNotPresent", start);
  EXPECT_EQ(pull.waiting.reason, "ErrImagePull");
  EXPECT_EQ(pull.waiting.message, kWhy);
  EXPECT_EQ(pull.events,
            (std::vector<Said>{{EventType::kNormal, "Pulling", "Pulling image \"no/such:1\""},
                               {EventType::kWarning, "Failed",
                                std::string("Failed to pull image \"no/such:1\": ") + kWhy},
                               {EventType::kWarning, "Failed", "Error: ErrImagePull"}}));
  EXPECT_EQ(pull.look_again, Seconds(1));

  const ImageVerdict back_off = wait.absent("no/such:1", "IfNotPresent", start + Seconds(1));
  EXPECT_EQ(back_off.waiting.reason, "ImagePullBackOff");
  EXPECT_EQ(back_off.waiting.message,
            std::string("Back-off pulling image \"no/such:1\": ErrImagePull: ") + kWhy);
  EXPECT_EQ(
      back_off.events,
      (std::vector<Said>{{EventType::kNormal, "BackOff", "Back-off pulling image \"no/such:1\""},
                         {EventType::kWarning, "Failed", "Error: ImagePullBackOff"}}));
  EXPECT_EQ(back_off.look_again, Seconds(9));
}

TEST(ImageWait, PullsAreTriedAfterTenSecondsDoubledUpToFiveMinutes) {
  ImageWait wait;
  Moment now{};
  Moment last_pull{};
  std::vector<Seconds> between;
  for (int looks = 0; looks < 18; ++looks) {
    const ImageVerdict verdict = wait.absent("no/such:1", "Always", now);
    if (verdict.waiting.reason == "ErrImagePull") {
      if (looks > 0) between.push_back(std::chrono::duration_cast<Seconds>(now - last_pull));
      last_pull = now;
    }
    now += verdict.look_again;
  }
  EXPECT_EQ(between,
            (std::vector<Seconds>{Seconds(10), Seconds(20), Seconds(40), Seconds(80), Seconds(160),
                                  Seconds(300), Seconds(300), Seconds(300)}));
}

TEST(ImageWait, WithPolicyNeverNothingIsPulled) {
  ImageWait wait;
  const ImageVerdict verdict = wait.absent("no/such:1", "Never", {});
  const std::string text = "Container image \"no/such:1\" is not present with pull policy of Never";
  EXPECT_EQ(verdict.waiting.reason, "ErrImageNeverPull");
  EXPECT_EQ(verdict.waiting.message, text);
  EXPECT_EQ(verdict.events,
            (std::vector<Said>{{EventType::kWarning, "ErrImageNeverPull", text},
                               {EventType::kWarning, "Failed", "Error: ErrImageNeverPull"}}));
  EXPECT_EQ(verdict.look_again, Seconds(10));
}

TEST(ImageWait, NamesThatAreNoneAndStoresThatFailAreTold) {
  const ImageVerdict name =
      invalid_image_name("No/Such", "couldn't parse image name \"No/Such\": invalid");
  EXPECT_EQ(name.waiting.reason, "InvalidImageName");
  EXPECT_EQ(name.waiting.message,
            "Failed to apply default image tag \"No/Such\": couldn't parse image name "
            "\"No/Such\": invalid");
  EXPECT_EQ(name.events,
            (std::vector<Said>{{EventType::kWarning, "InspectFailed", name.waiting.message},
                               {EventType::kWarning, "Failed", "Error: InvalidImageName"}}));
  const ImageVerdict store = image_inspect_failed("a", "read x: Input/output error");
  EXPECT_EQ(store.waiting.reason, "ImageInspectError");
  EXPECT_EQ(store.events.front().message,
            "Failed to inspect image \"a\": read x: Input/output error");
}

}  // namespace
}  // namespace podrun::pod
