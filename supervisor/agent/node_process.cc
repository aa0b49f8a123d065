#include "supervisor/agent/node_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <cerrno>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/fd.h"
#include "base/files.h"
#include "base/text.h"
#include "cgroups/cgroup.h"
#include "supervisor/daemon/asio_reactor.h"
#include "supervisor/node/agent.h"
#include "supervisor/pod/cleanup.h"
#include "supervisor/pod/process_identity.h"
#include "supervisor/pod/spawn.h"
#include "supervisor/remote/remote_client.h"

namespace podrun::agent {
namespace {

constexpr std::int64_t kCpuPeriod = 100'000;  // microseconds, as cgroups::CpuMax has it
/// For the end of a pod's supervisor when its node is removed.
constexpr Seconds kSupervisorPatience{2};
constexpr useconds_t kLockPause = 5'000;  // microseconds

void log(const std::string& text) {
  std::fprintf(stderr, "podrun-agent: %s\n", text.c_str());
  std::fflush(stderr);
}

/// Images are the machine's: every node finds what was imported once, and has its own writable
/// layers.
void make_folders(const NodeRecord& record) {
  make_dirs(record.roots().data_dir + "/snapshots", 0700);
  make_dirs(record.roots().log_dir, 0755);
  make_dirs(record.machine.data_dir + "/images", 0755);
  const std::string link = record.roots().data_dir + "/images";
  if (::symlink("../../images", link.c_str()) != 0 && errno != EEXIST) {
    throw_errno("make " + link);
  }
}

cgroups::Limits limits_of(const pod::NodePlace& place) {
  cgroups::Limits limits;
  if (place.cpus > 0) limits.cpu_max = cgroups::CpuMax{place.cpus * kCpuPeriod};
  if (place.memory_bytes > 0) limits.memory_max = place.memory_bytes;
  return limits;
}

/// After a reboot it is made again; it stays when the agent ends.
void make_cgroup(const NodeRecord& record) {
  const cgroups::Layout layout = cgroups::detect_layout();
  cgroups::Cgroup cgroup = cgroups::Cgroup::complete(layout, record.place.cgroup);
  const cgroups::Limits limits = limits_of(record.place);
  if (!cgroups::Cgroup::unenforceable(layout, limits).empty() && record.allow_no_limits) {
    log("this machine cannot hold the node's limits");
  } else {
    cgroup.apply(limits);
  }
}

node::AgentOptions agent_options(const NodeRecord& record) {
  node::AgentOptions options;
  options.roots = record.roots();
  options.place = record.place;
  options.labels = record.labels;
  options.program = pod::find_program("podrun-pod");
  options.version = record.version;
  options.allow_no_limits = record.allow_no_limits;
  options.renewal = record.renewal;
  options.log = log;
  return options;
}

/// A node agent on a loop of its own, with an API that comes and goes.
class NodeProcess {
 public:
  explicit NodeProcess(const NodeRecord& record)
      : record_(record),
        client_(
            record.socket,
            {{"pods", "spec.nodeName=" + record.place.name},
             {"nodes", "metadata.name=" + record.place.name},
             {"configmaps", ""},
             {"secrets", ""},
             {"serviceaccounts", ""}},
            reactor_, clock_,
            {[this](const store::ObjectKey& key) { on_change(key); }, [this] { on_sync(); }, log}),
        agent_(with_tokens(agent_options(record)), client_, reactor_, clock_),
        run_dir_(reactor_,
                 [this](const std::string& /*folder*/) { client_.cut(is_partitioned(record_)); }) {}

  int run() {
    signals_.async_wait([this](boost::system::error_code error, int) {
      if (!error) io_.stop();
    });
    run_dir_.add(record_.place.name, record_.roots().run_dir);
    client_.cut(is_partitioned(record_));
    client_.start();
    io_.run();
    return 0;
  }

 private:
  node::AgentOptions with_tokens(node::AgentOptions options) {
    options.issue_token = [this](const api::TokenOrder& order) { return client_.issue(order); };
    return options;
  }

  /// Before the first sync there is nothing to compare with: all is looked at then.
  void on_change(const store::ObjectKey& key) {
    if (!started_) return;
    if (key.resource == "pods") {
      agent_.pod_changed(key.namespace_, key.name);
    } else if (key.resource != "nodes") {
      agent_.config_changed(key.namespace_);
    }
  }

  void on_sync() {
    if (std::exchange(started_, true)) return agent_.resync();
    log("node " + record_.place.name + " is connected to the API");
    agent_.start();
  }

  const NodeRecord& record_;
  boost::asio::io_context io_{1};
  SystemClock clock_;
  daemon::AsioReactor reactor_{io_};
  boost::asio::signal_set signals_{io_, SIGTERM, SIGINT};
  bool started_ = false;
  remote::RemoteClient client_;
  node::NodeAgent agent_;
  node::FolderWatch run_dir_;
};

std::pair<Fd, Fd> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw_errno("make a pipe");
  return {Fd(ends[0]), Fd(ends[1])};
}

/// Its containers go with the cgroup, which the clean-up kills. Until its end, or for so long: one
/// that has just begun is known by nothing but the lock, and would make anew what is removed.
bool end_supervisor(const std::string& folder) {
  const SystemClock clock;
  const Moment deadline = clock.now() + kSupervisorPatience;
  while (true) {
    if (const auto record = pod::read_supervisor_record(folder)) {
      if (!pod::is_alive(*record)) return true;
      ::kill(record->pid, SIGKILL);
    }
    if (pod::PodFolderLock::try_lock(folder).valid()) return true;
    if (::access(folder.c_str(), F_OK) != 0) return true;
    if (clock.now() >= deadline) return false;
    ::usleep(kLockPause);
  }
}

/// What could not be ended or removed, and why.
std::vector<std::string> remove_pods(const pod::Roots& roots) {
  const cgroups::Layout layout = cgroups::detect_layout();
  std::vector<std::string> problems;
  for (const std::string& uid : pod::pods_in(roots)) {
    if (!end_supervisor(pod::pod_folder(roots, uid))) {
      problems.push_back("the supervisor of pod " + uid + " does not end");
      continue;
    }
    const auto of_pod = pod::clean_up_pod(roots, layout, uid, false).problems;
    problems.insert(problems.end(), of_pod.begin(), of_pod.end());
  }
  return problems;
}

void remove_cgroup(const std::string& path) {
  auto cgroup = cgroups::Cgroup::find(cgroups::detect_layout(), path);
  if (!cgroup) return;
  cgroup->kill();
  cgroup->wait_empty(std::chrono::seconds(5));
  cgroup->remove();
}

}  // namespace

int run_node(const NodeRecord& record) {
  ::prctl(PR_SET_NAME, "podrun-agent");
  ::signal(SIGPIPE, SIG_IGN);
  const pod::Roots roots = record.roots();
  make_dirs(roots.run_dir, 0700);
  const pod::PodFolderLock lock = pod::PodFolderLock::try_lock(roots.run_dir);
  if (!lock.valid()) throw Error("another process is the agent of node " + record.place.name);
  // It may have been told to go, and be gone, while this process began.
  if (load(record.file()).removing) throw Error("node " + record.place.name + " is being removed");
  make_folders(record);
  make_cgroup(record);
  auto [known, tell_known] = make_pipe();
  const pid_t child = ::fork();
  if (child < 0) throw_errno("fork the agent of node " + record.place.name);
  if (child > 0) {
    tell_known.reset();
    read_all(known.get());
    return 0;
  }
  replace_file(roots.run_dir + "/supervisor.json", pod::supervisor_json(record.place.cgroup), 0600);
  tell_known.reset();
  return NodeProcess(record).run();
}

void remove_node(const NodeRecord& record) {
  const pod::Roots roots = record.roots();
  make_dirs(roots.run_dir, 0700);
  // The daemon may have been replaced, and the next one have begun the same.
  const pod::PodFolderLock lock = pod::PodFolderLock::try_lock(roots.run_dir);
  if (!lock.valid()) throw Error("another process holds node " + record.place.name);
  if (const auto problems = remove_pods(roots); !problems.empty()) {
    throw Error("remove the pods of node " + record.place.name + ": " + joined(problems, "; "));
  }
  remove_cgroup(record.place.cgroup);
  ::unlink((roots.data_dir + "/images").c_str());
  for (const char* name : {"/pods", "/snapshots"}) remove_tree(roots.data_dir + name);
  remove_tree(roots.log_dir);
  remove_tree(roots.run_dir);
}

}  // namespace podrun::agent
