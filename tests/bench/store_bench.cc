// How fast the store is: durable writes a second, the start with many objects, lists. Prints a
// table; it is no test. `store_bench [FOLDER]`: where the database is made (default: a temporary
// folder).
#include <fmt/core.h>
#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <string>
#include <vector>

#include "base/files.h"
#include "supervisor/store/store.h"
#include "tests/support/temp_dir.h"

namespace {

using podrun::store::Json;
using podrun::store::ObjectKey;
using podrun::store::Store;
using Clock = std::chrono::steady_clock;

constexpr int kPods = 10'000;
constexpr double kSecondsOfWriting = 3;

double ms_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

/// Of this process: says more than a clock where others use the machine.
double cpu_ms() { return static_cast<double>(std::clock()) * 1000 / CLOCKS_PER_SEC; }

/// Some 4 kB, in the shape of a pod with its status and managed fields.
Json pod(int number, int generation) {
  Json container = {{"name", "kubia"}, {"image", "luksa/kubia"}, {"imagePullPolicy", "Always"}};
  for (int i = 0; i < 40; ++i) {
    container["env"].push_back({{"name", fmt::format("VARIABLE_{}", i)}, {"value", "some value"}});
  }
  Json pod = {{"apiVersion", "v1"},
              {"kind", "Pod"},
              {"metadata",
               {{"name", fmt::format("kubia-{:05}", number)},
                {"namespace", "default"},
                {"generation", generation},
                {"labels", {{"app", "kubia"}}}}},
              {"spec", {{"containers", Json::array({container})}, {"restartPolicy", "Always"}}}};
  for (int i = 0; i < 8; ++i) {
    pod["metadata"]["managedFields"].push_back(
        {{"manager", "kubectl"},
         {"operation", "Update"},
         {"time", "2024-01-01T00:00:00Z"},
         {"fieldsV1", {{"f:metadata", {{"f:labels", {{"f:app", Json::object()}}}}}}}});
    pod["status"]["conditions"].push_back({{"type", "Ready"},
                                           {"status", "True"},
                                           {"lastProbeTime", nullptr},
                                           {"lastTransitionTime", "2024-01-01T00:00:00Z"}});
  }
  return pod;
}

ObjectKey key_of(int number) { return {"pods", "default", fmt::format("kubia-{:05}", number)}; }

/// Updates of pods in turn; commits after each `together`.
void measure_writes(Store& store, int together) {
  std::vector<double> commits;
  int writes = 0;
  const double cpu = cpu_ms();
  const auto start = Clock::now();
  while (ms_since(start) < kSecondsOfWriting * 1000) {
    for (int i = 0; i < together; ++i, ++writes) {
      store.update(key_of(writes % kPods), pod(writes % kPods, writes));
    }
    const auto begin = Clock::now();
    store.commit();
    commits.push_back(ms_since(begin));
  }
  const double seconds = ms_since(start) / 1000;
  const double cpu_each = (cpu_ms() - cpu) * 1000 / writes;
  std::sort(commits.begin(), commits.end());
  fmt::print(
      "durable writes, {:3} a commit: {:8.0f} /s   commit p50 {:.2f} ms, p99 {:.2f} ms   {:.0f} us "
      "of CPU a write\n",
      together, writes / seconds, commits[commits.size() / 2], commits[commits.size() * 99 / 100],
      cpu_each);
}

long resident_kib() {
  const std::string status = podrun::read_file("/proc/self/status");
  return std::stol(status.substr(status.find("VmRSS:") + 6));
}

void measure_open(const std::string& path, const char* what) {
  malloc_trim(0);
  const long before = resident_kib();
  const auto start = Clock::now();
  const double cpu = cpu_ms();
  const Store store = Store::open(path);
  fmt::print("open, {}: {:.1f} ms ({:.1f} ms of CPU), {} objects, {} KiB\n", what, ms_since(start),
             cpu_ms() - cpu, store.list("pods").size(), resident_kib() - before);
}

void measure_reads(const Store& store) {
  auto start = Clock::now();
  const auto pods = store.list("pods");
  fmt::print("list of {}: {:.2f} ms\n", pods.size(), ms_since(start));
  start = Clock::now();
  std::size_t bytes = 0;
  for (const auto& each : pods) bytes += each.text->size();
  std::string body;
  body.reserve(bytes);
  for (const auto& each : pods) body += *each.text;
  fmt::print("its {} bytes as one text: {:.2f} ms\n", body.size(), ms_since(start));
  start = Clock::now();
  int found = 0;
  for (int i = 0; i < kPods; ++i) found += store.find(key_of(i)) != nullptr;
  fmt::print("find: {:.2f} us\n", ms_since(start) * 1000 / found);
  start = Clock::now();
  std::size_t keys = 0;
  for (const auto& each : pods) keys += each.json->size();
  fmt::print("first look at all {} trees: {:.1f} ms\n", keys / 5, ms_since(start));
}

void measure_history(const Store& store) {
  for (int back : {100, 10'000}) {
    const auto start = Clock::now();
    const double cpu = cpu_ms();
    const auto changes = store.changes_since("pods", store.revision() - back);
    fmt::print("history of {} changes: {:.1f} ms ({:.1f} ms of CPU)\n",
               changes ? changes->size() : 0, ms_since(start), cpu_ms() - cpu);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const podrun::test::TempDir temporary("podrun-store-bench");
  const std::string path = (argc > 1 ? argv[1] : temporary.path()) + "/podrun.db";
  measure_open(path, "new");
  measure_open(path, "empty");
  {
    Store store = Store::open(path);
    const auto start = Clock::now();
    for (int i = 0; i < kPods; ++i) {
      store.create(key_of(i), pod(i, 1));
      if (i % 100 == 99) store.commit();
    }
    fmt::print("create {} pods of {} bytes: {:.0f} ms\n", kPods,
               store.find(key_of(0))->text->size(), ms_since(start));
  }
  measure_open(path, "10000 pods");
  {
    Store store = Store::open(path);
    measure_reads(store);
    for (int together : {1, 8, 32, 128}) measure_writes(store, together);
    measure_history(store);
  }
  measure_open(path, "10000 pods and history");
}
