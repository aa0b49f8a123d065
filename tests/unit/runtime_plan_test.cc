// What a spec becomes: steps in their order, and what is refused.
#include <gtest/gtest.h>
#include <linux/mount.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>

#include "base/error.h"
#include "runtime/capabilities.h"
#include "runtime/describe.h"
#include "runtime/mount_options.h"
#include "runtime/plan_writer.h"
#include "runtime/rlimits.h"
#include "runtime/sysctl.h"

namespace podrun::runtime {
namespace {

class Plans : public testing::Test {
 protected:
  Plans() {
    supervisor_.highest_capability = 40;
    supervisor_.own_capabilities = (CapabilityMask{1} << 41) - 1;
    spec_ = default_spec();
    spec_.linux_.namespaces = {
        {NamespaceType::kPid, ""}, {NamespaceType::kMount, ""}, {NamespaceType::kCgroup, ""}};
    spec_.process.args = {"/bin/true"};
  }
  std::vector<StepKind> process_steps() {
    PlanWriter writer(arena_, place_, supervisor_);
    plan_process(writer, spec_.process, spec_.linux_.seccomp, false, {0, 1, 2}, parked_);
    return kinds(*writer.finish());
  }
  static std::vector<StepKind> kinds(const Plan& plan) {
    std::vector<StepKind> found;
    for (std::uint32_t i = 0; i < plan.step_count; ++i) found.push_back(plan.steps[i].kind);
    return found;
  }
  static std::size_t position(const std::vector<StepKind>& steps, StepKind kind) {
    return static_cast<std::size_t>(std::find(steps.begin(), steps.end(), kind) - steps.begin());
  }

  Arena arena_{1u << 20};
  PlaceFacts place_;
  SupervisorFacts supervisor_;
  bool parked_ = false;
  Spec spec_;
};

TEST_F(Plans, LoadTheFilterBeforeOrAfterTheUserChanges) {
  spec_.linux_.seccomp.assign(8, '\0');
  auto steps = process_steps();
  // Without no_new_privs it needs CAP_SYS_ADMIN, which goes with the user.
  EXPECT_LT(position(steps, StepKind::kSeccomp), position(steps, StepKind::kUser));
  spec_.process.no_new_privileges = true;
  steps = process_steps();
  EXPECT_GT(position(steps, StepKind::kSeccomp), position(steps, StepKind::kNoNewPrivileges));
  EXPECT_EQ(steps[steps.size() - 2], StepKind::kSeccomp);
  EXPECT_EQ(steps.back(), StepKind::kExec);
}

TEST_F(Plans, ParkBeforeTheFilterWhichMayForbidWaiting) {
  spec_.linux_.seccomp.assign(8, '\0');
  EXPECT_EQ(position(process_steps(), StepKind::kPark), process_steps().size());
  parked_ = true;
  for (const bool no_new_privileges : {false, true}) {
    spec_.process.no_new_privileges = no_new_privileges;
    const auto steps = process_steps();
    const auto park = position(steps, StepKind::kPark);
    EXPECT_LT(park, position(steps, StepKind::kSeccomp));
    EXPECT_LT(position(steps, StepKind::kCloseFds), park) << "no descriptor of ours waits with it";
    EXPECT_EQ(steps[park - 1], StepKind::kDieWithParent);
    EXPECT_NE(std::find(steps.begin() + static_cast<std::ptrdiff_t>(park), steps.end(),
                        StepKind::kDieWithParent),
              steps.end())
        << "a change of credentials clears it";
  }
}

TEST_F(Plans, EnterCgroupsBeforeTheirNamespaceIsMade) {
  place_.entrances.push_back({Fd(), "memory", "/sys/fs/cgroup/memory/x"});
  PlanWriter writer(arena_, place_, supervisor_);
  plan_namespaces(writer, spec_);
  EXPECT_EQ(kinds(*writer.finish()),
            (std::vector{StepKind::kClone, StepKind::kEnterCgroup, StepKind::kUnshare}));
}

TEST_F(Plans, KeepCapabilitiesOverTheChangeOfUser) {
  auto steps = process_steps();
  EXPECT_EQ(position(steps, StepKind::kKeepCapabilities), steps.size());
  spec_.process.user.uid = 1000;
  steps = process_steps();
  EXPECT_LT(position(steps, StepKind::kBoundingSet), position(steps, StepKind::kUser));
  EXPECT_LT(position(steps, StepKind::kKeepCapabilities), position(steps, StepKind::kUser));
  EXPECT_LT(position(steps, StepKind::kUser), position(steps, StepKind::kCapabilities));
  // A change of credentials clears it.
  EXPECT_LT(position(steps, StepKind::kCapabilities), position(steps, StepKind::kDieWithParent));
}

TEST_F(Plans, MakeTheCgroupNamespaceInTheChild) {
  PlanWriter writer(arena_, place_, supervisor_);
  plan_namespaces(writer, spec_);
  const Plan& plan = *writer.finish();
  EXPECT_EQ(plan.clone_flags, static_cast<std::uint64_t>(CLONE_NEWPID | CLONE_NEWNS));
  const auto steps = kinds(plan);
  EXPECT_EQ(steps, (std::vector{StepKind::kClone, StepKind::kUnshare}));
}

TEST_F(Plans, MapIdsBeforeAnythingElse) {
  spec_.linux_.namespaces.push_back({NamespaceType::kUser, ""});
  PlanWriter refused(arena_, place_, supervisor_);
  EXPECT_THROW(plan_namespaces(refused, spec_), BadInput);
  spec_.linux_.uid_mappings = {{0, 1000, 10}, {10, 5000, 1}};
  spec_.linux_.gid_mappings = {{0, 2000, 10}};
  PlanWriter writer(arena_, place_, supervisor_);
  plan_namespaces(writer, spec_);
  const Plan& plan = *writer.finish();
  EXPECT_EQ(plan.steps[1].kind, StepKind::kMapIds);
  EXPECT_STREQ(plan.steps[1].path, "0 1000 10\n10 5000 1\n");
  EXPECT_STREQ(plan.steps[1].text, "0 2000 10\n");
}

TEST_F(Plans, RefuseWhatCannotBe) {
  const auto refused = [&](const Spec& spec) {
    PlanWriter writer(arena_, place_, supervisor_);
    plan_namespaces(writer, spec);
    plan_process(writer, spec.process, spec.linux_.seccomp, false, {0, 1, 2}, parked_);
  };
  Spec spec = spec_;
  spec.hostname = "no-uts-namespace";
  EXPECT_THROW(refused(spec), BadInput);
  spec = spec_;
  spec.linux_.namespaces = {{NamespaceType::kPid, ""}};
  EXPECT_THROW(refused(spec), BadInput);
  spec = spec_;
  spec.process.cwd = "relative";
  EXPECT_THROW(refused(spec), BadInput);
  spec = spec_;
  spec.process.rlimits = {{"RLIMIT_COFFEE", 1, 1}};
  EXPECT_THROW(refused(spec), BadInput);
  spec = spec_;
  spec.process.rlimits = {{"RLIMIT_CORE", 2, 1}};
  EXPECT_THROW(refused(spec), BadInput);
  spec = spec_;
  spec.process.env = {std::string("A=\0B", 4)};
  EXPECT_THROW(refused(spec), BadInput);
  spec = spec_;
  spec.linux_.seccomp = "odd";
  EXPECT_THROW(refused(spec), BadInput);
}

TEST_F(Plans, SayWhichCapabilitiesAreMissing) {
  supervisor_.own_capabilities &= ~(CapabilityMask{1} << *capability_number("CAP_SYS_RESOURCE"));
  spec_.process.capabilities.permitted.push_back("CAP_SYS_RESOURCE");
  PlanWriter writer(arena_, place_, supervisor_);
  plan_process(writer, spec_.process, {}, false, {0, 1, 2}, parked_);
  EXPECT_EQ(writer.take_notes(),
            std::vector<std::string>{"capabilities left out because this machine does not grant "
                                     "them: CAP_SYS_RESOURCE"});
}

TEST_F(Plans, SearchThePath) {
  spec_.process.args = {"tool"};
  spec_.process.env = {"PATH=/a::relative:/b/"};
  PlanWriter writer(arena_, place_, supervisor_);
  plan_process(writer, spec_.process, {}, false, {0, 1, 2}, parked_);
  const Plan& plan = *writer.finish();
  const auto& exec = *static_cast<const ExecPlan*>(plan.steps[plan.step_count - 1].data);
  EXPECT_STREQ(exec.candidates[0], "/a/tool");
  EXPECT_STREQ(exec.candidates[1], "/b//tool");
  EXPECT_EQ(exec.candidates[2], nullptr);
}

TEST(Describe, NamesStepAndObject) {
  Plan plan;
  Step steps[2] = {{StepKind::kMount}, {StepKind::kExec}};
  steps[0].path = "/proc";
  steps[0].text = "proc";
  steps[1].path = "/bin/tool";
  plan.steps = steps;
  plan.step_count = 2;
  plan.error = EPERM;
  EXPECT_EQ(describe_failure(plan).text, "mount proc at /proc: Operation not permitted");
  EXPECT_FALSE(describe_failure(plan).exec_failed);
  plan.step = 1;
  plan.error = ENOENT;
  EXPECT_EQ(describe_failure(plan).text, "exec /bin/tool: No such file or directory");
  EXPECT_TRUE(describe_failure(plan).exec_failed);
  EXPECT_EQ(describe_death(plan, 9).text,
            "exec /bin/tool: the process was killed by signal 9 (Killed)");
}

TEST(MountOptions, SortWordsByWhatTheyAreFor) {
  const MountOptions options = parse_mount_options(
      {"ro", "nosuid", "rnodev", "strictatime", "rslave", "mode=755", "size=64k", "sync"});
  EXPECT_EQ(options.set, static_cast<std::uint64_t>(MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID |
                                                    MOUNT_ATTR_STRICTATIME));
  EXPECT_EQ(options.clear, static_cast<std::uint64_t>(MOUNT_ATTR__ATIME));
  EXPECT_EQ(options.recursive_set, static_cast<std::uint64_t>(MOUNT_ATTR_NODEV));
  EXPECT_EQ(options.propagation, static_cast<std::uint64_t>(MS_SLAVE));
  EXPECT_TRUE(options.propagation_recursive);
  ASSERT_EQ(options.data.size(), 3u);
  EXPECT_EQ(options.data[0], (std::pair<std::string, std::optional<std::string>>("mode", "755")));
  EXPECT_EQ(options.data[2].second, std::nullopt);
}

TEST(MountOptions, LaterWordsWin) {
  EXPECT_EQ(parse_mount_options({"ro", "rw"}).set, 0u);
  EXPECT_EQ(parse_mount_options({"ro", "rw"}).clear, static_cast<std::uint64_t>(MOUNT_ATTR_RDONLY));
  EXPECT_EQ(parse_mount_options({"rw", "ro"}).set, static_cast<std::uint64_t>(MOUNT_ATTR_RDONLY));
  const MountOptions times = parse_mount_options({"noatime", "relatime"});
  EXPECT_EQ(times.set, 0u);
  EXPECT_EQ(times.clear, static_cast<std::uint64_t>(MOUNT_ATTR__ATIME));
  EXPECT_TRUE(parse_mount_options({"bind"}).bind);
  EXPECT_FALSE(parse_mount_options({"bind"}).recursive_bind);
  EXPECT_TRUE(parse_mount_options({"rbind"}).recursive_bind);
  EXPECT_THROW(parse_mount_options({"idmap"}), BadInput);
}

TEST(Capabilities, HaveNamesAndNumbers) {
  EXPECT_EQ(capability_number("CAP_CHOWN"), 0);
  EXPECT_EQ(capability_number("CAP_CHECKPOINT_RESTORE"), 40);
  EXPECT_EQ(capability_number("CHOWN"), std::nullopt);
  EXPECT_EQ(capability_mask({"CAP_CHOWN", "CAP_SYS_ADMIN"}), CapabilityMask{1} << 21 | 1);
  EXPECT_THROW(capability_mask({"CAP_NOT"}), BadInput);
  EXPECT_EQ(capability_names(CapabilityMask{1} << 63), std::vector<std::string>{"capability 63"});
  EXPECT_EQ(capability_mask(default_capabilities()), 0xa80425fbu);
  EXPECT_EQ(default_capabilities().size(), 14u);
  EXPECT_GE(all_capabilities().size(), 38u);
}

TEST(Rlimits, HaveNumbers) {
  EXPECT_EQ(rlimit_number("RLIMIT_NOFILE"), 7);
  EXPECT_EQ(rlimit_number("RLIMIT_RTTIME"), 15);
  EXPECT_EQ(rlimit_number("NOFILE"), std::nullopt);
}

TEST(Sysctl, KnowsWhatIsNamespaced) {
  EXPECT_EQ(sysctl_namespace("net.core.somaxconn"), NamespaceType::kNetwork);
  EXPECT_EQ(sysctl_namespace("net/ipv4/conf/eth0.100/mtu"), NamespaceType::kNetwork);
  EXPECT_EQ(sysctl_namespace("kernel.shmmax"), NamespaceType::kIpc);
  EXPECT_EQ(sysctl_namespace("fs.mqueue.msg_max"), NamespaceType::kIpc);
  EXPECT_EQ(sysctl_namespace("kernel.panic"), std::nullopt);
  EXPECT_EQ(sysctl_namespace("vm.swappiness"), std::nullopt);
  EXPECT_EQ(sysctl_namespace("kernel.hostname"), std::nullopt);
}

TEST(Sysctl, BecomesAPathThatStaysBelowProcSys) {
  EXPECT_EQ(sysctl_path("net.ipv4.ip_forward"), "net/ipv4/ip_forward");
  EXPECT_EQ(sysctl_path("net.ipv4.conf.eth0/100.mtu"), "net/ipv4/conf/eth0.100/mtu");
  EXPECT_EQ(sysctl_path("net/ipv4/conf/eth0.100/mtu"), "net/ipv4/conf/eth0.100/mtu");
  for (const char* bad : {"", "net..x", "net.", ".net", "net/../../etc/passwd", "net/./x"})
    EXPECT_THROW(sysctl_path(bad), BadInput) << bad;
}

}  // namespace
}  // namespace podrun::runtime
