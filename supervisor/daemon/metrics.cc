#include "supervisor/daemon/metrics.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <filesystem>
#include <sstream>

#include "base/files.h"
#include "supervisor/api/served.h"

namespace podrun::daemon {
namespace {

using store::Json;

double size_of(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? static_cast<double>(status.st_size) : 0;
}

/// Adds what the containers of one list of statuses are.
void count_containers(const Json& statuses, std::map<std::string, int>& states,
                      std::int64_t& restarts) {
  for (const Json& status : statuses) {
    restarts += status.value("restartCount", std::int64_t{0});
    const Json state = status.value("state", Json::object());
    ++states[state.contains("running")      ? "running"
             : state.contains("terminated") ? "exited"
                                            : "created"];
  }
}

/// Fields of /proc/self/stat from the third on (man 5 proc); empty where it cannot be read.
std::vector<std::string> process_stat() {
  std::vector<std::string> fields;
  try {
    const std::string text = read_file("/proc/self/stat");
    std::istringstream rest(text.substr(text.rfind(')') + 1));
    for (std::string field; rest >> field;) fields.push_back(std::move(field));
  } catch (const std::exception&) {
    // Without /proc there are no figures.
  }
  return fields;
}

double open_descriptors() {
  std::error_code failed;
  double count = 0;
  for (auto each = std::filesystem::directory_iterator("/proc/self/fd", failed);
       !failed && each != std::filesystem::directory_iterator(); each.increment(failed)) {
    ++count;
  }
  return count;
}

/// Seconds since 1970 of the machine's start.
double boot_time() {
  timespec now{}, up{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  ::clock_gettime(CLOCK_BOOTTIME, &up);
  const auto seconds = [](const timespec& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
  };
  return seconds(now) - seconds(up);
}

}  // namespace

void write_store_metrics(api::MetricsText& out, const store::Store& store,
                         const CommitFigures& commits, const std::string& database) {
  out.family("apiserver_storage_objects", "gauge", "Stored objects by resource.");
  for (const api::ServedResource& each : api::served_resources()) {
    if (!each.stored_group.empty() || !each.is_stored()) continue;
    out.sample({{"resource", each.key()}}, static_cast<double>(store.list(each.key()).size()));
  }
  out.single("apiserver_storage_size_bytes", "gauge", "The database file's size.",
             size_of(database));
  out.single("podrun_store_log_bytes", "gauge", "The size of the database's write-ahead log.",
             size_of(database + "-wal"));
  out.single("podrun_store_revision", "counter", "The revision of the latest write.",
             static_cast<double>(store.revision()));
  out.single("podrun_store_commits_total", "counter", "Transactions that were made durable.",
             static_cast<double>(commits.commits));
  out.single("podrun_store_commit_failures_total", "counter", "Transactions that were undone.",
             static_cast<double>(commits.failures));
  out.single("podrun_store_commit_seconds_total", "counter", "Time spent in committing.",
             commits.seconds);
}

void write_controller_metrics(api::MetricsText& out,
                              const std::map<std::string, controllers::Manager::Figures>& figures) {
  out.family("workqueue_depth", "gauge", "Keys that wait, those that are not due yet among them.");
  for (const auto& [name, each] : figures) {
    out.sample({{"name", name}}, static_cast<double>(each.depth));
  }
  out.family("workqueue_work_total", "counter", "Keys that were looked at.");
  for (const auto& [name, each] : figures) {
    out.sample({{"name", name}}, static_cast<double>(each.looks));
  }
  out.family("workqueue_retries_total", "counter", "Looks that failed and are tried again.");
  for (const auto& [name, each] : figures) {
    out.sample({{"name", name}}, static_cast<double>(each.failures));
  }
}

void write_pod_metrics(api::MetricsText& out, const std::vector<store::Object>& pods) {
  std::map<std::string, int> phases{
      {"Pending", 0}, {"Running", 0}, {"Succeeded", 0}, {"Failed", 0}, {"Unknown", 0}};
  std::map<std::string, int> states{{"running", 0}, {"exited", 0}, {"created", 0}};
  std::int64_t restarts = 0;
  for (const store::Object& pod : pods) {
    const Json status = pod.json->value("status", Json::object());
    ++phases[status.value("phase", "Unknown")];
    for (const char* list : {"containerStatuses", "initContainerStatuses"}) {
      if (status.contains(list)) count_containers(status[list], states, restarts);
    }
  }
  out.family("podrun_pods", "gauge", "Pods by phase.");
  for (const auto& [phase, count] : phases) out.sample({{"phase", phase}}, count);
  out.single("kubelet_running_pods", "gauge", "Pods that run.", phases["Running"]);
  out.family("kubelet_running_containers", "gauge", "Containers by state.");
  for (const auto& [state, count] : states) out.sample({{"container_state", state}}, count);
  out.single("podrun_container_restarts", "gauge",
             "Restarts of the containers of all pods that are there.",
             static_cast<double>(restarts));
}

void write_process_metrics(api::MetricsText& out) {
  const std::vector<std::string> stat = process_stat();
  // Counted from the third field: utime 14, stime 15, starttime 22, vsize 23, rss 24.
  constexpr std::size_t kUser = 11, kSystem = 12, kStart = 19, kVirtual = 20, kResident = 21;
  if (stat.size() <= kResident) return;
  const double ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  const auto field = [&](std::size_t at) { return std::stod(stat[at]); };
  out.single("process_cpu_seconds_total", "counter", "CPU time of the daemon.",
             (field(kUser) + field(kSystem)) / ticks);
  out.single("process_start_time_seconds", "gauge", "When the daemon started, since 1970.",
             boot_time() + field(kStart) / ticks);
  out.single("process_virtual_memory_bytes", "gauge", "Address space of the daemon.",
             field(kVirtual));
  out.single("process_resident_memory_bytes", "gauge", "Memory of the daemon.",
             field(kResident) * static_cast<double>(::sysconf(_SC_PAGESIZE)));
  out.single("process_open_fds", "gauge", "Descriptors that the daemon has open.",
             open_descriptors());
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    out.single("process_max_fds", "gauge", "Descriptors that it may have open.",
               static_cast<double>(limit.rlim_cur));
  }
}

}  // namespace podrun::daemon
