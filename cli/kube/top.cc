// `podrun top`: there is no metrics API; the counters of this machine's cgroups are read, twice.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <sstream>
#include <thread>
#include <tuple>

#include "base/files.h"
#include "base/quantity.h"
#include "cgroups/cgroup.h"
#include "cli/daemon_socket.h"
#include "cli/kube/commands.h"
#include "cli/kube/targets.h"
#include "cli/text_table.h"
#include "supervisor/api/json_path.h"
#include "supervisor/client/columns.h"
#include "supervisor/pod/cleanup.h"

namespace podrun::kube {
namespace {

constexpr auto kInterval = std::chrono::seconds(1);
constexpr std::uint64_t kMebi = 1u << 20;

/// A row that is being measured.
struct Measured {
  std::string space, pod, container;  // container: "" for the pod
  std::string cgroup;
  std::uint64_t cpu_us = 0;  // at the start, then per interval
  std::uint64_t memory = 0;  // bytes
};

std::string run_dir_of(const Arguments& arguments) {
  if (arguments.has("run-dir")) return arguments.value("run-dir");
  return std::filesystem::path(cli::daemon_socket(arguments)).parent_path();
}

/// "kubia.1" is the second instance of kubia: container names have no dots.
std::string container_of(const std::string& cgroup) {
  const std::string name = cgroup.substr(cgroup.rfind('/') + 1);
  return name.substr(0, name.find('.'));
}

std::vector<Measured> rows_of(const Session& session, const cgroups::Layout& layout,
                              const Json& pod) {
  pod::Roots roots;
  roots.run_dir = run_dir_of(session.arguments());
  const auto record =
      pod::read_supervisor_record(pod::pod_folder(roots, api::text_at(pod, "metadata.uid")));
  if (!record) return {};  // not running
  const Measured whole{api::text_at(pod, "metadata.namespace"), api::text_at(pod, "metadata.name"),
                       "", record->cgroup};
  if (!session.arguments().has("containers")) return {whole};
  std::vector<Measured> rows;
  for (const std::string& path : cgroups::list_children(layout, record->cgroup)) {
    rows.push_back(whole);
    rows.back().container = container_of(path);
    rows.back().cgroup = path;
  }
  return rows;
}

/// Measures once; rows whose cgroup has gone go as well.
void measure(const cgroups::Layout& layout, std::vector<Measured>& rows, bool again) {
  std::erase_if(rows, [&](Measured& row) {
    try {
      const cgroups::Stats stats = cgroups::Cgroup::open(layout, row.cgroup).stats();
      row.cpu_us = stats.cpu_usage_us - (again ? row.cpu_us : 0);
      row.memory = stats.memory_current;
      return false;
    } catch (const Error&) {
      return true;
    }
  });
}

/// Instances of a container are one: the next one's cgroup is there before the last one's goes.
std::vector<Measured> united(const std::vector<Measured>& rows) {
  std::vector<Measured> out;
  for (const Measured& row : rows) {
    const auto same = std::find_if(out.begin(), out.end(), [&](const Measured& other) {
      return std::tie(other.space, other.pod, other.container) ==
             std::tie(row.space, row.pod, row.container);
    });
    if (same == out.end()) {
      out.push_back(row);
    } else {
      same->cpu_us += row.cpu_us;
      same->memory += row.memory;
    }
  }
  return out;
}

std::string cores_text(double microseconds, std::chrono::duration<double> over) {
  return std::to_string(std::lround(microseconds / over.count() / 1000)) + "m";
}

std::string memory_text(std::uint64_t bytes) { return std::to_string(bytes / kMebi) + "Mi"; }

void order(std::vector<Measured>& rows, const std::string& by) {
  if (!by.empty() && by != "cpu" && by != "memory") {
    throw UsageError("--sort-by accepts only cpu or memory");
  }
  std::stable_sort(rows.begin(), rows.end(), [&](const Measured& a, const Measured& b) {
    if (by == "cpu") return a.cpu_us > b.cpu_us;
    if (by == "memory") return a.memory > b.memory;
    return std::tie(a.space, a.pod, a.container) < std::tie(b.space, b.pod, b.container);
  });
}

std::string usage_text(const Session& session, const std::vector<Measured>& rows,
                       Nanoseconds over) {
  const Arguments& arguments = session.arguments();
  const bool containers = arguments.has("containers"), spaces = session.space().empty();
  std::vector<client::Row> table;
  if (!arguments.has("no-headers")) {
    table.push_back(containers ? client::Row{"POD", "NAME", "CPU(cores)", "MEMORY(bytes)"}
                               : client::Row{"NAME", "CPU(cores)", "MEMORY(bytes)"});
    if (spaces) table.back().insert(table.back().begin(), "NAMESPACE");
  }
  for (const Measured& row : rows) {
    client::Row cells{row.pod};
    if (containers) cells.push_back(row.container);
    cells.push_back(cores_text(static_cast<double>(row.cpu_us), over));
    cells.push_back(memory_text(row.memory));
    if (spaces) cells.insert(cells.begin(), row.space);
    table.push_back(std::move(cells));
  }
  return cli::text_table(table);
}

std::vector<Json> wanted_pods(Session& session) {
  const Arguments& arguments = session.arguments();
  const ResourceType& pods = session.type("pods");
  if (!arguments.operands.empty()) {
    return {fetch(session, named_target(session, arguments.operands.front()))};
  }
  const Json list = session.api().get(pods.collection(session.space()), selector_query(arguments));
  return api::at_path(list, "items").get<std::vector<Json>>();
}

/// Jiffies in which a processor did something, and all of them.
struct Jiffies {
  std::uint64_t busy = 0, all = 0;
};

Jiffies read_jiffies() {
  std::istringstream in(read_file("/proc/stat"));
  std::string word;
  in >> word;  // "cpu"
  Jiffies jiffies;
  std::uint64_t value = 0;
  // user, nice, system, idle, iowait, irq, softirq, steal: the rest is part of the first two
  for (int field = 0; field < 8 && in >> value; ++field) {
    jiffies.all += value;
    if (field != 3 && field != 4) jiffies.busy += value;
  }
  return jiffies;
}

std::uint64_t used_memory() {
  std::istringstream in(read_file("/proc/meminfo"));
  std::uint64_t total = 0, available = 0;
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string name;
    std::uint64_t kibi = 0;
    words >> name >> kibi;
    if (name == "MemTotal:") total = kibi << 10;
    if (name == "MemAvailable:") available = kibi << 10;
  }
  return total - available;
}

std::string percent(double part, double whole) {
  return whole <= 0 ? "<unknown>" : std::to_string(static_cast<int>(part / whole * 100)) + "%";
}

}  // namespace

int top_pods(Session& session) {
  const Arguments& arguments = session.arguments();
  const cgroups::Layout layout = cgroups::detect_layout();
  std::vector<Measured> rows;
  for (const Json& pod : wanted_pods(session)) {
    for (Measured& row : rows_of(session, layout, pod)) rows.push_back(std::move(row));
  }
  const Moment begin = SystemClock().now();
  measure(layout, rows, false);
  if (!rows.empty()) std::this_thread::sleep_for(kInterval);
  measure(layout, rows, true);
  const Nanoseconds over = SystemClock().now() - begin;
  rows = united(rows);
  order(rows, arguments.value("sort-by"));
  if (rows.empty()) {
    tell_nothing_found(session);
    return 0;
  }
  print(usage_text(session, rows, over));
  return 0;
}

int top_nodes(Session& session) {
  const ResourceType& type = session.type("nodes");
  const auto& words = session.arguments().operands;
  const Json list = session.api().get(type.collection(""));
  Json node = words.empty() ? api::at_path(list, "items").at(0)
                            : session.api().get(type.path("", words.front()));
  const Jiffies before = read_jiffies();
  std::this_thread::sleep_for(kInterval);
  const Jiffies after = read_jiffies();
  const double cores =
      static_cast<double>(
          Quantity::parse(api::text_at(node, "status.capacity.cpu")).milli_value()) /
      1000;
  const double busy = static_cast<double>(after.busy - before.busy) /
                      static_cast<double>(std::max<std::uint64_t>(after.all - before.all, 1)) *
                      cores;
  const std::uint64_t memory = used_memory();
  const auto whole = Quantity::parse(api::text_at(node, "status.allocatable.memory")).value();
  std::vector<client::Row> table;
  if (!session.arguments().has("no-headers")) {
    table.push_back({"NAME", "CPU(cores)", "CPU(%)", "MEMORY(bytes)", "MEMORY(%)"});
  }
  table.push_back({api::text_at(node, "metadata.name"), cores_text(busy * 1e6, kInterval),
                   percent(busy, cores), memory_text(memory),
                   percent(static_cast<double>(memory), static_cast<double>(whole))});
  print(cli::text_table(table));
  return 0;
}

}  // namespace podrun::kube
