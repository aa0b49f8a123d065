// Limits of a whole pod: the quota holds, the OOM killer takes what it should, probes are paid by
// their container. The same program runs on the hybrid host and, on cgroup v2, in the CI VM.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <sstream>

#include "base/files.h"
#include "tests/support/pod_run.h"
#include "tests/support/poll.h"

namespace podrun::test {
namespace {

constexpr double kQuota = 0.50;
constexpr double kQuotaTolerance = 0.02;
constexpr double kPeriodUs = 100000;

std::string pod_yaml(const std::string& containers, const std::string& policy = "Never") {
  return "apiVersion: v1\nkind: Pod\nmetadata: {name: limits}\nspec:\n  restartPolicy: " + policy +
         "\n  terminationGracePeriodSeconds: 0\n  containers:\n" + containers;
}

std::string shell_container(const std::string& name, const std::string& script,
                            const std::string& more = "") {
  return "  - name: " + name +
         "\n    image: busybox\n    imagePullPolicy: Never\n    command: [sh, -c, '" + script +
         "']\n" + more;
}

constexpr const char* kHalfCpu = "    resources: {limits: {cpu: 500m, memory: 64Mi}}\n";

nlohmann::json report_of(const PodHome& home) {
  return nlohmann::json::parse(read_file(home.dir() / "report.json"));
}

nlohmann::json instance_of(const nlohmann::json& report, const std::string& container,
                           std::size_t index = 0) {
  for (const auto& one : report["containers"]) {
    if (one["name"] == container) return one["instances"].at(index);
  }
  return {};
}

/// CPUs used while the quota's periods ran: a busy container has one each 100 ms.
double cpus(const nlohmann::json& instance) {
  return instance["cpu"]["usageMicroseconds"].get<double>() /
         (instance["cpu"]["periods"].get<double>() * kPeriodUs);
}

nlohmann::json run_for(const std::string& manifest, const std::string& time) {
  PodHome home({"busybox"});
  PodRun pod(home, manifest, {"--for", time, "--report", home.dir() / "report.json"});
  EXPECT_EQ(pod.wait(), 0) << pod.output();
  return report_of(home);
}

/// A quota is an upper bound: a machine that is busy otherwise leaves a container less, which tells
/// nothing. Measured again then; more than the quota is never forgiven.
constexpr int kMeasurements = 4;

/// Of ten seconds' hundred; a period in which the machine ran others alone is not counted.
constexpr int kPeriods = 95;
int periods(const nlohmann::json& instance) { return instance["cpu"]["periods"].get<int>(); }

nlohmann::json run_busy(const std::string& script) {
  nlohmann::json instance;
  for (int i = 0; i < kMeasurements; ++i) {
    instance =
        instance_of(run_for(pod_yaml(shell_container("busy", script, kHalfCpu)), "10s"), "busy");
    if (cpus(instance) >= kQuota - kQuotaTolerance && periods(instance) >= kPeriods) break;
  }
  return instance;
}

TEST(PodLimits, HalfACpuHoldsABusyLoop) {
  const auto instance = run_busy("while :; do :; done");
  EXPECT_NEAR(cpus(instance), kQuota, kQuotaTolerance) << instance.dump(1);
  EXPECT_GE(periods(instance), kPeriods);
  EXPECT_GT(instance["cpu"]["throttledRatio"].get<double>(), 0.5) << instance.dump(1);
}

TEST(PodLimits, HalfACpuHoldsTwoBusyLoops) {
  const auto instance = run_busy("while :; do :; done & while :; do :; done");
  EXPECT_NEAR(cpus(instance), kQuota, kQuotaTolerance) << instance.dump(1);
}

TEST(PodLimits, AllocatorBeyondItsLimitIsOomKilledAlone) {
  PodHome home({"busybox"});
  const std::string hog =
      "  - name: hog\n    image: busybox\n    imagePullPolicy: Never\n"
      "    command: [tail, /dev/zero]\n    resources: {limits: {memory: 128Mi}}\n";
  PodRun pod(home, pod_yaml(hog + shell_container("other", "while :; do sleep 1; done")),
             {"--report", home.dir() / "report.json"});
  ASSERT_TRUE(poll_until([&] {
    return pod.container_status("hog")["state"].contains("terminated");
  })) << pod.output();
  const auto ended = pod.container_status("hog")["state"]["terminated"];
  EXPECT_EQ(ended["reason"], "OOMKilled");
  EXPECT_EQ(ended["exitCode"], 137);
  EXPECT_TRUE(pod.container_status("other")["state"].contains("running"));
  pod.signal(SIGINT);
  EXPECT_EQ(pod.wait(), 0) << pod.output();
  const auto instance = instance_of(report_of(home), "hog");
  EXPECT_GE(instance["memory"]["oomKills"].get<int>(), 1);
  EXPECT_GT(instance["memory"]["peakBytes"].get<double>(), 120.0 * 1048576);
  EXPECT_LE(instance["memory"]["peakBytes"].get<double>(), 128.0 * 1048576);
}

double process_cpu_us(pid_t pid) {
  const std::string stat = read_file("/proc/" + std::to_string(pid) + "/stat");
  std::istringstream fields(stat.substr(stat.rfind(')') + 2));
  std::string skip;
  for (int field = 3; field < 14; ++field) fields >> skip;
  double user = 0;
  double system = 0;
  fields >> user >> system;
  return (user + system) * 1e6 / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

/// The host's pid of the process of `pod` whose command line contains `text`.
pid_t find_process(const PodRun& pod, const std::string& text) {
  const nlohmann::json supervisor = pod.supervisor();
  if (!supervisor.is_object()) return -1;
  const std::string group = supervisor["cgroup"];
  std::string found;
  run_command({"sh", "-c",
               "for p in /proc/[0-9]*; do grep -qs '" + group +
                   "' $p/cgroup && tr '\\0' ' ' <$p/cmdline | grep -q '" + text +
                   "' && echo ${p#/proc/}; done"},
              &found);
  return found.empty() ? -1 : static_cast<pid_t>(std::stol(found));
}

/// What the process "while :; do : main" had used shortly before its pod ended.
double main_cpu_us(PodRun& pod) {
  pid_t main = -1;
  EXPECT_TRUE(poll_until([&] { return (main = find_process(pod, "while :; do : main")) > 0; }))
      << pod.output();
  double used = 0;
  // The last reading before the end: the process is gone afterwards.
  while (main > 0 && !pod.ended()) {
    try {
      used = process_cpu_us(main);
    } catch (const std::exception&) {
      break;
    }
    ::usleep(20000);
  }
  return used;
}

struct Paid {
  double main_us = 0, probes_us = 0, usage_us = 0, quota_us = 0;
  nlohmann::json instance;
};

/// A busy container with a probe, run for 12 s; again where the machine left it less than its
/// quota, or where a kernel that counts by its ticks (the VM's) saw none of the probes.
Paid run_with_probe(const std::string& script, const std::string& probe) {
  Paid paid;
  for (int i = 0; i < kMeasurements; ++i) {
    PodHome home({"busybox"});
    PodRun pod(home, pod_yaml(shell_container("busy", script, kHalfCpu + probe)),
               // The end falls between two probes: one that it cut off would count as failed.
               {"--for", "12.5s", "--report", home.dir() / "report.json"});
    paid.main_us = main_cpu_us(pod);
    EXPECT_EQ(pod.wait(), 0) << pod.output();
    paid.instance = instance_of(report_of(home), "busy");
    paid.probes_us = paid.instance["cpu"]["probeUsageMicroseconds"];
    paid.usage_us = paid.instance["cpu"]["usageMicroseconds"];
    paid.quota_us = paid.instance["cpu"]["periods"].get<double>() * kPeriodUs * kQuota;
    if (paid.usage_us >= paid.quota_us * 0.96 && paid.probes_us > 0) break;
  }
  return paid;
}

TEST(PodLimits, ExecProbeIsPaidByItsContainer) {
  const Paid paid = run_with_probe(
      "while :; do : main; done",
      "    livenessProbe: {periodSeconds: 1, timeoutSeconds: 30, exec: {command: [sh, -c, 'i=0; "
      "while [ $i -lt 100000 ]; do i=$((i+1)); done']}}\n");
  EXPECT_GT(paid.probes_us, paid.quota_us * 0.1) << paid.instance.dump(1);
  EXPECT_NEAR(paid.main_us + paid.probes_us, paid.quota_us, paid.quota_us * 0.05)
      << paid.instance.dump(1);
}

TEST(PodLimits, HttpProbeIsPaidByItsContainer) {
  const Paid paid = run_with_probe(
      "httpd -p 8080 -h /; while :; do : main; done",
      "    readinessProbe: {initialDelaySeconds: 1, periodSeconds: 1, timeoutSeconds: 30, "
      "httpGet: {path: /etc/passwd, port: 8080}}\n");
  const auto counts = paid.instance["probes"]["readiness"];
  EXPECT_GE(counts["succeeded"].get<int>(), 5);
  EXPECT_EQ(counts["failed"], 0) << paid.instance.dump(1);
  EXPECT_GT(paid.probes_us, 0) << paid.instance.dump(1);
  EXPECT_NEAR(paid.usage_us, paid.quota_us, paid.quota_us * 0.05) << paid.instance.dump(1);
  // The rest is the server's, whose children are gone before they can be read.
  EXPECT_NEAR(paid.main_us + paid.probes_us, paid.usage_us, paid.usage_us * 0.05)
      << paid.instance.dump(1);
}

TEST(PodLimits, AnOomScoreThatMayNotBeLoweredIsToldAndThePodRuns) {
  PodHome home({"busybox"});
  // Guaranteed: -997, which takes the capability.
  PodRun pod(home,
             pod_yaml(shell_container("spared", "cat /proc/self/oom_score_adj; sleep 1", kHalfCpu)),
             {}, {"setpriv", "--bounding-set=-sys_resource", "--"});
  ASSERT_TRUE(poll_until([&] { return !pod.log("spared", 0).empty(); })) << pod.output();
  EXPECT_NE(pod.log("spared", 0).front(), "-997");
  EXPECT_EQ(pod.wait(), 0) << pod.output();
  EXPECT_NE(pod.output().find("Degraded"), std::string::npos) << pod.output();
  EXPECT_NE(pod.output().find("set oom_score_adj to -997"), std::string::npos) << pod.output();
}

class PodWithoutMemoryLimits : public ::testing::Test {
 protected:
  void TearDown() override {
    run_command(
        {"sh", "-c",
         "! test -e " + bare_ + " || find " + bare_ + " -depth -type d -exec rmdir {} \\;"});
  }
  const std::string bare_ = "/sys/fs/cgroup/podrun-test-bare";
  /// Becomes what follows it, in a mount namespace whose cgroups lack the memory controller: on v1
  /// without its mount, on v2 below a folder to which nothing is handed down.
  const std::vector<std::string> launcher_ = {
      "unshare",
      "-m",
      "--propagation",
      "private",
      "sh",
      "-ec",
      "if mountpoint -q /sys/fs/cgroup/memory; then umount /sys/fs/cgroup/memory\n"
      "else mkdir -p " +
          bare_ + "/tree && mount --bind " + bare_ +
          "/tree /sys/fs/cgroup\n"
          "fi\n"
          "exec \"$@\"",
      "sh"};
  const std::string manifest_ = pod_yaml(shell_container("a", "echo ran", kHalfCpu));
};

TEST_F(PodWithoutMemoryLimits, IsRefused) {
  PodHome home({"busybox"});
  PodRun pod(home, manifest_, {}, launcher_);
  EXPECT_NE(pod.wait(), 0) << pod.output();
  EXPECT_NE(pod.output().find("container a: this machine cannot enforce "), std::string::npos)
      << pod.output();
  EXPECT_NE(pod.output().find("memory.max (no memory controller)"), std::string::npos)
      << pod.output();
  EXPECT_NE(pod.output().find("--allow-no-limits"), std::string::npos) << pod.output();
  EXPECT_TRUE(pod.log("a", 0).empty());
}

TEST_F(PodWithoutMemoryLimits, RunsWithAWarningWhereThatIsAllowed) {
  PodHome home({"busybox"});
  PodRun pod(home, manifest_, {"--allow-no-limits", "--keep-logs"}, launcher_);
  EXPECT_EQ(pod.wait(), 0) << pod.output();
  EXPECT_NE(pod.output().find("LimitsNotEnforced"), std::string::npos) << pod.output();
  EXPECT_NE(pod.output().find("memory.max (no memory controller)"), std::string::npos)
      << pod.output();
  EXPECT_NE(pod.output().find("ran"), std::string::npos) << pod.output();
}

TEST(PodLimits, TheReportCountsProcessesAndTheStart) {
  PodHome home({"busybox"});
  PodRun pod(home,
             pod_yaml(shell_container("many", "for i in 1 2 3 4 5 6 7; do sleep 1 & done; wait")),
             {"--report", home.dir() / "report.json"});
  EXPECT_EQ(pod.wait(), 0) << pod.output();
  const auto instance = instance_of(report_of(home), "many");
  EXPECT_GT(instance["startLatencyNanoseconds"].get<std::int64_t>(), 0) << instance.dump(1);
  EXPECT_LT(instance["startLatencyNanoseconds"].get<std::int64_t>(), 60'000'000'000)
      << instance.dump(1);
  if (!instance["pids"].contains("peak")) GTEST_SKIP() << "this kernel does not count the peak";
  EXPECT_GE(instance["pids"]["peak"].get<int>(), 8) << instance.dump(1);
}

}  // namespace
}  // namespace podrun::test
