// A pod's life: exit codes, restarts, termination, volumes, init containers, crashes, and what is
// left afterwards.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>

#include "base/files.h"
#include "base/pidfd.h"
#include "tests/support/leaks.h"
#include "tests/support/pod_run.h"
#include "tests/support/poll.h"

namespace podrun::test {
namespace {

std::string pod_yaml(const std::string& spec) {
  return "apiVersion: v1\nkind: Pod\nmetadata: {name: life}\nspec:\n" + spec;
}

std::string shell(const std::string& name, const std::string& script,
                  const std::string& more = "") {
  return "  - {name: " + name + ", image: busybox, imagePullPolicy: Never, command: [sh, -c, '" +
         script + "']" + more + "}\n";
}

nlohmann::json report_of(const PodHome& home) {
  return nlohmann::json::parse(read_file(home.dir() / "report.json"));
}

int run_to_end(PodHome& home, const std::string& spec, const std::vector<std::string>& more = {}) {
  PodRun pod(home, pod_yaml(spec), more);
  const int code = pod.wait();
  EXPECT_NE(code, -1) << pod.output();
  return code;
}

LeakScope scope_of(const PodHome& home) {
  return {home.dir().name(),
          {home.run(), home.data() + "/snapshots", home.data() + "/pods", home.logs()},
          0,
          // Pods' cgroups carry a uid alone; none of these pods has limits.
          "/podrun/besteffort/"};
}

TEST(PodLife, ExitCodeIsTheContainers) {
  PodHome home({"busybox"});
  EXPECT_EQ(run_to_end(home, "  restartPolicy: Never\n  containers:\n" + shell("a", "exit 0")), 0);
  EXPECT_EQ(run_to_end(home, "  restartPolicy: Never\n  containers:\n" + shell("a", "exit 7")), 7);
  EXPECT_EQ(run_to_end(home, "  restartPolicy: Never\n  containers:\n" + shell("a", "exit 0") +
                                 shell("b", "exit 9")),
            9);
  EXPECT_EQ(run_to_end(home, "  restartPolicy: OnFailure\n  containers:\n" +
                                 shell("a", "test -e /v/x && exit 0; touch /v/x; exit 3",
                                       ", volumeMounts: [{name: v, mountPath: /v}]") +
                                 "  volumes: [{name: v, emptyDir: {}}]\n"),
            0);
}

// Nobody is attached: reading waits. What is run in a container with a terminal has none.
TEST(PodLife, ATerminalAndAnInputNeedNoClient) {
  PodHome home({"busybox"});
  PodRun pod(
      home,
      pod_yaml("  restartPolicy: Never\n  containers:\n" +
               shell("tty",
                     "test -t 0 && test -t 1 || exit 9; while [ ! -e /tmp/hook ]; do sleep 0.1; "
                     "done; echo up",
                     ", tty: true, lifecycle: {postStart: {exec: {command: [sh, -c, \"test ! -t "
                     "0 && touch /tmp/hook\"]}}}") +
               shell("stdin", "timeout 1 cat; test $? = 143 || exit 9", ", stdin: true")));
  EXPECT_EQ(pod.wait(), 0) << pod.output();
  EXPECT_EQ(pod.output().find("not supported"), std::string::npos) << pod.output();
}

// Making and removing one in each hierarchy is a good part of what a short pod costs.
TEST(PodLife, OnlyProbesHaveACgroupOfTheirOwn) {
  PodHome home({"busybox"});
  const std::string probe = ", livenessProbe: {exec: {command: [\"true\"]}}";
  PodRun pod(home, pod_yaml("  terminationGracePeriodSeconds: 0\n  containers:\n" +
                            shell("bare", "sleep 1000") + shell("probed", "sleep 1000", probe)));
  ASSERT_TRUE(poll_until([&] { return pod.event_count("Started") == 2; })) << pod.output();
  const auto leaf_of = [&pod](const std::string& container) {
    std::string found;
    const std::string path = "*/" + pod.supervisor()["cgroup"].get<std::string>() + "/" + container;
    run_command({"find", "/sys/fs/cgroup", "-path", path + "/probe"}, &found);
    return found;
  };
  EXPECT_TRUE(poll_until([&] { return !leaf_of("probed").empty(); }));
  EXPECT_EQ(leaf_of("bare"), "");
  pod.signal(SIGTERM);
  pod.wait();
}

TEST(PodLife, WhatCannotRunIsStartError) {
  PodHome home({"busybox"});
  PodRun pod(home,
             pod_yaml("  restartPolicy: Never\n  containers:\n  - {name: a, image: busybox, "
                      "imagePullPolicy: Never, "
                      "command: [/no/such]}\n"),
             {"--report", home.dir() / "report.json"});
  EXPECT_EQ(pod.wait(), 128) << pod.output();
  const auto ended = report_of(home)["status"]["containerStatuses"][0]["state"]["terminated"];
  EXPECT_EQ(ended["reason"], "StartError");
  EXPECT_EQ(ended["exitCode"], 128);
  EXPECT_EQ(ended["message"], "container a: exec /no/such: No such file or directory");
}

TEST(PodLife, TermEndsAServerThatHandlesItAtOnce) {
  PodHome home({"kubia"});
  PodRun pod(
      home,
      pod_yaml("  containers:\n  - {name: kubia, image: luksa/kubia, imagePullPolicy: Never, args: "
               "[--exit-on-term]}\n"),
      {"--report", home.dir() / "report.json"});
  ASSERT_TRUE(poll_until([&] { return !pod.log("kubia", 0).empty(); })) << pod.output();
  const auto asked = std::chrono::steady_clock::now();
  pod.signal(SIGTERM);
  EXPECT_EQ(pod.wait(), 0) << pod.output();
  EXPECT_LT(std::chrono::steady_clock::now() - asked, std::chrono::seconds(15))
      << "at once, not at the end of its grace";
  const auto report = report_of(home);
  EXPECT_EQ(report["containers"][0]["instances"][0]["exitCode"], 143) << report.dump(1);
}

TEST(PodLife, SidecarsEndAfterTheOthersInReverseOrder) {
  PodHome home({"busybox"});
  // Those that are to be later are quicker: told all at once, they would end the other way round.
  const auto told = [](const std::string& name, const std::string& after, const std::string& more) {
    return shell(name,
                 "trap \"sleep " + after + "; echo " + name +
                     " >> /v/order; exit 0\" TERM; touch /v/" + name +
                     "; while :; do sleep 0.1; done",
                 ", volumeMounts: [{name: v, mountPath: /v}]" + more);
  };
  const std::string always = ", restartPolicy: Always";
  PodRun pod(
      home, pod_yaml("  initContainers:\n" + told("one", "0", always) + told("two", "0.4", always) +
                     "  containers:\n" + told("main", "0.8", "") +
                     "  volumes: [{name: v, hostPath: {path: " + (home.dir() / "v") + "}}]\n"));
  ASSERT_TRUE(poll_until([&] { return std::filesystem::exists(home.dir() / "v/main"); }))
      << pod.output();
  pod.signal(SIGINT);
  EXPECT_EQ(pod.wait(), 0) << pod.output();
  EXPECT_EQ(read_file(home.dir() / "v/order"), "main\ntwo\none\n");
}

TEST(PodLife, SecondRequestKills) {
  PodHome home({"kubia"});
  PodRun pod(
      home,
      pod_yaml("  containers:\n  - {name: kubia, image: luksa/kubia, imagePullPolicy: Never}\n"),
      {"--report", home.dir() / "report.json"});
  ASSERT_TRUE(poll_until([&] { return !pod.log("kubia", 0).empty(); })) << pod.output();
  pod.signal(SIGINT);
  ASSERT_TRUE(poll_until([&] { return pod.event_count("Killing") == 1; })) << pod.output();
  pod.signal(SIGINT);
  EXPECT_EQ(pod.wait(), 0) << pod.output();
  EXPECT_EQ(report_of(home)["containers"][0]["instances"][0]["exitCode"], 137);
}

TEST(PodLife, RestartsBackOff) {
  PodHome home({"busybox"});
  PodRun pod(home, pod_yaml("  containers:\n" + shell("a", "exit 1")),
             {"--report", home.dir() / "report.json"});
  ASSERT_TRUE(poll_until([&] { return pod.container_status("a")["restartCount"] == 4; },
                         std::chrono::seconds(90)))
      << pod.output();
  const auto waiting = pod.container_status("a")["state"]["waiting"];
  EXPECT_EQ(waiting["reason"], "CrashLoopBackOff");
  const std::string uid = pod.pod_folder().substr(pod.pod_folder().rfind('/') + 1);
  EXPECT_EQ(waiting["message"],
            "back-off 40s restarting failed container=a pod=life_default(" + uid + ")");
  pod.signal(SIGINT);
  EXPECT_EQ(pod.wait(), 0);
  const auto instances = report_of(home)["containers"][0]["instances"];
  ASSERT_EQ(instances.size(), 4u);
  std::vector<double> waits;
  const auto seconds = [](const nlohmann::json& time) {
    const std::string text = time;  // "2025-11-23T10:00:00.123456789Z"
    return std::stod(text.substr(11, 2)) * 3600 + std::stod(text.substr(14, 2)) * 60 +
           std::stod(text.substr(17, 12));
  };
  for (std::size_t i = 1; i < instances.size(); ++i) {
    double wait = seconds(instances[i]["startedAt"]) - seconds(instances[i - 1]["finishedAt"]);
    waits.push_back(wait < 0 ? wait + 86400 : wait);
  }
  EXPECT_LT(waits[0], 5);
  EXPECT_GE(waits[1], 10);
  EXPECT_LT(waits[1], 15);
  EXPECT_GE(waits[2], 20);
  EXPECT_LT(waits[2], 25);
}

TEST(PodLife, NewInstanceHasAnEmptyWritableLayer) {
  PodHome home({"busybox"});
  EXPECT_EQ(
      run_to_end(home,
                 "  restartPolicy: OnFailure\n  containers:\n" +
                     shell("a",
                           "test -e /mark && exit 0; touch /mark; test -e /v/again && exit 0; "
                           "touch /v/again; exit 1",
                           ", volumeMounts: [{name: v, mountPath: /v}]") +
                     shell("b", "exit 0") + "  volumes: [{name: v, emptyDir: {medium: Memory}}]\n",
                 {"--expect", "a/restarts=1"}),
      0);
}

TEST(PodLife, VolumesBelongToTheFsGroup) {
  PodHome home({"busybox"});
  EXPECT_EQ(run_to_end(home,
                       "  restartPolicy: Never\n"
                       "  securityContext: {runAsUser: 1000, runAsGroup: 1000, fsGroup: 2000}\n"
                       "  containers:\n" +
                           shell("a", "touch /v/f; test \"$(stat -c %u:%g /v/f)\" = 1000:2000",
                                 ", volumeMounts: [{name: v, mountPath: /v}]") +
                           "  volumes: [{name: v, emptyDir: {}}]\n"),
            0);
}

TEST(PodLife, InitContainersRunFirstAndInOrder) {
  PodHome home({"busybox"});
  const std::string mount = ", volumeMounts: [{name: v, mountPath: /v}]";
  EXPECT_EQ(
      run_to_end(home, "  restartPolicy: Never\n  initContainers:\n" +
                           shell("one", "echo 1 >> /v/f", mount) +
                           shell("two", "echo 2 >> /v/f", mount) + "  containers:\n" +
                           shell("main", "test \"$(cat /v/f | tr -d \"\\\\n\")\" = 12", mount) +
                           "  volumes: [{name: v, emptyDir: {}}]\n"),
      0);
  EXPECT_EQ(
      run_to_end(home, "  restartPolicy: Never\n  initContainers:\n" + shell("one", "exit 4") +
                           "  containers:\n" + shell("main", "exit 0")),
      4);
}

TEST(PodLife, ContainersShareTheSandboxAndNotTheirProcesses) {
  PodHome home({"busybox"});
  EXPECT_EQ(
      run_to_end(home,
                 "  restartPolicy: Never\n  containers:\n" +
                     shell("server", "echo hello | nc -l -p 5000; exit 0") +
                     shell("client",
                           "until nc 127.0.0.1 5000 | grep hello; do sleep 0.1; done; "
                           "test $(hostname) = life && test $(ls -d /proc/[0-9]* | wc -l) -lt 6")),
      0);
}

TEST(PodLife, CommandArgumentsVariablesAndFolderAreTheManifests) {
  PodHome home({"busybox"});
  PodRun pod(home, pod_yaml("  restartPolicy: Never\n  containers:\n"
                            "  - name: a\n    image: busybox\n    imagePullPolicy: Never\n"
                            "    command: [sh, -c, 'echo \"$0 $1 $B $PWD $POD\"']\n"
                            "    args: ['x-$(A)', '$(NONE)']\n    workingDir: /work\n"
                            "    env: [{name: A, value: '1'}, {name: B, value: '$(A)-$$(A)'}, "
                            "{name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]\n"));
  EXPECT_EQ(pod.wait(), 0) << pod.output();
  EXPECT_NE(pod.output().find("[a] x-1 $(NONE) 1-$(A) /work life\n"), std::string::npos)
      << pod.output();
}

TEST(PodLife, HostNetworkIsTheHosts) {
  PodHome home({"busybox"});
  const std::string host = std::filesystem::read_symlink("/proc/self/ns/net").string();
  const auto code = [&](const std::string& network) {
    return run_to_end(home, network + "  restartPolicy: Never\n  containers:\n" +
                                shell("a", "test $(readlink /proc/self/ns/net) = " + host));
  };
  EXPECT_EQ(code("  hostNetwork: true\n"), 0);
  EXPECT_EQ(code(""), 1);
}

TEST(PodLife, HostPathsAreCheckedAndWaitedFor) {
  PodHome home({"busybox"});
  const std::string folder = home.dir() / "outside";
  PodRun pod(
      home,
      pod_yaml("  restartPolicy: Never\n  containers:\n" +
               shell("a", "echo from inside > /v/$A/file && test ! -e /r/x && ! touch /r/x",
                     ", env: [{name: A, value: sub}], volumeMounts: [{name: v, mountPath: "
                     "/v/sub, subPathExpr: made/$(A)}, {name: v, mountPath: /r, readOnly: "
                     "true}]") +
               "  volumes: [{name: v, hostPath: {path: " + folder + ", type: Directory}}]\n"));
  ASSERT_TRUE(poll_until([&] {
    return pod.event_count("FailedMount",
                           "MountVolume.SetUp failed for volume \"v\" : hostPath "
                           "type check failed: " +
                               folder + " is not a directory") > 0;
  })) << pod.output();
  make_dirs(folder);
  EXPECT_EQ(pod.wait(), 0) << pod.output();
  EXPECT_EQ(read_file(folder + "/made/sub/file"), "from inside\n");
}

TEST(PodLife, DevicesBeyondTheUsualOnesCannotBeOpened) {
  PodHome home({"busybox"});
  const std::string probe =
      "mknod /n c 1 3 && echo x > /n && mknod /t c 4 0 && ! (: < /t) 2> /e && "
      "grep -q \"Operation not permitted\" /e";
  EXPECT_EQ(run_to_end(home, "  restartPolicy: Never\n  containers:\n" + shell("a", probe)), 0);
}

TEST(PodLife, ACompletedInitContainerIsReady) {
  PodHome home({"busybox"});
  PodRun pod(home, pod_yaml("  initContainers:\n" + shell("one", "exit 0") + "  containers:\n" +
                            shell("a", "while :; do sleep 1; done")));
  ASSERT_TRUE(poll_until([&] { return pod.container_status("a")["ready"] == true; }))
      << pod.output();
  EXPECT_EQ(pod.container_status("one")["ready"], true);
  EXPECT_EQ(pod.container_status("one")["state"]["terminated"]["reason"], "Completed");
}

/// Makes the folders that stay.
void warm_up(PodHome& home) {
  run_to_end(home, "  restartPolicy: Never\n  containers:\n" + shell("a", "exit 0"));
}

/// Processes that run (zombies do not) in one of the pod's cgroups.
std::string processes_of(const std::string& uid) {
  std::string found;
  run_command({"sh", "-c",
               "for f in $(grep -ls 'pod" + uid +
                   "' /proc/[0-9]*/cgroup); do grep -Hs '^State:.*[RSDTt] ' ${f%cgroup}status && "
                   "cat ${f%cgroup}cmdline "
                   "${f%cgroup}wchan; done; true"},
              &found);
  return found;
}

TEST(PodLife, SupervisorsDeathLeavesNothingRunning) {
  PodHome home({"busybox"});
  warm_up(home);
  const Leaks before = Leaks::take(scope_of(home));
  PodRun pod(
      home,
      pod_yaml("  containers:\n" + shell("a", "while :; do sleep 1; done") +
               "  - {name: b, image: busybox, imagePullPolicy: Never, command: [sleep, \"1000\"], "
               "livenessProbe: {periodSeconds: 1, exec: {command: [sleep, \"1000\"]}, "
               "timeoutSeconds: 60}}\n"));
  ASSERT_TRUE(poll_until([&] { return pod.event_count("Started") == 2; })) << pod.output();
  const std::string uid = pod.pod_folder().substr(pod.pod_folder().rfind('/') + 1);
  ASSERT_NE(processes_of(uid), "");
  ::kill(pod.supervisor()["pid"].get<pid_t>(), SIGKILL);
  EXPECT_TRUE(poll_until([&] { return processes_of(uid).empty(); }, std::chrono::seconds(1)))
      << processes_of(uid);
  EXPECT_EQ(pod.wait(), 1) << pod.output();
  EXPECT_NE(pod.output().find("SandboxChanged"), std::string::npos) << pod.output();
  EXPECT_EQ(leaked_since(before, scope_of(home)), "");
}

TEST(PodLife, NextRunCleansUpBehindKilledOnes) {
  PodHome home({"busybox"});
  warm_up(home);
  const Leaks before = Leaks::take(scope_of(home));
  {
    PodRun pod(home, pod_yaml("  containers:\n" + shell("a", "while :; do sleep 1; done")));
    ASSERT_TRUE(poll_until([&] { return pod.event_count("Started") == 1; })) << pod.output();
    const std::string uid = pod.pod_folder().substr(pod.pod_folder().rfind('/') + 1);
    const pid_t supervisor = pod.supervisor()["pid"];
    ::kill(pod.pid(), SIGSTOP);
    ::kill(supervisor, SIGKILL);
    ::kill(pod.pid(), SIGKILL);
    EXPECT_TRUE(poll_until([&] { return processes_of(uid).empty(); }, std::chrono::seconds(1)))
        << processes_of(uid);
    pod.wait();
    EXPECT_NE(pod.pod_folder(), "");
  }
  EXPECT_EQ(run_to_end(home, "  restartPolicy: Never\n  containers:\n" + shell("a", "exit 0")), 0);
  EXPECT_EQ(leaked_since(before, scope_of(home)), "");
}

/// The births of one pod fail at step n, for every n until a whole run passes; then plain runs, 300
/// in all.
TEST(PodLife, ThreeHundredRunsLeaveNothing) {
  PodHome home({"busybox"});
  const std::string spec = "  restartPolicy: Never\n  containers:\n" + shell("a", "exit 0");
  warm_up(home);
  const Leaks before = Leaks::take(scope_of(home));
  int runs = 0;
  int failed_steps = 0;
  for (int step = 0; step < 200; ++step, ++runs) {
    ::setenv("PODRUN_INJECT_BIRTH_FAULT", std::to_string(step).c_str(), 1);
    const int code = run_to_end(home, spec);
    if (code == 0) break;
    EXPECT_EQ(code, 128) << "step " << step;
    ++failed_steps;
    ASSERT_EQ(leaked_since(before, scope_of(home)), "") << "step " << step;
  }
  ::unsetenv("PODRUN_INJECT_BIRTH_FAULT");
  EXPECT_GE(failed_steps, 10);
  for (; runs < 300; ++runs) ASSERT_EQ(run_to_end(home, spec), 0);
  EXPECT_EQ(leaked_since(before, scope_of(home)), "");
  RecordProperty("failed_steps", failed_steps);
}

}  // namespace
}  // namespace podrun::test
