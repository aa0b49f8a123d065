#include <gtest/gtest.h>

#include "supervisor/pod/summary.h"

namespace podrun::pod {
namespace {

ContainerStatus container(const std::string& name, ContainerState state, bool ready = false,
                          int restarts = 0) {
  ContainerStatus status;
  status.name = name;
  status.state = std::move(state);
  status.ready = ready;
  status.started = ready;
  status.restart_count = restarts;
  return status;
}

Terminated ended(int code, const std::string& reason, int signal = 0) {
  Terminated state;
  state.exit_code = code;
  state.reason = reason;
  state.signal = signal;
  return state;
}

manifest::PodSpec spec_of(const std::vector<std::string>& names,
                          const std::vector<std::string>& inits = {}) {
  manifest::PodSpec spec;
  for (const auto& name : names) spec.containers.emplace_back().name = name;
  for (const auto& name : inits) spec.init_containers.emplace_back().name = name;
  return spec;
}

PodStatus status_of(const std::string& phase, std::vector<ContainerStatus> containers,
                    std::vector<ContainerStatus> inits = {}) {
  PodStatus status;
  status.phase = phase;
  status.container_statuses = std::move(containers);
  status.init_container_statuses = std::move(inits);
  return status;
}

TEST(Summary, FollowsTheContainers) {
  const auto spec = spec_of({"a", "b"});
  Summary row = summarize(
      spec, status_of("Running", {container("a", Running{}, true), container("b", Running{})}),
      false);
  EXPECT_EQ(row.status, "Running");
  EXPECT_EQ(row.ready, 1);
  EXPECT_EQ(row.total, 2);
  row = summarize(spec,
                  status_of("Running", {container("a", Waiting{"CrashLoopBackOff", ""}, false, 4),
                                        container("b", Running{}, true)}),
                  false);
  EXPECT_EQ(row.status, "CrashLoopBackOff");
  EXPECT_EQ(row.restarts, 4);
  row = summarize(spec, status_of("Pending", {}), false);
  EXPECT_EQ(row.status, "Pending");
}

TEST(Summary, TellsHowContainersEnded) {
  const auto spec = spec_of({"a"});
  const auto status = [&](Terminated state, const std::string& phase) {
    return summarize(spec, status_of(phase, {container("a", state)}), false).status;
  };
  EXPECT_EQ(status(ended(0, "Completed"), "Succeeded"), "Completed");
  EXPECT_EQ(status(ended(137, "OOMKilled"), "Failed"), "OOMKilled");
  EXPECT_EQ(status(ended(3, ""), "Failed"), "ExitCode:3");
  EXPECT_EQ(status(ended(137, "", 9), "Failed"), "Signal:9");
}

TEST(Summary, ACompletedContainerBesideARunningOne) {
  const auto spec = spec_of({"a", "b"});
  PodStatus status = status_of(
      "Running", {container("a", ended(0, "Completed")), container("b", Running{}, true)});
  EXPECT_EQ(summarize(spec, status, false).status, "NotReady");
  status.conditions.push_back({"Ready", "True", "", "", {}});
  EXPECT_EQ(summarize(spec, status, false).status, "Running");
}

TEST(Summary, InitContainersComeFirst) {
  const auto spec = spec_of({"a"}, {"i", "j"});
  const auto status = [&](ContainerState i, ContainerState j) {
    return summarize(spec,
                     status_of("Pending", {container("a", Waiting{"PodInitializing", ""})},
                               {container("i", i), container("j", j)}),
                     false)
        .status;
  };
  EXPECT_EQ(status(Running{}, Waiting{"PodInitializing", ""}), "Init:0/2");
  EXPECT_EQ(status(ended(0, "Completed"), Running{}), "Init:1/2");
  EXPECT_EQ(status(ended(1, "Error"), Waiting{}), "Init:Error");
  EXPECT_EQ(status(ended(1, ""), Waiting{}), "Init:ExitCode:1");
  EXPECT_EQ(status(Waiting{"CrashLoopBackOff", ""}, Waiting{}), "Init:CrashLoopBackOff");
  EXPECT_EQ(status(ended(0, "Completed"), ended(0, "Completed")), "PodInitializing");
}

TEST(Summary, CountsSidecars) {
  auto spec = spec_of({"a"}, {"side"});
  spec.init_containers[0].restart_policy = "Always";
  auto side = container("side", Running{}, true, 2);
  const Summary row =
      summarize(spec, status_of("Running", {container("a", Running{}, true, 1)}, {side}), false);
  EXPECT_EQ(row.ready, 2);
  EXPECT_EQ(row.total, 2);
  EXPECT_EQ(row.restarts, 3);
  EXPECT_EQ(row.status, "Running");
}

TEST(Summary, DeletingIsTerminatingUntilItIsOver) {
  const auto spec = spec_of({"a"});
  EXPECT_EQ(summarize(spec, status_of("Running", {container("a", Running{})}), true).status,
            "Terminating");
  EXPECT_EQ(
      summarize(spec, status_of("Failed", {container("a", ended(137, "Error"))}), true).status,
      "Error");
}

TEST(Summary, KnowsTheLatestRestart) {
  const auto spec = spec_of({"a", "b"});
  auto a = container("a", Running{}, true, 1), b = container("b", Running{}, true, 1);
  a.last_state = ended(1, "Error");
  a.last_state->finished_at = WallTime(Seconds(100));
  b.last_state = ended(1, "Error");
  b.last_state->finished_at = WallTime(Seconds(200));
  EXPECT_EQ(summarize(spec, status_of("Running", {a, b}), false).last_restart,
            WallTime(Seconds(200)));
}

TEST(Summary, InitContainersRestartsAreForgottenOnceTheyAreDone) {
  auto init = container("i", ended(0, "Completed"), true, 3);
  init.last_state = ended(1, "Error");
  init.last_state->finished_at = WallTime(Seconds(100));
  const Summary row =
      summarize(spec_of({"a"}, {"i"}),
                status_of("Running", {container("a", Running{}, true)}, {init}), false);
  EXPECT_EQ(row.restarts, 0);
  EXPECT_FALSE(row.last_restart);
}

TEST(Summary, LostAndGated) {
  PodStatus lost = status_of("Running", {container("a", Running{}, true)});
  lost.reason = "NodeLost";
  EXPECT_EQ(summarize(spec_of({"a"}), lost, true).status, "Unknown");
  PodStatus gated = status_of("Pending", {});
  gated.conditions.push_back({"PodScheduled", "False", "SchedulingGated", "", {}});
  EXPECT_EQ(summarize(spec_of({"a"}), gated, false).status, "SchedulingGated");
}

}  // namespace
}  // namespace podrun::pod
