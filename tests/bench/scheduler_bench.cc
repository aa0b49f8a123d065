// How fast the scheduler is: 5000 pods on 50 nodes that nobody runs, with the decision alone and
// with everything that binding takes (the API's checks, events, durable commits). Prints a table;
// it is no test. `scheduler_bench [FOLDER]`: where the database is made.
#include <fmt/core.h>

#include <chrono>
#include <ctime>
#include <string>

#include "base/clock.h"
#include "supervisor/api/generate_name.h"
#include "supervisor/api/registry.h"
#include "supervisor/controllers/scheduler.h"
#include "supervisor/scheduling/decision.h"
#include "supervisor/store/store.h"
#include "tests/support/temp_dir.h"

namespace {

using namespace podrun;
using store::Json;

constexpr int kNodes = 50;
constexpr int kPods = 5000;
constexpr auto kTurn = std::chrono::milliseconds(5);  // the daemon's

Json node(int number) {
  const std::string name = fmt::format("node-{:02}", number);
  return {{"apiVersion", "v1"},
          {"kind", "Node"},
          {"metadata",
           {{"name", name},
            {"labels", {{"kubernetes.io/hostname", name}, {"zone", std::to_string(number % 3)}}}}},
          {"spec", Json::object()},
          {"status",
           {{"allocatable", {{"cpu", "32"}, {"memory", "64Gi"}, {"pods", "110"}}},
            {"conditions", Json::array({{{"type", "Ready"}, {"status", "True"}}})}}}};
}

Json pod(int number) {
  return {
      {"apiVersion", "v1"},
      {"kind", "Pod"},
      {"metadata", {{"name", fmt::format("kubia-{:04}", number)}, {"labels", {{"app", "kubia"}}}}},
      {"spec",
       {{"containers",
         Json::array({{{"name", "kubia"},
                       {"image", "luksa/kubia"},
                       {"resources", {{"requests", {{"cpu", "100m"}, {"memory", "64Mi"}}}}}}})}}}};
}

/// Wall time and this process's own, which says more where others use the machine.
class Stopwatch {
 public:
  void print(const std::string& what) const {
    const double wall = std::chrono::duration<double>(SystemClock().now() - start_).count();
    const double own = static_cast<double>(std::clock() - cpu_) / CLOCKS_PER_SEC;
    fmt::print("{:<40} {:>8.0f} pods/s, {:>8.0f} a second of CPU\n", what, kPods / wall,
               kPods / own);
  }

 private:
  Moment start_ = SystemClock().now();
  std::clock_t cpu_ = std::clock();
};

void measure_decisions() {
  scheduling::Cluster cluster;
  for (int i = 0; i < kNodes; ++i) cluster.set_node(node(i));
  const Stopwatch watch;
  for (int i = 0; i < kPods; ++i) {
    Json made = pod(i);
    made["metadata"]["namespace"] = "default";
    made["spec"]["nodeName"] = choose_node(scheduling::pod_facts(made), cluster).node;
    cluster.set_pod(made);
  }
  watch.print("decisions");
}

void measure_bindings(const std::string& folder) {
  const SystemClock clock;
  store::Store store = store::Store::open(folder + "/scheduler.db");
  api::Registry registry(store, clock, api::system_random());
  controllers::Scheduler scheduler(registry, clock,
                                   [](const store::ObjectKey&, const std::string&) {});
  auto subscription =
      store.subscribe([&](const store::Change& change) { scheduler.on_change(change); });
  registry.create("namespaces", "", {{"metadata", {{"name", "default"}}}});
  for (int i = 0; i < kNodes; ++i) registry.create("nodes", "", node(i));
  for (int i = 0; i < kPods; ++i) registry.create("pods", "default", pod(i));
  store.commit();
  const Stopwatch watch;
  int turns = 0;
  while (scheduler.next_deadline() && *scheduler.next_deadline() <= clock.now()) {
    scheduler.run(clock.now() + kTurn);
    store.commit();
    ++turns;
  }
  watch.print(fmt::format("bound, told and durable, in {} commits", turns));
  int bound = 0;
  for (const store::Object& each : store.list("pods")) {
    bound += (*each.json)["spec"].contains("nodeName") ? 1 : 0;
  }
  if (bound != kPods) fmt::print("only {} of {} pods were bound\n", bound, kPods);
}

}  // namespace

int main(int argc, char** argv) {
  const podrun::test::TempDir temporary("podrun-scheduler-bench");
  measure_decisions();
  measure_bindings(argc > 1 ? argv[1] : temporary.path());
  return 0;
}
