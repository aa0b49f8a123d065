// Which devices a container may open, and which limits a machine cannot enforce.
#include "supervisor/pod/pod_cgroup.h"

#include <gtest/gtest.h>

#include "base/files.h"
#include "cgroups/device_rules.h"
#include "supervisor/pod/event_log.h"
#include "tests/support/temp_dir.h"

namespace podrun::pod {
namespace {

using cgroups::allows;
constexpr std::uint32_t kOpen = cgroups::kAccessRead | cgroups::kAccessWrite;

TEST(ContainerDevices, AreTheUsualOnes) {
  const auto rules = container_devices({});
  for (const std::int64_t minor : {3, 5, 7, 8, 9}) {
    EXPECT_TRUE(allows(rules, 'c', 1, minor, cgroups::kAccessAll)) << minor;
  }
  EXPECT_TRUE(allows(rules, 'c', 5, 0, kOpen));
  EXPECT_TRUE(allows(rules, 'c', 5, 2, kOpen));
  EXPECT_TRUE(allows(rules, 'c', 136, 7, kOpen));
}

TEST(ContainerDevices, AreNotTheHostsDisksAndMemory) {
  const auto rules = container_devices({});
  for (const std::uint32_t access : {cgroups::kAccessRead, cgroups::kAccessWrite}) {
    EXPECT_FALSE(allows(rules, 'b', 8, 0, access));
    EXPECT_FALSE(allows(rules, 'c', 1, 1, access));
  }
  EXPECT_TRUE(allows(rules, 'b', 8, 0, cgroups::kAccessMknod)) << "as with other runtimes";
}

TEST(ContainerDevices, AreAllThereAreForPrivilegedOnes) {
  manifest::Container container;
  container.security_context = manifest::SecurityContext{};
  container.security_context->privileged = true;
  EXPECT_TRUE(allows(container_devices(container), 'b', 8, 0, cgroups::kAccessAll));
}

TEST(ContainerDevices, CanBeSaidToCgroupV1) {
  EXPECT_FALSE(cgroups::to_v1_list(container_devices({})).allow_others);
}

/// A pod with an init container without limits, and `main` with both.
manifest::PodSpec limited_pod() {
  manifest::PodSpec spec;
  spec.init_containers.resize(1);
  spec.init_containers[0].name = "first";
  spec.containers.resize(1);
  spec.containers[0].name = "main";
  spec.containers[0].resources.limits = {{"cpu", Quantity::parse("500m")},
                                         {"memory", Quantity::parse("64Mi")}};
  return spec;
}

class EnforceableLimits : public ::testing::Test {
 protected:
  /// What stands in the events afterwards.
  std::string check(const manifest::PodSpec& spec, bool allow_no_limits) {
    manifest::ObjectMeta meta;
    meta.name = "pod";
    const std::string path = folder_ / "events.jsonl";
    EventLog events(path, meta, "node", clock_);
    check_enforceable(layout_, spec, allow_no_limits, events);
    events.flush();
    return read_file(path);
  }
  cgroups::Layout layout_{cgroups::LayoutKind::kV2, "/sys/fs/cgroup", {}, {}};
  const test::TempDir folder_;
  const FakeClock clock_{};
};

TEST_F(EnforceableLimits, AreRefusedByNameWithoutControllers) {
  try {
    check(limited_pod(), false);
    FAIL();
  } catch (const Error& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("container main: this machine cannot enforce cpu.max (no cpu controller), "
                        "memory.max (no memory controller)"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("--allow-no-limits"), std::string::npos) << text;
  }
}

TEST_F(EnforceableLimits, AreAWarningWhereThatIsAllowed) {
  manifest::PodSpec spec = limited_pod();
  spec.init_containers[0].resources.limits = {{"memory", Quantity::parse("1Gi")}};
  const std::string events = check(spec, true);
  EXPECT_NE(events.find("LimitsNotEnforced"), std::string::npos) << events;
  EXPECT_NE(events.find("spec.initContainers{first}"), std::string::npos) << events;
  EXPECT_NE(events.find("spec.containers{main}"), std::string::npos) << events;
}

TEST_F(EnforceableLimits, ArePassedWhereThereAreNoneOrTheirControllersAre) {
  manifest::PodSpec unlimited = limited_pod();
  unlimited.containers[0].resources = {};
  EXPECT_EQ(check(unlimited, false), "");
  layout_.v2_controllers = {cgroups::Controller::kCpu, cgroups::Controller::kMemory};
  EXPECT_EQ(check(limited_pod(), false), "");
}

}  // namespace
}  // namespace podrun::pod
