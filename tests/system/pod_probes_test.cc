// Probes, hooks and waits of a whole pod: what they say, what they hold up, what ends them.
#include <gtest/gtest.h>
#include <signal.h>

#include "base/files.h"
#include "cgroups/layout.h"
#include "tests/support/pod_run.h"
#include "tests/support/poll.h"

namespace podrun::test {
namespace {

std::string pod_yaml(const std::string& containers, const std::string& more = "") {
  return "apiVersion: v1\nkind: Pod\nmetadata: {name: probed}\nspec:\n" + more + "  containers:\n" +
         containers;
}

/// A container of busybox; `fields` are the inside of a flow map.
std::string shell(const std::string& name, const std::string& script, const std::string& fields) {
  return "  - {name: " + name + ", image: busybox, imagePullPolicy: Never, command: [sh, -c, '" +
         script + "'], " + fields + "}\n";
}

/// A container that writes to /v, which is the folder "v" of the home.
std::string volume(const PodHome& home) {
  return "  volumes: [{name: v, hostPath: {path: " + (home.dir() / "v") +
         ", type: DirectoryOrCreate}}]\n";
}
constexpr const char* kMount = "volumeMounts: [{name: v, mountPath: /v}]";

std::string written(const PodHome& home, const std::string& file) {
  return read_file_if_exists(home.dir() / ("v/" + file)).value_or("");
}

nlohmann::json condition(const PodRun& pod, const std::string& type) {
  const nlohmann::json status = pod.status();
  if (!status.is_object() || !status.contains("conditions")) return {};
  for (const auto& one : status["conditions"]) {
    if (one["type"] == type) return one;
  }
  return {};
}

TEST(PodProbes, AHealthyStartHasKubeletsEventsInTheirOrder) {
  PodHome home({"busybox"});
  PodRun pod(home, pod_yaml(shell("main", "while :; do sleep 1; done", "")));
  ASSERT_TRUE(poll_until([&] { return pod.event_count("Started") == 1; })) << pod.output();
  std::vector<std::string> seen;
  for (const auto& event : pod.events()) {
    EXPECT_EQ(event["type"], "Normal");
    seen.push_back(event["source"]["component"].get<std::string>() + ": " +
                   event["reason"].get<std::string>() + ": " + event["message"].get<std::string>());
  }
  ASSERT_EQ(seen.size(), 4u) << pod.output();
  EXPECT_EQ(
      seen[0].rfind("default-scheduler: Scheduled: Successfully assigned default/probed to ", 0),
      0u);
  EXPECT_EQ(seen[1], "kubelet: Pulled: Container image \"busybox\" already present on machine");
  EXPECT_EQ(seen[2], "kubelet: Created: Created container main");
  EXPECT_EQ(seen[3], "kubelet: Started: Started container main");
}

TEST(PodProbes, TcpStartupAndHttpReadinessMakeAPodReady) {
  PodHome home({"kubia", "busybox"});
  const std::string server =
      "  - {name: kubia, image: luksa/kubia, imagePullPolicy: Never, "
      "ports: [{name: web, containerPort: 8080}], "
      "startupProbe: {tcpSocket: {port: web}, periodSeconds: 1}, "
      "readinessProbe: {httpGet: {port: web}, periodSeconds: 1}}\n";
  const std::string other =
      shell("other", "while :; do sleep 1; done",
            "readinessProbe: {exec: {command: [test, -e, /v/ready]}, periodSeconds: 1}, " +
                std::string(kMount));
  PodRun pod(home, pod_yaml(server + other, volume(home)));
  ASSERT_TRUE(poll_until([&] { return pod.container_status("kubia")["ready"] == true; }))
      << pod.output();
  EXPECT_EQ(pod.container_status("kubia")["started"], true);
  ASSERT_TRUE(poll_until([&] { return pod.event_count("Unhealthy", "Readiness probe failed: "); }));
  for (const char* type : {"Ready", "ContainersReady"}) {
    EXPECT_EQ(condition(pod, type)["status"], "False");
    EXPECT_EQ(condition(pod, type)["reason"], "ContainersNotReady");
    EXPECT_EQ(condition(pod, type)["message"], "containers with unready status: [other]");
  }
  EXPECT_EQ(condition(pod, "PodReadyToStartContainers")["status"], "True");
  EXPECT_EQ(condition(pod, "Initialized")["status"], "True");
  EXPECT_EQ(condition(pod, "PodScheduled")["status"], "True");
  replace_file(home.dir() / "v/ready", "");
  EXPECT_TRUE(poll_until([&] { return condition(pod, "Ready")["status"] == "True"; }));
  EXPECT_EQ(pod.container_status("other")["restartCount"], 0);
}

TEST(PodProbes, AStartupProbeThatFailsKillsWithinItsOwnGrace) {
  PodHome home({"busybox"});
  PodRun pod(home, pod_yaml(shell("main", "while :; do sleep 1; done",
                                  "startupProbe: {exec: {command: [sh, -c, \"echo no; exit 1\"]}, "
                                  "failureThreshold: 1, terminationGracePeriodSeconds: 1}"),
                            "  restartPolicy: Never\n  terminationGracePeriodSeconds: 3600\n"));
  EXPECT_EQ(pod.wait(), 137) << pod.output();
  EXPECT_NE(pod.output().find("Startup probe failed: no\n"), std::string::npos) << pod.output();
  EXPECT_NE(pod.output().find("Container main failed startup probe\n"), std::string::npos)
      << pod.output();
}

TEST(PodProbes, AnExecProbeThatTakesTooLongIsKilledWithItsChildren) {
  PodHome home({"busybox"});
  PodRun pod(home, pod_yaml(shell("main", "while :; do sleep 1; done",
                                  "livenessProbe: {exec: {command: [sh, -c, \"sleep 1000 & "
                                  "wait\"]}, timeoutSeconds: 1, periodSeconds: 3600}")));
  const cgroups::Layout layout = cgroups::detect_layout();
  const auto probing = [&] {
    const auto supervisor = pod.supervisor();
    if (!supervisor.is_object()) return std::string();
    return read_file_if_exists(layout.v2_root + "/" + supervisor["cgroup"].get<std::string>() +
                               "/main/probe/cgroup.procs")
        .value_or("");
  };
  ASSERT_TRUE(poll_until([&] { return probing().find('\n') != probing().rfind('\n'); }))
      << "two processes in the probe leaf; " << pod.output();
  ASSERT_TRUE(poll_until([&] {
    return pod.event_count("Unhealthy",
                           "Liveness probe failed: command timed out: \"sh -c sleep 1000 & wait\" "
                           "timed out after 1s") == 1;
  })) << pod.output();
  EXPECT_TRUE(poll_until([&] { return probing().empty(); })) << probing();
}

TEST(PodProbes, AnErrorOfAProbeCountsAsNeither) {
  PodHome home({"busybox"});
  PodRun pod(home, pod_yaml(shell("main", "while :; do sleep 1; done",
                                  "livenessProbe: {httpGet: {port: nowhere}, periodSeconds: 1, "
                                  "failureThreshold: 1}")));
  ASSERT_TRUE(poll_until([&] {
    return pod.event_count("Unhealthy", "Liveness probe errored: couldn't find port: nowhere") > 1;
  })) << pod.output();
  EXPECT_EQ(pod.event_count("Killing"), 0);
  EXPECT_EQ(pod.container_status("main")["restartCount"], 0);
}

TEST(PodProbes, ASlowProbeDelaysNoOther) {
  PodHome home({"busybox"});
  PodRun pod(home, pod_yaml(shell("slow", "while :; do sleep 1; done",
                                  "livenessProbe: {exec: {command: [sh, -c, \"echo x >> /v/slow; "
                                  "sleep 1000\"]}, timeoutSeconds: 600, periodSeconds: 1}, " +
                                      std::string(kMount)) +
                                shell("quick", "while :; do sleep 1; done",
                                      "readinessProbe: {exec: {command: [sh, -c, \"echo x >> "
                                      "/v/quick\"]}, periodSeconds: 1}, " +
                                          std::string(kMount)),
                            volume(home)));
  EXPECT_TRUE(poll_until([&] { return written(home, "quick").size() >= 8; })) << pod.output();
  EXPECT_EQ(written(home, "slow"), "x\n") << "never two attempts of one probe at once";
}

TEST(PodProbes, OnceThePodIsBeingDeletedReadinessGoesOnAndLivenessStops) {
  PodHome home({"busybox"});
  const auto probe = [](const std::string& name) {
    return name + "Probe: {exec: {command: [sh, -c, \"echo x >> /v/" + name +
           "\"]}, periodSeconds: 1}";
  };
  PodRun pod(home, pod_yaml(shell("main", "while :; do sleep 1; done",
                                  probe("liveness") + ", " + probe("readiness") + ", " + kMount),
                            volume(home)));
  ASSERT_TRUE(poll_until([&] { return !written(home, "liveness").empty(); })) << pod.output();
  pod.signal(SIGINT);
  ASSERT_TRUE(poll_until([&] { return pod.event_count("Killing") == 1; })) << pod.output();
  const std::string liveness = written(home, "liveness");
  const std::size_t readiness = written(home, "readiness").size();
  EXPECT_TRUE(poll_until([&] { return written(home, "readiness").size() >= readiness + 6; }));
  EXPECT_EQ(written(home, "liveness"), liveness);
  pod.signal(SIGINT);
  EXPECT_EQ(pod.wait(), 0) << pod.output();
}

TEST(PodProbes, HooksRunBesideTheEntrypointAndBeforeTheStopSignal) {
  PodHome home({"busybox"});
  const std::string hooks =
      "lifecycle: {postStart: {exec: {command: [sh, -c, \"sleep 1; echo hook >> /v/order\"]}}, "
      "preStop: {exec: {command: [sh, -c, \"echo stop >> /v/order\"]}}}, ";
  PodRun pod(home, pod_yaml(shell("first",
                                  "trap \"echo term >> /v/order; exit 0\" TERM; "
                                  "while :; do sleep 0.1; done",
                                  hooks + kMount) +
                                shell("second", "echo second >> /v/order; sleep 1000", kMount),
                            volume(home)));
  ASSERT_TRUE(poll_until([&] { return written(home, "order") == "hook\nsecond\n"; }))
      << written(home, "order") << pod.output();
  pod.signal(SIGINT);
  ASSERT_TRUE(poll_until([&] { return written(home, "order") == "hook\nsecond\nstop\nterm\n"; }))
      << written(home, "order");
  pod.signal(SIGINT);
  EXPECT_EQ(pod.wait(), 0) << pod.output();
}

TEST(PodProbes, AFailedPostStartHookKillsTheContainer) {
  PodHome home({"busybox"});
  PodRun pod(home,
             pod_yaml(shell("main", "while :; do sleep 1; done",
                            "lifecycle: {postStart: {exec: {command: [sh, -c, \"exit 3\"]}}}"),
                      "  restartPolicy: Never\n  terminationGracePeriodSeconds: 1\n"));
  EXPECT_EQ(pod.wait(), 137) << pod.output();
  EXPECT_NE(pod.output().find("FailedPostStartHook"), std::string::npos) << pod.output();
}

TEST(PodProbes, WhatCannotBeMadeWaitsAndSaysWhy) {
  PodHome home({"busybox"});
  PodRun pod(
      home,
      pod_yaml("  - {name: absent, image: no/such:1}\n"
               "  - {name: never, image: no/such:1, imagePullPolicy: Never}\n"
               "  - {name: config, image: busybox, imagePullPolicy: Never, command: [\"true\"]"
               ", env: [{name: A, valueFrom: {configMapKeyRef: {name: c, key: k}}}]}\n"));
  const auto reason = [&](const std::string& container) {
    const auto status = pod.container_status(container);
    if (!status.is_object() || !status["state"].contains("waiting")) return std::string();
    return status["state"]["waiting"].value("reason", "");
  };
  EXPECT_TRUE(poll_until([&] { return reason("absent") == "ImagePullBackOff"; })) << pod.output();
  EXPECT_TRUE(poll_until([&] { return reason("never") == "ErrImageNeverPull"; })) << pod.output();
  EXPECT_TRUE(poll_until([&] { return reason("config") == "CreateContainerConfigError"; }))
      << pod.output();
  EXPECT_EQ(pod.status()["phase"], "Pending");
  // Events are written after the status.
  EXPECT_TRUE(poll_until([&] { return pod.event_count("Failed", "Error: ErrImagePull") == 1; }))
      << pod.output();
  EXPECT_TRUE(poll_until([&] {
    return pod.event_count("ErrImageNeverPull",
                           "Container image \"no/such:1\" is not present with pull policy of "
                           "Never") == 1;
  })) << pod.output();
  pod.signal(SIGINT);
  EXPECT_EQ(pod.wait(), 0) << pod.output();
}

}  // namespace
}  // namespace podrun::test
