// Golden texts of recorded events, status and logs.
#include <gtest/gtest.h>

#include "cli/check.h"
#include "cli/foreground.h"
#include "cli/pod_list.h"
#include "cli/render.h"
#include "cli/verdict.h"

namespace podrun::cli {
namespace {

using Json = Renderer::Json;
using std::chrono::milliseconds;
using std::chrono::seconds;

const PodName kPod{"default", "kubia", "8ca95b87-65d1-415a-8ad0-998a70447696"};

Json event(const std::string& type, const std::string& reason, const std::string& message,
           int count = 1) {
  return {{"kind", "Event"},
          {"apiVersion", "v1"},
          {"metadata", {{"name", "kubia.1"}}},
          {"type", type},
          {"reason", reason},
          {"message", message},
          {"count", count},
          {"firstTimestamp", "2026-11-23T10:00:00Z"},
          {"lastTimestamp", "2026-11-23T10:00:20Z"}};
}

TEST(TextRenderer, ShowsARunOfOnePod) {
  const auto renderer = make_text_renderer({});
  std::string text;
  text += renderer->event(kPod, event("Normal", "Started", "Started container main"),
                          milliseconds(312));
  text += renderer->status(kPod, {}, {1, 1, "Running", 0, {}}, milliseconds(320));
  text += renderer->status(kPod, {}, {1, 1, "Running", 0, {}}, milliseconds(330));
  text += renderer->log(kPod, {"main", "2026-11-23T10:00:00.5Z", "stdout", "hello"});
  text += renderer->event(kPod,
                          event("Warning", "Unhealthy",
                                "Liveness probe failed: HTTP probe failed with statuscode: 500", 3),
                          seconds(20));
  text += renderer->status(kPod, {}, {0, 1, "CrashLoopBackOff", 1, {}}, seconds(150));
  text += renderer->notice("interrupted: ending the pod", seconds(4000));
  EXPECT_EQ(text,
            "  0.3s  Normal   Started            pod/kubia  Started container main\n"
            "  0.3s  Status   Running            pod/kubia  ready 1/1, restarts 0\n"
            "[main] hello\n"
            "   20s  Warning  Unhealthy          pod/kubia  Liveness probe failed: HTTP probe "
            "failed with statuscode: 500 (x3 over 20s)\n"
            " 2m30s  Status   CrashLoopBackOff   pod/kubia  ready 0/1, restarts 1\n"
            "   66m  interrupted: ending the pod\n");
}

TEST(TextRenderer, NamesThePodWhereThereAreSeveral) {
  const auto renderer = make_text_renderer({.several_pods = true});
  EXPECT_EQ(renderer->log(kPod, {"main", "", "stderr", "hello"}), "[kubia/main] hello\n");
}

TEST(TextRenderer, QuietShowsOutputAlone) {
  const auto renderer = make_text_renderer({.quiet = true, .name_containers = false});
  EXPECT_EQ(renderer->event(kPod, event("Normal", "Started", ""), seconds(1)), "");
  EXPECT_EQ(renderer->status(kPod, {}, {1, 1, "Running", 0, {}}, seconds(1)), "");
  EXPECT_EQ(renderer->notice("interrupted", seconds(1)), "");
  EXPECT_EQ(renderer->log(kPod, {"main", "", "stdout", "hello"}), "hello\n");
}

TEST(TextRenderer, ColoursOnATerminal) {
  const auto renderer = make_text_renderer({.color = true});
  EXPECT_EQ(renderer->log(kPod, {"a", "", "stdout", "x"}), "\x1b[36m[a]\x1b[0m x\n");
  EXPECT_EQ(renderer->log(kPod, {"b", "", "stdout", "x"}), "\x1b[32m[b]\x1b[0m x\n");
  EXPECT_EQ(renderer->log(kPod, {"a", "", "stdout", "y"}), "\x1b[36m[a]\x1b[0m y\n");
  EXPECT_EQ(renderer->event(kPod, event("Warning", "BackOff", "m"), seconds(20)),
            "\x1b[2m   20s\x1b[0m  \x1b[33mWarning  BackOff          \x1b[0m  pod/kubia  m\n");
}

TEST(TextRenderer, KeepsAMessageFromSteeringTheTerminal) {
  const auto renderer = make_text_renderer({});
  const std::string indent(6 + 2 + 7 + 2 + 17 + 2 + 9 + 2, ' ');
  EXPECT_EQ(
      renderer->event(kPod, event("Warning", "Unhealthy", "one\n\x1b[2Jtwo\x7f\n\n"), seconds(20)),
      "   20s  Warning  Unhealthy          pod/kubia  one\n" + indent + "?[2Jtwo?\n");
}

TEST(TextRenderer, SurvivesEventsWithoutFields) {
  const auto renderer = make_text_renderer({});
  EXPECT_EQ(renderer->event(kPod, Json::object(), seconds(20)),
            "   20s  Normal                      pod/kubia  \n");
  EXPECT_NO_THROW(
      renderer->event(kPod, Json{{"type", 5}, {"count", "x"}, {"message", nullptr}}, seconds(20)));
}

TEST(JsonRenderer, WritesOneObjectALine) {
  const auto renderer = make_json_renderer();
  EXPECT_EQ(renderer->log(kPod, {"main", "2026-11-23T10:00:00.5Z", "stderr", "a\"\n\xff"}),
            R"({"type":"LOG","namespace":"default","pod":"kubia","container":"main",)"
            R"("time":"2026-11-23T10:00:00.5Z","stream":"stderr","log":"a\"\n)"
            "\xEF\xBF\xBD\"}\n");
  EXPECT_EQ(renderer->event(kPod, {{"kind", "Event"}}, seconds(1)),
            "{\"type\":\"EVENT\",\"object\":{\"kind\":\"Event\"}}\n");
  EXPECT_EQ(
      renderer->status(kPod, {{"phase", "Running"}}, {}, seconds(1)),
      R"({"type":"STATUS","object":{"apiVersion":"v1","kind":"Pod","metadata":{"name":"kubia",)"
      R"("namespace":"default","uid":"8ca95b87-65d1-415a-8ad0-998a70447696"},)"
      R"("status":{"phase":"Running"}}})"
      "\n");
  EXPECT_EQ(renderer->notice("interrupted", seconds(1)),
            "{\"type\":\"NOTICE\",\"message\":\"interrupted\"}\n");
}

TEST(ExitCode, IsThatOfTheFirstPodThatFailed) {
  const auto ended = [](int code, int crash = 0, Request request = Request::kNone) {
    return PodOutcome{kPod, code, crash, request};
  };
  EXPECT_EQ(exit_code({}), 0);
  EXPECT_EQ(exit_code({ended(0), ended(0)}), 0);
  EXPECT_EQ(exit_code({ended(0), ended(7), ended(9)}), 7);
  EXPECT_EQ(exit_code({ended(137, 9)}), 1) << "a crash of the supervisor";
  EXPECT_EQ(exit_code({ended(143, 0, Request::kTerminate)}), 0) << "asked for";
  EXPECT_EQ(exit_code({ended(137, 0, Request::kKill)}), 0);
  EXPECT_EQ(exit_code({ended(3), ended(143, 0, Request::kTerminate)}), 3) << "ended before";
  EXPECT_EQ(exit_code({ended(137, 9, Request::kTerminate)}), 1);
  EXPECT_EQ(exit_code({ended(137, 9, Request::kKillSupervisor)}), 0);
}

TEST(PodTable, ShowsPodsAsKubectlDoes) {
  ListedPod one;
  one.pod.metadata.namespace_ = "default";
  one.pod.metadata.name = "kubia";
  one.pod.metadata.uid = "8ca95b87-65d1-415a-8ad0-998a70447696";
  one.pod.metadata.creation_timestamp = "2026-11-23T10:00:00Z";
  one.pod.spec.node_name = "node";
  const WallTime now = parse_rfc3339("2026-11-23T10:05:00Z");
  one.row = {0, 1, "CrashLoopBackOff", 3, now - seconds(30)};
  ListedPod two = one;
  two.pod.metadata.namespace_ = "web";
  two.row = {2, 2, "Running", 0, {}};
  EXPECT_EQ(pod_table({one, two}, false, now),
            "NAMESPACE   NAME    READY   STATUS             RESTARTS      AGE\n"
            "default     kubia   0/1     CrashLoopBackOff   3 (30s ago)   5m\n"
            "web         kubia   2/2     Running            0             5m\n");
  EXPECT_NE(pod_table({one}, true, now).find("<none>   node   8ca95b87-"), std::string::npos);
  EXPECT_EQ(find_pod({one}, "kubia").row.restarts, 3);
  const std::vector<ListedPod> both{one, two};
  EXPECT_EQ(&find_pod(both, "web/kubia"), &both[1]);
  EXPECT_THROW(find_pod(both, "kubia"), BadInput) << "there are two";
  EXPECT_THROW(find_pod(both, "8ca9"), BadInput) << "there are two";
  EXPECT_THROW(find_pod(both, "other"), BadInput);
  EXPECT_EQ(find_pod({one}, "8ca95b87").row.restarts, 3);
}

TEST(MergedReport, IsAListForSeveralPods) {
  EXPECT_EQ(Json::parse(merged_report({R"({"a":1})"})), (Json{{"a", 1}}));
  EXPECT_EQ(nlohmann::json::parse(merged_report({R"({"a":1})", R"({"a":2})"}))["items"].size(), 2);
  EXPECT_EQ(nlohmann::json::parse(merged_report({R"({"a":1})", ""}))["items"].size(), 1);
  EXPECT_EQ(merged_report({""}), "{}\n");
}

TEST(CheckText, SaysStateEffectAndAdvice) {
  const std::vector<check::Finding> findings{
      {"kernel", check::State::kOk, "Linux 6.1", "", ""},
      {"CNI plugins", check::State::kDegraded, "none", "no pod network", "install them"},
      {"root", check::State::kMissing, "not root", "", "run podrun as root"}};
  EXPECT_EQ(check_text(findings, false),
            "ok        kernel       Linux 6.1\n"
            "degraded  CNI plugins  none: no pod network -> install them\n"
            "missing   root         not root -> run podrun as root\n");
  const auto json = nlohmann::json::parse(check_json(findings));
  EXPECT_EQ(json["ok"], false);
  EXPECT_EQ(json["checks"][1]["effect"], "no pod network");
  EXPECT_FALSE(json["checks"][0].contains("advice"));
}

}  // namespace
}  // namespace podrun::cli
