// podrun-pod: the supervisor of one pod. Started by `podrun run` or the daemon; its files are
// described in docs/run-dir.md.
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "runtime/namespaces.h"
#include "supervisor/manifest/json.h"
#include "supervisor/pod/context.h"
#include "supervisor/pod/host_address.h"
#include "supervisor/pod/pod_cgroup.h"
#include "supervisor/pod/pod_supervisor.h"
#include "supervisor/pod/process_identity.h"
#include "supervisor/pod/starter.h"

namespace podrun::pod {
namespace {

constexpr const char* kUsage =
    "usage: podrun-pod --uid UID [--data-dir DIR] [--run-dir DIR] [--log-dir DIR] "
    "[--allow-no-limits]\n"
    "                  [--node-name NAME --node-cgroup PATH --node-cpus N --node-memory BYTES]\n"
    "                  [--control-fd N [--await-start] | --control-socket N --lock-fd N]\n"
    "The supervisor of one pod, started by `podrun run` or by the daemon. It reads\n"
    "RUN-DIR/pods/UID/pod.json.\n";

struct CommandLine {
  Options options;
  std::string uid;
  ControlFds control;
  bool await_start = false;
};

template <typename Number = int>
Number parse_number(std::string_view name, std::string_view text) {
  Number value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw BadInput(std::string(name) + ": not a number: " + std::string(text));
  }
  return value;
}

CommandLine parse(const std::vector<std::string_view>& words) {
  CommandLine line;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i];
    if (word == "--allow-no-limits") {
      line.options.allow_no_limits = true;
      continue;
    }
    if (word == "--await-start") {
      line.await_start = true;
      continue;
    }
    if (i + 1 == words.size())
      throw BadInput("unknown flag or missing value: " + std::string(word));
    const std::string_view value = words[++i];
    if (word == "--uid") {
      line.uid = value;
    } else if (word == "--data-dir") {
      line.options.roots.data_dir = value;
    } else if (word == "--run-dir") {
      line.options.roots.run_dir = value;
    } else if (word == "--log-dir") {
      line.options.roots.log_dir = value;
    } else if (word == "--node-name") {
      line.options.place.name = value;
    } else if (word == "--node-cgroup") {
      line.options.place.cgroup = value;
    } else if (word == "--node-cpus") {
      line.options.place.cpus = parse_number<std::int64_t>(word, value);
    } else if (word == "--node-memory") {
      line.options.place.memory_bytes = parse_number<std::int64_t>(word, value);
    } else if (word == "--control-fd") {
      line.control.pipe = parse_number(word, value);
    } else if (word == "--control-socket") {
      line.control.socket = parse_number(word, value);
      line.options.under_daemon = true;
    } else if (word == "--lock-fd") {
      // Held until this process ends, whatever way that comes about; for nobody after it.
      ::fcntl(parse_number(word, value), F_SETFD, FD_CLOEXEC);
    } else {
      throw BadInput("unknown flag: " + std::string(word));
    }
  }
  // Tests make the birth steps fail one by one.
  if (const char* step = std::getenv("PODRUN_INJECT_BIRTH_FAULT")) {
    line.options.inject_birth_fault = parse_number("PODRUN_INJECT_BIRTH_FAULT", step);
  }
  if (line.uid.empty() || line.uid.find('/') != std::string::npos)
    throw BadInput("--uid is missing or not a uid");
  return line;
}

bool asks_for_host_ip(const std::vector<manifest::Container>& containers) {
  const auto asks = [](const manifest::EnvVar& variable) {
    const auto* field = variable.value_from
                            ? std::get_if<manifest::ObjectFieldSelector>(&*variable.value_from)
                            : nullptr;
    return field != nullptr && field->field_path.rfind("status.hostIP", 0) == 0;
  };
  return std::any_of(containers.begin(), containers.end(), [&](const auto& container) {
    return std::any_of(container.env.begin(), container.env.end(), asks);
  });
}

std::string machine_name() {
  utsname names{};
  return ::uname(&names) == 0 ? names.nodename : "";
}

NodeFacts node_facts(const NodePlace& place, const manifest::PodSpec& spec) {
  NodeFacts facts;
  facts.node_name = place.name.empty() ? machine_name() : place.name;
  if (asks_for_host_ip(spec.init_containers) || asks_for_host_ip(spec.containers))
    facts.host_ip = host_address();
  facts.cpus = place.cpus > 0 ? place.cpus : ::sysconf(_SC_NPROCESSORS_ONLN);
  facts.memory_bytes = place.memory_bytes > 0 ? place.memory_bytes
                                              : ::sysconf(_SC_PHYS_PAGES) * ::sysconf(_SC_PAGESIZE);
  return facts;
}

void remove_pod_files(const PodPaths& paths) {
  remove_tree(paths.data);
  for (const char* name : {"/termination", "/volumes"}) remove_tree(paths.run + name);
}

/// What is found or begun before the pod is known.
struct Ahead {
  const cgroups::Layout& layout;
  const runtime::Birthplace& births;
  Starter& starter;
};

int run_pod(const CommandLine& line, manifest::Pod& pod, const PodPaths& paths,
            const Ahead& ahead) {
  const NodeFacts node = node_facts(line.options.place, pod.spec);
  const std::string hostname = pod.spec.host_network ? machine_name() : pod_hostname(pod);
  const std::string cgroup = pod_cgroup_path(pod, line.options.place.cgroup);
  replace_file(paths.supervisor(), supervisor_json(cgroup));

  const SystemClock clock;
  Loop loop(clock);
  Reaper reaper(loop);
  EventLog events(paths.events(), pod.metadata, node.node_name, clock);
  Volumes volumes(pod, paths, node);
  const images::Store images(line.options.roots.data_dir);
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  Context context{line.options, clock,    ahead.layout, pod,           paths,
                  node,         hostname, images,       loop,          reaper,
                  events,       volumes,  ahead.births, ahead.starter, {}};
  return PodSupervisor(context, line.control).run();
}

int supervise(const CommandLine& line) {
  Starter starter(line.control.pipe, line.await_start);
  enter_mount_sandbox();
  const cgroups::Layout layout = pod_layout(line.options.under_daemon);
  const auto births = runtime::Birthplace::without_cgroup();
  if (line.await_start && !starter.wait_for_start()) return 0;
  const std::string run = line.options.roots.run_dir + "/pods/" + line.uid;
  manifest::Pod pod =
      manifest::pod_from_json(nlohmann::ordered_json::parse(read_file(run + "/pod.json")));
  const PodPaths paths = pod_paths(line.options.roots, pod.metadata);
  const int code = run_pod(line, pod, paths, {layout, births, starter});
  remove_pod_files(paths);
  return code;
}

}  // namespace
}  // namespace podrun::pod

int main(int argc, char** argv) {
  const std::vector<std::string_view> words(argv + 1, argv + argc);
  if (words.empty() || words[0] == "--help") {
    std::fputs(podrun::pod::kUsage, words.empty() ? stderr : stdout);
    return words.empty() ? 2 : 0;
  }
  try {
    return podrun::pod::supervise(podrun::pod::parse(words));
  } catch (const podrun::BadInput& error) {
    std::fprintf(stderr, "podrun-pod: %s\n", error.what());
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "podrun-pod: %s\n", error.what());
    return 1;
  }
}
