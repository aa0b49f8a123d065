#include "cli/logs.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>

#include "base/error.h"
#include "base/files.h"
#include "base/pidfd.h"
#include "cli/daemon_socket.h"
#include "cli/pod_list.h"
#include "cli/roots.h"
#include "supervisor/pod/cleanup.h"
#include "supervisor/pod/container_choice.h"
#include "supervisor/pod/log_reader.h"

namespace podrun::cli {
namespace {

std::vector<std::string> names(const std::vector<manifest::Container>& containers) {
  std::vector<std::string> found;
  found.reserve(containers.size());
  for (const auto& container : containers) found.push_back(container.name);
  return found;
}

std::string chosen_container(const manifest::Pod& pod, const std::string& wanted) {
  const auto choice = pod::choose_container(
      pod.metadata.name, {names(pod.spec.containers), names(pod.spec.init_containers)}, wanted);
  if (!choice.problem.empty()) throw BadInput(choice.problem);
  return choice.name;
}

std::optional<std::uint64_t> line_count(const std::string& text) {
  if (text.empty() || text == "-1") return std::nullopt;
  std::uint64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw UsageError("invalid value \"" + text + "\" for --tail: a number of lines");
  }
  return count;
}

pod::LogState log_state(const pod::PodStatus& status, const std::string& container) {
  for (const auto* list : {&status.container_statuses, &status.init_container_statuses}) {
    for (const pod::ContainerStatus& one : *list) {
      if (one.name != container) continue;
      const auto* waiting = std::get_if<pod::Waiting>(&one.state);
      return {waiting != nullptr, waiting != nullptr ? waiting->reason : "",
              one.last_state.has_value()};
    }
  }
  return {};
}

void refuse_api_flags(const Arguments& arguments) {
  if (const char* flag = find_api_flag(arguments); flag != nullptr) {
    throw UsageError(std::string("--") + flag + " needs `podrun daemon`",
                     arguments.has("local") ? "it is not for pods of `podrun run`"
                                            : "nobody listens at " + daemon_socket(arguments));
  }
  if (arguments.operands.empty()) {
    throw UsageError("\"podrun logs\" needs POD", "see \"podrun logs --help\"");
  }
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

const char* find_api_flag(const Arguments& arguments) {
  for (const char* flag : {"since", "since-time", "limit-bytes", "all-containers", "all-pods",
                           "prefix", "ignore-errors", "selector", "namespace"}) {
    if (arguments.has(flag)) return flag;
  }
  return nullptr;
}

bool are_logs_the_daemons(const Arguments& arguments) {
  return !arguments.has("local") && does_daemon_answer(daemon_socket(arguments));
}

int show_logs(const Arguments& arguments) {
  refuse_api_flags(arguments);
  const auto pods = list_pods(roots_of(arguments));
  const ListedPod& listed = find_pod(pods, arguments.operands.front());
  const manifest::Pod& pod = listed.pod;
  const std::string container = chosen_container(
      pod, arguments.operands.size() > 1 ? arguments.operands[1] : arguments.value("container"));
  const pod::PodPaths paths = pod::pod_paths(listed.roots, pod.metadata);
  const std::string folder = paths.logs + "/" + container;
  const auto choice =
      pod::choose_log(pod.metadata.name, container, log_state(listed.status, container),
                      pod::log_instances(folder), arguments.has("previous"));
  if (!choice.problem.empty()) throw Error(choice.problem);

  pod::LogSelection selection;
  selection.tail = line_count(arguments.value("tail"));
  pod::LogFollower log(folder + "/" + std::to_string(choice.instance) + ".log", selection);
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
