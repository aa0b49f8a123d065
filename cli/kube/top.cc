// `podrun top`: there is no metrics API; the counters of this machine's cgroups are read, twice.
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <optional>
#include <sstream>
#include <thread>
#include <tuple>

#include "base/files.h"
#include "base/quantity.h"
#include "base/text.h"
#include "cgroups/cgroup.h"
#include "cli/daemon_socket.h"
#include "cli/kube/commands.h"
#include "cli/kube/targets.h"
#include "cli/pod_list.h"
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
  std::optional<pod::SupervisorRecord> record;
  for (const pod::Roots& each : cli::roots_of_nodes(roots)) {
    if (record) break;
    record = pod::read_supervisor_record(pod::pod_folder(each, api::text_at(pod, "metadata.uid")));
  }
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

namespace {

/// What a node uses; of one that is neither this machine nor was added to it, nobody here knows.
struct NodeUse {
  Json node;
  std::string cgroup;       // of one that was added
  bool is_machine = false;  // the daemon's own: all that runs here
  std::optional<double> cores;
  std::uint64_t memory = 0;  // bytes
};

NodeUse use_of(const Session& session, const Json& node) {
  const std::string name = api::text_at(node, "metadata.name");
  const std::string folder = run_dir_of(session.arguments()) + "/nodes/" + name;
  const auto record = pod::read_supervisor_record(folder);
  utsname machine{};
  ::uname(&machine);
  NodeUse use{.node = node, .cgroup = record ? record->cgroup : "", .cores = {}};
  use.is_machine = !record && name == lowercase(machine.nodename);
  return use;
}

/// Over an interval.
void measure_nodes(std::vector<NodeUse>& nodes) {
  const cgroups::Layout layout = cgroups::detect_layout();
  std::vector<Measured> rows;
  for (const NodeUse& each : nodes) {
    const std::string name = api::text_at(each.node, "metadata.name");
    if (!each.cgroup.empty()) rows.push_back({"", name, "", each.cgroup});
  }
  const Moment begin = SystemClock().now();
  const Jiffies before = read_jiffies();
  measure(layout, rows, false);
  std::this_thread::sleep_for(kInterval);
  const Jiffies after = read_jiffies();
  measure(layout, rows, true);
  const std::chrono::duration<double> over = SystemClock().now() - begin;
  for (NodeUse& each : nodes) {
    if (each.is_machine) {
      each.cores = static_cast<double>(after.busy - before.busy) /
                   static_cast<double>(std::max<std::uint64_t>(after.all - before.all, 1)) *
                   static_cast<double>(::sysconf(_SC_NPROCESSORS_ONLN));
      each.memory = used_memory();
    }
    for (const Measured& row : rows) {
      if (each.cgroup != row.cgroup) continue;
      each.cores = static_cast<double>(row.cpu_us) / 1e6 / over.count();
      each.memory = row.memory;
    }
  }
}

double amount_of(const Json& node, const char* path) {
  return static_cast<double>(Quantity::parse(api::text_at(node, path)).milli_value()) / 1000;
}

client::Row node_row(const NodeUse& use) {
  client::Row row{api::text_at(use.node, "metadata.name")};
  if (!use.cores) {
    row.insert(row.end(), 4, "<unknown>");
    return row;
  }
  const auto memory = static_cast<double>(use.memory);
  row.insert(row.end(), {cores_text(*use.cores * 1e6, std::chrono::seconds(1)),
                         percent(*use.cores, amount_of(use.node, "status.allocatable.cpu")),
                         memory_text(use.memory),
                         percent(memory, amount_of(use.node, "status.allocatable.memory"))});
  return row;
}

}  // namespace

int top_nodes(Session& session) {
  const ResourceType& type = session.type("nodes");
  const auto& words = session.arguments().operands;
  std::vector<NodeUse> nodes;
  if (words.empty()) {
    const Json list = session.api().get(type.collection(""));
    for (const Json& node : api::at_path(list, "items")) nodes.push_back(use_of(session, node));
  } else {
    nodes.push_back(use_of(session, session.api().get(type.path("", words.front()))));
  }
  measure_nodes(nodes);
  std::vector<client::Row> table;
  if (!session.arguments().has("no-headers")) {
    table.push_back({"NAME", "CPU(cores)", "CPU(%)", "MEMORY(bytes)", "MEMORY(%)"});
  }
  for (const NodeUse& each : nodes) table.push_back(node_row(each));
  print(cli::text_table(table));
  return 0;
}

}  // namespace podrun::kube
