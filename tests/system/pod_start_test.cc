// How the start of a container is told: its events in their order, and what it waits for where it
// cannot start.
#include <gtest/gtest.h>
#include <signal.h>

#include "tests/support/pod_run.h"
#include "tests/support/poll.h"

namespace podrun::test {
namespace {

std::string pod_yaml(const std::string& containers, const std::string& more = "") {
  return "apiVersion: v1\nkind: Pod\nmetadata: {name: start}\nspec:\n" + more + "  containers:\n" +
         containers;
}

std::string waiting(const PodRun& pod, const std::string& container, const std::string& member) {
  const auto status = pod.container_status(container);
  if (!status.is_object() || !status["state"].contains("waiting")) return "";
  return status["state"]["waiting"].value(member, "");
}

/// "Reason: message" of each event of the container, in the order of their first times.
std::vector<std::string> told(const PodRun& pod, const std::string& container) {
  std::vector<std::string> texts;
  for (const auto& event : pod.events()) {
    if (event["involvedObject"].value("fieldPath", "") != "spec.containers{" + container + "}")
      continue;
    texts.push_back(event["reason"].get<std::string>() + ": " +
                    event["message"].get<std::string>());
  }
  return texts;
}

void end(PodRun& pod) {
  pod.signal(SIGINT);
  EXPECT_EQ(pod.wait(), 0) << pod.output();
}

TEST(PodStart, PulledCreatedStarted) {
  PodHome home({"busybox"});
  PodRun pod(home, pod_yaml("  - {name: a, image: busybox, imagePullPolicy: Never, "
                            "command: [sleep, \"1000\"]}\n",
                            "  terminationGracePeriodSeconds: 0\n"));
  const std::vector<std::string> expected = {
      "Pulled: Container image \"busybox\" already present on machine",
      "Created: Created container a", "Started: Started container a"};
  EXPECT_TRUE(poll_until([&] { return told(pod, "a").size() == expected.size(); })) << pod.output();
  EXPECT_EQ(told(pod, "a"), expected);
  const auto events = pod.events();
  ASSERT_FALSE(events.empty());
  EXPECT_EQ(events.front()["reason"], "Scheduled");
  end(pod);
}

TEST(PodStart, TheHostsAddressIsInStatusAndEnvironment) {
  std::string expected;
  run_command(
      {"sh", "-c",
       "dev=$(ip -4 route show default | sed -n 's/.* dev \\([^ ]*\\).*/\\1/p' | head -n 1); "
       "[ -z \"$dev\" ] || ip -4 -o addr show dev \"$dev\" | "
       "sed -n '1s/.* inet \\([0-9.]*\\).*/\\1/p' | tr -d '\\n'"},
      &expected);
  PodHome home({"busybox"});
  PodRun pod(home,
             pod_yaml("  - name: a\n    image: busybox\n    imagePullPolicy: Never\n"
                      "    env: [{name: HOST, valueFrom: {fieldRef: {fieldPath: status.hostIP}}}]\n"
                      "    command: [sh, -c, 'echo \"$HOST\"; sleep 1000']\n",
                      "  terminationGracePeriodSeconds: 0\n"));
  ASSERT_TRUE(poll_until([&] { return !pod.log("a", 0).empty(); })) << pod.output();
  const std::string address = pod.log("a", 0).front();
  EXPECT_EQ(pod.status()["hostIP"], address);
  EXPECT_NE(address, "");
  EXPECT_TRUE(expected.empty() || address == expected) << address << " " << expected;
  end(pod);
}

TEST(PodStart, AnAbsentImageIsErrImagePullAndThenImagePullBackOff) {
  PodHome home({"busybox"});
  PodRun pod(home, pod_yaml("  - {name: a, image: no/such:1}\n"));
  EXPECT_TRUE(poll_until([&] { return waiting(pod, "a", "reason") == "ErrImagePull"; }))
      << pod.output();
  EXPECT_TRUE(poll_until([&] { return waiting(pod, "a", "reason") == "ImagePullBackOff"; }))
      << pod.output();
  EXPECT_TRUE(poll_until([&] { return told(pod, "a").size() == 5; })) << pod.output();
  const auto texts = told(pod, "a");
  ASSERT_EQ(texts.size(), 5u);
  EXPECT_EQ(texts[0], "Pulling: Pulling image \"no/such:1\"");
  EXPECT_EQ(texts[1].rfind("Failed: Failed to pull image \"no/such:1\": ", 0), 0u) << texts[1];
  EXPECT_EQ(texts[2], "Failed: Error: ErrImagePull");
  EXPECT_EQ(texts[3], "BackOff: Back-off pulling image \"no/such:1\"");
  EXPECT_EQ(texts[4], "Failed: Error: ImagePullBackOff");
  end(pod);
}

TEST(PodStart, ANameThatIsNoImagesIsInvalidImageName) {
  PodHome home({"busybox"});
  PodRun pod(home, pod_yaml("  - {name: a, image: \"No/Such:1\"}\n"));
  EXPECT_TRUE(poll_until([&] { return waiting(pod, "a", "reason") == "InvalidImageName"; }))
      << pod.output();
  const std::string text = waiting(pod, "a", "message");
  EXPECT_EQ(text.rfind("Failed to apply default image tag \"No/Such:1\": couldn't parse image "
                       "name \"No/Such:1\": invalid reference format",
                       0),
            0u)
      << text;
  EXPECT_TRUE(poll_until([&] { return told(pod, "a").size() == 2; })) << pod.output();
  EXPECT_EQ(told(pod, "a"), (std::vector<std::string>{"InspectFailed: " + text,
                                                      "Failed: Error: InvalidImageName"}));
  end(pod);
}

TEST(PodStart, WhatCannotBeExecutedIsRunContainerErrorAndThenCrashLoopBackOff) {
  PodHome home({"busybox"});
  PodRun pod(home, pod_yaml("  - {name: a, image: busybox, imagePullPolicy: Never, "
                            "command: [/no/such]}\n"));
  const std::string why = "container a: exec /no/such: No such file or directory";
  EXPECT_TRUE(poll_until([&] { return waiting(pod, "a", "reason") == "RunContainerError"; }))
      << pod.output();
  EXPECT_EQ(waiting(pod, "a", "message"), why);
  const auto last = pod.container_status("a")["lastState"]["terminated"];
  EXPECT_EQ(last["reason"], "StartError") << last;
  EXPECT_EQ(last["exitCode"], 128) << last;
  EXPECT_TRUE(poll_until([&] { return waiting(pod, "a", "reason") == "CrashLoopBackOff"; }))
      << pod.output();
  EXPECT_TRUE(poll_until([&] { return pod.event_count("BackOff") == 1; })) << pod.output();
  EXPECT_EQ(pod.event_count("Failed", "Error: " + why), 2) << "the first restart is immediate";
  end(pod);
}

TEST(PodStart, LogsArePrintedOrSaidToBeNone) {
  PodHome home({"busybox"});
  PodRun pod(home, pod_yaml("  - {name: a, image: busybox, imagePullPolicy: Never, "
                            "command: [sh, -c, \"echo out; exit 1\"]}\n"
                            "  - {name: b, image: no/such:1}\n"));
  ASSERT_TRUE(poll_until([&] { return waiting(pod, "a", "reason") == "CrashLoopBackOff"; }))
      << pod.output();
  ASSERT_TRUE(poll_until([&] { return waiting(pod, "b", "reason") == "ImagePullBackOff"; }))
      << pod.output();
  const auto logs = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words = {
        built_binary("podrun"), "logs", "start", "--run-dir", home.run(), "--log-dir", home.logs()};
    words.insert(words.end(), more.begin(), more.end());
    std::string output;
    run_command(words, &output);
    return output;
  };
  EXPECT_EQ(logs({"-c", "a"}), "out\n");
  EXPECT_EQ(logs({"-c", "a", "--previous"}), "out\n");
  EXPECT_NE(logs({"-c", "b"})
                .find("container \"b\" in pod \"start\" is waiting to start: "
                      "ImagePullBackOff"),
            std::string::npos);
  EXPECT_NE(logs({"-c", "b", "--previous"})
                .find("previous terminated container \"b\" in pod \"start\" not found"),
            std::string::npos);
  EXPECT_NE(logs({}).find("choose one of: [a b]"), std::string::npos);
  end(pod);
}

TEST(PodStart, AFailedPreStopHookIsToldAndTheContainerEndsAllTheSame) {
  PodHome home({"busybox"});
  PodRun pod(home, pod_yaml("  - {name: a, image: busybox, imagePullPolicy: Never, "
                            "command: [sleep, \"1000\"], lifecycle: {preStop: {exec: {command: "
                            "[sh, -c, \"echo no; exit 3\"]}}}}\n",
                            "  terminationGracePeriodSeconds: 2\n"));
  ASSERT_TRUE(poll_until([&] { return pod.event_count("Started") == 1; })) << pod.output();
  const std::string folder = pod.pod_folder();
  const std::string uid = folder.substr(folder.rfind('/') + 1);
  pod.signal(SIGINT);
  EXPECT_TRUE(poll_until([&] { return pod.event_count("FailedPreStopHook") == 1; }))
      << pod.output();
  EXPECT_EQ(pod.event_count("FailedPreStopHook",
                            "Exec lifecycle hook ([sh -c echo no; exit 3]) for Container \"a\" in "
                            "Pod \"start_default(" +
                                uid +
                                ")\" failed - error: command 'sh -c echo no; exit 3' exited with "
                                "3: , message: \"no\\n\""),
            1)
      << pod.output();
  EXPECT_EQ(pod.wait(), 0) << pod.output();
}

}  // namespace
}  // namespace podrun::test
