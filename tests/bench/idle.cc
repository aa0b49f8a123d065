#include "tests/bench/idle.h"

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"
#include "tests/support/poll.h"

namespace podrun::bench {

namespace {

constexpr unsigned kSettleSeconds = 3;
constexpr unsigned kIdleSeconds = 5;
constexpr double kMostMiB = 2;

// "Key:   123 kB" in a file of /proc.
double field_of(pid_t pid, const std::string& file, const std::string& key) {
  const std::string text = "\n" + read_file("/proc/" + std::to_string(pid) + "/" + file);
  const auto at = text.find("\n" + key + ":");
  if (at == std::string::npos) throw Error("no " + key + " in /proc/PID/" + file);
  return std::stod(text.substr(at + key.size() + 2));
}

/// The supervisor and its children that are not containers: the parked next instance bears its
/// name.
std::vector<pid_t> own_processes(pid_t supervisor) {
  const std::string self = std::to_string(supervisor);
  std::vector<pid_t> all{supervisor};
  const std::string children = read_file("/proc/" + self + "/task/" + self + "/children");
  for (std::size_t at = 0; at < children.size();) {
    const std::size_t end = std::min(children.find(' ', at), children.size());
    if (end > at) {
      const std::string pid = children.substr(at, end - at);
      if (read_file("/proc/" + pid + "/comm").rfind("podrun", 0) == 0)
        all.push_back(static_cast<pid_t>(std::stoi(pid)));
    }
    at = end + 1;
  }
  return all;
}

double sum(const std::vector<pid_t>& pids, const std::string& file, const std::string& key) {
  double total = 0;
  for (const pid_t pid : pids) total += field_of(pid, file, key);
  return total;
}

}  // namespace

std::vector<Row> measure_idle(Bench& bench) {
  // The one probe, right after the start, is over when counting begins; the next is an hour away.
  test::PodRun run(
      bench.home(),
      bench.manifest("wait", "Always",
                     "    livenessProbe:\n      exec: {command: [/bin/stamp, nothing]}\n"
                     "      periodSeconds: 3600\n"));
  const auto succeeded = [&] {
    const auto status = run.container_status("stamp");
    return status.is_object() && status["state"].contains("running");
  };
  if (!test::poll_until(succeeded)) throw Error("the idle pod did not start: " + run.output());
  ::sleep(kSettleSeconds);
  const auto supervisor = run.supervisor()["pid"].get<pid_t>();
  const std::vector<pid_t> pids = own_processes(supervisor);
  const char* kSwitches = "voluntary_ctxt_switches";
  const double before = sum(pids, "status", kSwitches);
  const double cli_before = field_of(run.pid(), "status", kSwitches);
  ::sleep(kIdleSeconds);
  Row wakeups{"wakeups of podrun-pod and helpers in 5 s", "", {}, 0.0, "none", 0};
  wakeups.samples.add(sum(pids, "status", kSwitches) - before);
  Row cli_wakeups{"wakeups of podrun run in 5 s", "", {}, {}, "", 0};
  cli_wakeups.samples.add(field_of(run.pid(), "status", kSwitches) - cli_before);
  const auto mib = [&](const std::string& what, const std::vector<pid_t>& which,
                       const std::string& key) {
    Row row{what, "MiB", {}, {}, "", 0};
    row.samples.add(sum(which, "smaps_rollup", key) / 1024);
    return row;
  };
  Row pss = mib("PSS of podrun-pod and its " + std::to_string(pids.size() - 1) + " helpers, MiB",
                pids, "Pss");
  pss.limit = kMostMiB;
  pss.limit_is = "as designed";
  return {pss,
          mib("  of it: anonymous, MiB", pids, "Pss_Anon"),
          mib("  of it: shared memory, MiB", pids, "Pss_Shmem"),
          mib("  of it: the program's file, MiB", pids, "Pss_File"),
          mib("PSS of podrun run, MiB", {run.pid()}, "Pss"),
          wakeups,
          cli_wakeups};
}

}  // namespace podrun::bench
