// Rows about pods that the daemon runs.
#include <unistd.h>

#include "tests/bench/daemon_rows.h"
#include "tests/bench/floor.h"

namespace podrun::bench {
namespace {

using Json = nlohmann::json;

constexpr const char* kPods = "/api/v1/namespaces/default/pods";
constexpr const char* kControllers = "/api/v1/namespaces/default/replicationcontrollers";
constexpr useconds_t kQuietUs = 100'000;
constexpr const char* kJobs = "/apis/batch/v1/namespaces/default/jobs";
constexpr int kReplicas = 100;
constexpr int kCompletions = 500;
constexpr int kParallelism = 10;
constexpr unsigned kSettleSeconds = 12;
constexpr unsigned kIdleSeconds = 20;

double ms_between(long begin, long end) { return static_cast<double>(end - begin) / 1e6; }

}  // namespace

std::vector<Row> measure_replicas(DaemonBox& box, int rounds) {
  Row created{"create of an RC returned, to the entrypoint", "ms", {}, 20, "one replica", 0};
  Row replaced{"deletion of a pod returned, to the next one's", "ms", {}, 30, "a killed pod", 0};
  const std::string forced = R"({"gracePeriodSeconds":0})";
  for (int i = 0; i < rounds; ++i) {
    ::usleep(kQuietUs);
    const Json controller = box.controller("one", 1, "stay");
    box.post(kControllers, controller);
    const long returned = now_ns();
    created.samples.add(ms_between(returned, box.next_stamp()));
    ::usleep(kQuietUs);
    const Json pods = box.get(kPods);
    const std::string name = pods["items"][0]["metadata"]["name"];
    box.ask({"DELETE", std::string(kPods) + "/" + name, forced});
    const long deleted = now_ns();
    replaced.samples.add(ms_between(deleted, box.next_stamp()));
    box.remove_pods();
  }
  return {created, replaced};
}

std::vector<Row> measure_hundred(DaemonBox& box, int rounds) {
  Row scaled{"scale from 0 to 100 ready replicas", "s", {}, 3, "2 cores", 0};
  Row pss{"PSS of the daemon with 100 pods", "MiB", {}, 15, "at rest", 0};
  Row cpu{"its CPU at rest", "%", {}, 0.1, "of one core, 20 s", 0};
  for (int i = 0; i < rounds; ++i) {
    box.post(kControllers, box.controller("many", 0, "wait"));
    const std::string path = std::string(kControllers) + "/many";
    ::usleep(kQuietUs);
    const long begin = now_ns();
    box.merge(path + "/scale", {{"spec", {{"replicas", kReplicas}}}});
    wait_for("100 replicas", [&] {
      ::usleep(10'000);
      return box.get(path)["status"].value("readyReplicas", 0) == kReplicas;
    });
    scaled.samples.add(ms_between(begin, now_ns()) / 1000);
    if (i == 0) {
      ::sleep(kSettleSeconds);
      const ProcessFigures before = box.figures();
      ::sleep(kIdleSeconds);
      const ProcessFigures after = box.figures();
      pss.samples.add(after.pss_mib);
      cpu.samples.add((after.cpu_seconds - before.cpu_seconds) / kIdleSeconds * 100);
    }
    box.remove_pods();
  }
  return {scaled, pss, cpu};
}

std::vector<Row> measure_job(DaemonBox& box, int rounds) {
  Row each{"each of 500 completions of a job", "ms", {}, 10, "100 a second", 0};
  Json spec = box.pod_spec("nothing");
  spec["restartPolicy"] = "Never";
  for (int i = 0; i < rounds; ++i) {
    ::usleep(kQuietUs);
    const std::string name = "job-" + std::to_string(i);
    const long begin = now_ns();
    box.post(kJobs, {{"metadata", {{"name", name}}},
                     {"spec",
                      {{"completions", kCompletions},
                       {"parallelism", kParallelism},
                       {"template", {{"spec", spec}}}}}});
    const std::string path = std::string(kJobs) + "/" + name;
    wait_for("500 completions", [&] {
      ::usleep(10'000);
      return box.get(path)["status"].value("succeeded", 0) == kCompletions;
    });
    each.samples.add(ms_between(begin, now_ns()) / kCompletions);
    box.remove_pods();
  }
  return {each};
}

}  // namespace podrun::bench
