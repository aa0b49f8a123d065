#include <gtest/gtest.h>

#include "supervisor/pod/container_choice.h"

namespace podrun::pod {
namespace {

const std::string kNone = "previous terminated container \"a\" in pod \"p\" not found";

TEST(ContainerChoice, TheOnlyOneNeedsNoName) {
  EXPECT_EQ(choose_container("p", {{"a"}, {}}, "").name, "a");
  EXPECT_EQ(choose_container("p", {{"a", "b"}, {}}, "").problem,
            "a container name must be specified for pod p, choose one of: [a b]");
  EXPECT_EQ(choose_container("p", {{"a"}, {"i", "j"}}, "").problem,
            "a container name must be specified for pod p, choose one of: [a] or one of the init "
            "containers: [i j]");
}

TEST(ContainerChoice, ANameIsThatOfAnyContainer) {
  const ContainerNames names{{"a", "b"}, {"i"}};
  for (const char* name : {"a", "b", "i"}) {
    EXPECT_EQ(choose_container("p", names, name).name, name);
    EXPECT_EQ(choose_container("p", names, name).problem, "");
  }
  EXPECT_EQ(choose_container("p", names, "c").problem, "container c is not valid for pod p");
}

TEST(LogChoice, TheLatestOrTheOneBefore) {
  const LogState running{false, "", true};
  EXPECT_EQ(choose_log("p", "a", running, {0, 1, 2}, false).instance, 2);
  EXPECT_EQ(choose_log("p", "a", running, {0, 1, 2}, true).instance, 1);
  EXPECT_EQ(choose_log("p", "a", running, {2}, true).problem, kNone);
}

TEST(LogChoice, OfAContainerThatWaitsThePreviousIsTheLatest) {
  const LogState backing_off{true, "CrashLoopBackOff", true};
  EXPECT_EQ(choose_log("p", "a", backing_off, {0, 1}, true).instance, 1);
  EXPECT_EQ(choose_log("p", "a", backing_off, {0, 1}, false).instance, 1);
}

TEST(LogChoice, SaysWhyThereIsNone) {
  EXPECT_EQ(choose_log("p", "a", {false, "", false}, {0}, true).problem, kNone);
  EXPECT_EQ(choose_log("p", "a", {true, "ErrImagePull", false}, {}, false).problem,
            "container \"a\" in pod \"p\" is waiting to start: ErrImagePull");
  EXPECT_EQ(choose_log("p", "a", {}, {}, false).problem,
            "container \"a\" in pod \"p\" is waiting to start: ContainerCreating");
}

}  // namespace
}  // namespace podrun::pod
