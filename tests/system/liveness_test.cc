// The main job: the pod of examples/kubia-liveness-probe.yaml lives its real life.
#include <gtest/gtest.h>
#include <signal.h>

#include "base/clock.h"
#include "base/files.h"
#include "tests/support/pod_run.h"
#include "tests/support/poll.h"

namespace podrun::test {
namespace {

constexpr auto kLong = std::chrono::seconds(150);

constexpr Seconds kGrace{30};

WallTime time_of_event(const PodRun& pod, const std::string& reason) {
  for (const auto& event : pod.events()) {
    if (event["reason"] == reason) return parse_rfc3339(event["lastTimestamp"].get<std::string>());
  }
  return {};
}

std::string example(const std::string& name) {
  return read_file(std::string(PODRUN_EXAMPLES_DIR) + "/" + name);
}

int lines_with(const std::vector<std::string>& lines, const std::string& text) {
  int count = 0;
  for (const std::string& line : lines) count += line.find(text) != std::string::npos ? 1 : 0;
  return count;
}

TEST(Liveness, UnhealthyContainerIsKilledAndReplaced) {
  PodHome home;
  const std::string name = "kubia-liveness-container";
  {
    PodRun pod(home, example("kubia-liveness-probe.yaml"),
               {"--report", home.dir() / "report.json"});
    ASSERT_TRUE(poll_until([&] { return pod.event_count("Started") == 1; })) << pod.output();
    const std::string first_id = pod.container_status(name)["containerID"];

    ASSERT_TRUE(poll_until([&] { return pod.event_count("Started") == 2; }, kLong)) << pod.output();
    EXPECT_EQ(pod.event_count("Unhealthy",
                              "Liveness probe failed: HTTP probe failed with statuscode: 500"),
              3);
    EXPECT_EQ(pod.event_count("Killing",
                              "Container " + name + " failed liveness probe, will be restarted"),
              1);
    ASSERT_TRUE(
        poll_until([&] { return pod.container_status(name)["state"].contains("running"); }));

    const auto status = pod.container_status(name);
    EXPECT_EQ(status["restartCount"], 1);
    EXPECT_NE(status["containerID"], first_id);
    EXPECT_EQ(status["lastState"]["terminated"]["exitCode"], 137);
    EXPECT_EQ(status["lastState"]["terminated"]["reason"], "Error");
    EXPECT_EQ(status["lastState"]["terminated"]["containerID"], first_id);

    const WallTime killing = time_of_event(pod, "Killing");
    // 20 s, a second less where the times are rounded so.
    EXPECT_NE(pod.output().find("failed with statuscode: 500 (x3 over "), std::string::npos)
        << pod.output();

    const auto previous = pod.log(name, 0);
    EXPECT_EQ(lines_with(previous, "Kubia server starting..."), 1);
    EXPECT_EQ(lines_with(previous, "Received request from ::ffff:"), 8);
    EXPECT_TRUE(
        poll_until([&] { return lines_with(pod.log(name, 1), "Kubia server starting...") == 1; }));

    pod.signal(SIGINT);
    EXPECT_TRUE(poll_until(
        [&] { return pod.event_count("Killing", "Stopping container") == 1 || pod.ended(); }));
    pod.signal(SIGINT);
    EXPECT_EQ(pod.wait(), 0) << pod.output();

    const auto instances =
        nlohmann::json::parse(read_file(home.dir() / "report.json"))["containers"][0]["instances"];
    ASSERT_EQ(instances.size(), 2u);
    const nlohmann::json& first = instances[0];
    EXPECT_EQ(first["probes"]["liveness"]["succeeded"], 5);
    // On a slow machine the first may come before the server listens: refused, one more.
    EXPECT_GE(first["probes"]["liveness"]["failed"], 3);
    const WallTime finished = parse_rfc3339(first["finishedAt"].get<std::string>());
    EXPECT_GE(finished - killing, kGrace);
    EXPECT_LT(finished - killing, kGrace + Seconds(10));
  }
}

}  // namespace
}  // namespace podrun::test
