// What CronJobs cost that have nothing to do.
#include <unistd.h>

#include <string>
#include <thread>

#include "base/error.h"
#include "tests/bench/daemon_rows.h"
#include "tests/support/http_client.h"

namespace podrun::bench {

namespace {

using Json = nlohmann::json;
using test::HttpClient;

constexpr const char* kCronJobs = "/apis/batch/v1/namespaces/default/cronjobs";
constexpr int kStored = 10'000;
constexpr int kWriters = 8;
constexpr unsigned kSettleSeconds = 15;
/// The controllers look at everything once in five minutes: once in this time.
constexpr unsigned kIdleSeconds = 300;

/// Due once a year, in one of three zones.
Json cron_job(int number, const Json& pod_spec) {
  constexpr const char* kZones[] = {"UTC", "Europe/Berlin", "America/New_York"};
  Json spec = pod_spec;
  spec["restartPolicy"] = "Never";
  return {
      {"metadata", {{"name", "idle-" + std::to_string(number)}}},
      {"spec",
       {{"schedule", std::to_string(number % 60) + " " + std::to_string(number % 24) + " 1 1 *"},
        {"timeZone", kZones[number % 3]},
        {"jobTemplate", {{"spec", {{"template", {{"spec", spec}}}}}}}}}};
}

}  // namespace

std::vector<Row> measure_cron_jobs(DaemonBox& box) {
  Row cpu{"CPU with 10 000 idle CronJobs", "%", {}, 1, "of one core, 300 s", 0};
  Row pss{"PSS of the daemon with them", "MiB", {}, {}, "", 0};
  const Json spec = box.pod_spec("wait");
  std::vector<std::thread> threads;
  threads.reserve(kWriters);
  for (int client = 0; client < kWriters; ++client) {
    threads.emplace_back([&box, &spec, client] {
      HttpClient http(box.socket());
      for (int i = client; i < kStored; i += kWriters) {
        http.ask({"POST", kCronJobs, cron_job(i, spec).dump()});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const Json stored = box.get(kCronJobs)["items"];
  if (stored.size() != kStored) throw Error(std::to_string(stored.size()) + " CronJobs are stored");
  ::sleep(kSettleSeconds);
  const ProcessFigures before = box.figures();
  ::sleep(kIdleSeconds);
  const ProcessFigures after = box.figures();
  cpu.samples.add((after.cpu_seconds - before.cpu_seconds) / kIdleSeconds * 100);
  pss.samples.add(after.pss_mib);
  return {cpu, pss};
}

}  // namespace podrun::bench
