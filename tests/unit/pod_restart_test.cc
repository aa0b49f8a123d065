// semantics.md, Restarts: restartPolicy, terminated reasons, the texts of back-off and kills.
#include <gtest/gtest.h>

#include <csignal>

#include "supervisor/pod/restart.h"

namespace podrun::pod {
namespace {

using manifest::RestartPolicy;
using Birth = InstanceEnd::Birth;

TEST(RestartPolicyRow, AlwaysOnFailureNever) {
  for (const int code : {0, 1, 137, 128}) {
    EXPECT_TRUE(should_restart(RestartPolicy::kAlways, code));
    EXPECT_EQ(should_restart(RestartPolicy::kOnFailure, code), code != 0);
    EXPECT_FALSE(should_restart(RestartPolicy::kNever, code));
  }
}

TEST(RestartPolicyRow, OfSidecarsAndInitContainers) {
  for (const RestartPolicy of_pod :
       {RestartPolicy::kAlways, RestartPolicy::kOnFailure, RestartPolicy::kNever}) {
    EXPECT_EQ(effective_policy(of_pod, ContainerRole::kRegular), of_pod);
    EXPECT_EQ(effective_policy(of_pod, ContainerRole::kSidecar), RestartPolicy::kAlways);
    EXPECT_EQ(effective_policy(of_pod, ContainerRole::kInit),
              of_pod == RestartPolicy::kAlways ? RestartPolicy::kOnFailure : of_pod);
  }
}

InstanceEnd ran(ExitStatus exit, bool oom = false, bool by_us = false) {
  return {Birth::kRan, exit, oom, by_us};
}

TEST(TerminatedReason, FromExitCodesAndSignals) {
  EXPECT_EQ(judge_end(ran({0, 0})), (EndVerdict{0, 0, "Completed"}));
  EXPECT_EQ(judge_end(ran({3, 0})), (EndVerdict{3, 0, "Error"}));
  EXPECT_EQ(judge_end(ran({0, SIGTERM})), (EndVerdict{143, SIGTERM, "Error"}));
  EXPECT_EQ(judge_end(ran({0, SIGKILL})), (EndVerdict{137, SIGKILL, "Error"}));
  EXPECT_EQ(judge_end(ran({137, 0})), (EndVerdict{137, 0, "Error"}));
}

TEST(TerminatedReason, OOMKilledIsADeathByTheKernelsHand) {
  EXPECT_EQ(judge_end(ran({0, SIGKILL}, true)), (EndVerdict{137, SIGKILL, "OOMKilled"}));
  EXPECT_EQ(judge_end(ran({0, SIGKILL}, true, true)).reason, "Error")
      << "we killed it, whatever the kernel had killed before";
  EXPECT_EQ(judge_end(ran({1, 0}, true)).reason, "Error")
      << "a child of its was killed; the first process ended by itself";
  EXPECT_EQ(judge_end(ran({0, 0}, true)).reason, "Completed");
}

TEST(TerminatedReason, OfWhatNeverRan) {
  InstanceEnd end;
  end.birth = Birth::kCannotExec;
  EXPECT_EQ(judge_end(end), (EndVerdict{128, 0, "StartError"}));
  end.birth = Birth::kCannotRun;
  EXPECT_EQ(judge_end(end), (EndVerdict{128, 0, "ContainerCannotRun"}));
}

TEST(ProbeGrace, AProbesOwnReplacesThePods) {
  manifest::Probe probe;
  EXPECT_EQ(probe_kill_grace(probe, Seconds(30)), Seconds(30));
  probe.termination_grace_period = Seconds(5);
  EXPECT_EQ(probe_kill_grace(probe, Seconds(30)), Seconds(5));
}

TEST(RestartTexts, CrashLoopBackOff) {
  const std::string pod = "kubia_default(0b1f)";
  EXPECT_EQ(crash_loop_message(Seconds(10), "kubia", pod),
            "back-off 10s restarting failed container=kubia pod=kubia_default(0b1f)");
  EXPECT_EQ(crash_loop_message(Seconds(80), "kubia", pod),
            "back-off 1m20s restarting failed container=kubia pod=kubia_default(0b1f)");
  EXPECT_EQ(crash_loop_message(Seconds(300), "kubia", pod),
            "back-off 5m0s restarting failed container=kubia pod=kubia_default(0b1f)");
  EXPECT_EQ(back_off_event("kubia", pod),
            "Back-off restarting failed container kubia in pod kubia_default(0b1f)");
}

TEST(RestartTexts, Probes) {
  EXPECT_EQ(probe_failed_event(ProbeKind::kLiveness, "HTTP probe failed with statuscode: 500"),
            "Liveness probe failed: HTTP probe failed with statuscode: 500");
  EXPECT_EQ(probe_failed_event(ProbeKind::kReadiness, "x"), "Readiness probe failed: x");
  EXPECT_EQ(probe_failed_event(ProbeKind::kStartup, ""), "Startup probe failed: ");
  EXPECT_EQ(probe_errored_event(ProbeKind::kLiveness, "x"), "Liveness probe errored: x");
  EXPECT_EQ(probe_warning_event(ProbeKind::kReadiness, "x"), "Readiness probe warning: x");
}

TEST(RestartTexts, Killing) {
  EXPECT_EQ(stopping_event("kubia"), "Stopping container kubia");
  const auto text = [](ProbeKind kind, ContainerRole role, RestartPolicy policy) {
    return probe_kill_event(kind, "kubia", role, policy);
  };
  EXPECT_EQ(text(ProbeKind::kLiveness, ContainerRole::kRegular, RestartPolicy::kAlways),
            "Container kubia failed liveness probe, will be restarted");
  EXPECT_EQ(text(ProbeKind::kStartup, ContainerRole::kRegular, RestartPolicy::kOnFailure),
            "Container kubia failed startup probe, will be restarted");
  EXPECT_EQ(text(ProbeKind::kLiveness, ContainerRole::kRegular, RestartPolicy::kNever),
            "Container kubia failed liveness probe");
  EXPECT_EQ(text(ProbeKind::kLiveness, ContainerRole::kSidecar, RestartPolicy::kAlways),
            "Init container kubia failed liveness probe");
}

}  // namespace
}  // namespace podrun::pod
