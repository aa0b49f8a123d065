#include <gtest/gtest.h>

#include "supervisor/pod/hook_text.h"

namespace podrun::pod {
namespace {

constexpr const char* kPod = "hooks_default(0b1f)";

TEST(HookText, ACommandsFailureTellsItsExitCodeAndOutput) {
  const manifest::ExecAction command{{"sh", "-c", "echo \"no\"; exit 3"}};
  EXPECT_EQ(hook_failed_event(command, "main", kPod, hook_exit_error(command, 3), "no\n"),
            "Exec lifecycle hook ([sh -c echo \"no\"; exit 3]) for Container \"main\" in Pod "
            "\"hooks_default(0b1f)\" failed - error: command 'sh -c echo \"no\"; exit 3' exited "
            "with 3: , "
            "message: \"no\\n\"");
}

TEST(HookText, ARequestsFailureTellsItsPath) {
  manifest::HttpGetAction get;
  get.path = "/stop";
  EXPECT_EQ(hook_failed_event(get, "main", kPod, "HTTP probe failed with statuscode: 500", "body"),
            "HTTP lifecycle hook (/stop) for Container \"main\" in Pod \"hooks_default(0b1f)\" "
            "failed - error: HTTP probe failed with statuscode: 500");
}

}  // namespace
}  // namespace podrun::pod
