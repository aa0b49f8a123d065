// podrun-daemon: `podrun daemon`. A program of its own for its libraries: TLS, SQLite, YAML.
#include <sys/resource.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/go_duration.h"
#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/daemon_install.h"
#include "cli/help.h"
#include "cli/roots.h"
#include "cli/version.h"
#include "supervisor/agent/node_process.h"
#include "supervisor/daemon/daemon.h"
#include "supervisor/node/node_object.h"
#include "supervisor/pod/spawn.h"

namespace podrun::cli {
namespace {

/// Clients and pods each hold descriptors; the default soft limit is 1024.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

std::uint16_t port_of(const std::string& text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw UsageError("invalid value \"" + text + "\" for --port: a number from 0 to 65535");
  }
  return port;
}

Seconds duration_of(const Arguments& arguments, const std::string& flag,
                    Seconds least = Seconds(1)) {
  const std::string text = arguments.value(flag);
  const auto duration = std::chrono::floor<Seconds>(parse_duration(text));
  if (duration < least) {
    throw UsageError("invalid value \"" + text + "\" for --" + flag + ": at least " +
                     std::to_string(least.count()) + "s");
  }
  return duration;
}

Seconds seconds_of(const Arguments& arguments, const std::string& flag) {
  const std::string text = arguments.value(flag);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) {
    throw UsageError("invalid value \"" + text + "\" for --" + flag + ": a number from 0 on");
  }
  return Seconds(number);
}

std::size_t finished_pods_of(const std::string& text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw UsageError("invalid value \"" + text +
                     "\" for --terminated-pod-gc-threshold: a number from 0 on");
  }
  return number;
}

daemon::Options options_of(const Arguments& arguments) {
  daemon::Options options;
  options.roots = roots_of(arguments);
  options.socket = arguments.has("socket") ? absolute(arguments.value("socket"))
                                           : options.roots.run_dir + "/podrun.sock";
  options.address = arguments.value("address");
  options.port = port_of(arguments.value("port"));
  options.pod_program = pod::find_program("podrun-pod");
  options.agent_program = pod::find_program("podrun-daemon");
  options.version = version();
  options.git_version = std::string(kKubernetesVersion) + "+podrun-" + version();
  options.event_life = duration_of(arguments, "event-ttl");
  options.node_grace = duration_of(arguments, "node-monitor-grace-period", node::kShortestGrace);
  options.not_ready_toleration = seconds_of(arguments, "default-not-ready-toleration-seconds");
  options.unreachable_toleration = seconds_of(arguments, "default-unreachable-toleration-seconds");
  options.finished_pods = finished_pods_of(arguments.value("terminated-pod-gc-threshold"));
  options.allow_no_limits = arguments.has("allow-no-limits");
  return options;
}

/// The daemon's own, not for people: the agent of a node that was added, and its end.
int be_agent(const std::vector<std::string>& words) {
  const agent::NodeRecord record = agent::load(words.back());
  if (words.size() < 2 || words[1] != "--remove") {
    raise_descriptor_limit();
    return agent::run_node(record);
  }
  agent::remove_node(record);
  return 0;
}

int serve(const std::vector<std::string>& words) {
  if (!words.empty() && words.front() == "agent") return be_agent(words);
  const Arguments arguments = parse(command_table(), words);
  if (arguments.wants_help) {
    const std::string text = help_text(arguments.path);
    std::fputs(text.c_str(), stdout);
    return 0;
  }
  if (arguments.command().name == "install") return install_daemon(arguments);
  if (arguments.command().name == "uninstall") return uninstall_daemon(arguments);
  if (::geteuid() != 0) throw Error("podrun daemon needs root: containers with limits do");
  raise_descriptor_limit();
  daemon::Daemon daemon(options_of(arguments));
  std::fprintf(stderr, "podrun-daemon: serving %s; export KUBECONFIG=%s\n", daemon.url().c_str(),
               daemon.kubeconfig().c_str());
  return daemon.run();
}

}  // namespace
}  // namespace podrun::cli

int main(int argc, char** argv) {
  try {
    return podrun::cli::serve({argv + 1, argv + argc});
  } catch (const podrun::BadInput& error) {
    std::fprintf(stderr, "podrun: %s\n", error.what());
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "podrun: %s\n", error.what());
    return 1;
  }
}
