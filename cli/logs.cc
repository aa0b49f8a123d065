#include "cli/logs.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

#include "base/error.h"
#include "base/files.h"
#include "base/pidfd.h"
#include "cli/pod_list.h"
#include "cli/roots.h"
#include "supervisor/pod/cleanup.h"
#include "supervisor/pod/log_reader.h"

namespace podrun::cli {
namespace {

std::vector<std::string> container_names(const manifest::PodSpec& spec) {
  std::vector<std::string> names;
  for (const auto& container : spec.containers) names.push_back(container.name);
  for (const auto& container : spec.init_containers) names.push_back(container.name);
  return names;
}

/// The container that is meant; without --container the pod must have one alone.
std::string chosen_container(const manifest::Pod& pod, const std::string& wanted) {
  const auto names = container_names(pod.spec);
  if (wanted.empty() && names.size() == 1) return names.front();
  if (std::find(names.begin(), names.end(), wanted) != names.end()) return wanted;
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : " ") + name;
  if (wanted.empty()) {
    throw BadInput("a container name must be specified for pod " + pod.metadata.name +
                   ", choose one of: [" + all + "]");
  }
  throw BadInput("container " + wanted + " is not valid for pod " + pod.metadata.name,
                 "it has [" + all + "]");
}

std::optional<std::uint64_t> line_count(const std::string& text) {
  if (text.empty()) return std::nullopt;
  std::uint64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw UsageError("invalid value \"" + text + "\" for --tail: a number of lines");
  }
  return count;
}

/// The restart number whose log is meant.
int chosen_instance(const std::string& folder, bool previous, const std::string& container,
                    const std::string& pod) {
  const auto instances = pod::log_instances(folder);
  const std::size_t back = previous ? 2 : 1;
  if (instances.size() < back) {
    throw Error(
        previous
            ? "previous terminated container \"" + container + "\" in pod \"" + pod + "\" not found"
            : "container \"" + container + "\" in pod \"" + pod + "\" has written nothing yet");
  }
  return instances[instances.size() - back];
}

/// Prints until the pod's supervisor has ended.
void follow(pod::LogFollower& log, pod::LogPrinter& printer, pid_t supervisor) {
  const Process process = Process::open(supervisor);
  while (true) {
    pollfd entries[] = {{.fd = log.event_fd(), .events = POLLIN, .revents = 0},
                        {.fd = process.pidfd(), .events = POLLIN, .revents = 0}};
    if (::poll(entries, 2, -1) < 0 && errno != EINTR) throw_errno("wait for more of the log");
    const bool over = entries[1].revents != 0;
    while (log.read([&](const pod::CriLine& line) { printer.print(line); })) {
    }
    if (over) return;
  }
}

}  // namespace

int show_logs(const Arguments& arguments) {
  const pod::Roots roots = roots_of(arguments);
  const auto pods = list_pods(roots);
  const manifest::Pod& pod = find_pod(pods, arguments.operands.front()).pod;
  const std::string container = chosen_container(pod, arguments.value("container"));
  const pod::PodPaths paths = pod::pod_paths(roots, pod.metadata);
  const std::string folder = paths.logs + "/" + container;
  const int instance =
      chosen_instance(folder, arguments.has("previous"), container, pod.metadata.name);

  pod::LogSelection selection;
  selection.tail = line_count(arguments.value("tail"));
  pod::LogFollower log(folder + "/" + std::to_string(instance) + ".log", selection);
  pod::LogPrinter printer({.timestamps = arguments.has("timestamps"), .limit_bytes = std::nullopt},
                          [](pod::LogStream stream, std::string_view bytes) {
                            write_all(
                                stream == pod::LogStream::kStdout ? STDOUT_FILENO : STDERR_FILENO,
                                bytes, "the log's output");
                          });
  while (log.read([&](const pod::CriLine& line) { printer.print(line); })) {
  }
  const auto record = pod::read_supervisor_record(paths.run);
  if (arguments.has("follow") && record) follow(log, printer, record->pid);
  return 0;
}

}  // namespace podrun::cli
