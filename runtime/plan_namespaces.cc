#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "base/error.h"
#include "runtime/plan_writer.h"
#include "runtime/sysctl.h"

namespace podrun::runtime {

namespace {

struct Kind {
  NamespaceType type;
  std::uint64_t flag;
  const char* file;  // below /proc/PID/ns
};
constexpr std::array<Kind, 7> kKinds{{
    {NamespaceType::kPid, CLONE_NEWPID, "pid"},
    {NamespaceType::kNetwork, CLONE_NEWNET, "net"},
    {NamespaceType::kMount, CLONE_NEWNS, "mnt"},
    {NamespaceType::kIpc, CLONE_NEWIPC, "ipc"},
    {NamespaceType::kUts, CLONE_NEWUTS, "uts"},
    {NamespaceType::kUser, CLONE_NEWUSER, "user"},
    {NamespaceType::kCgroup, CLONE_NEWCGROUP, "cgroup"},
}};

const Kind& kind_of(NamespaceType type) {
  for (const Kind& kind : kKinds)
    if (kind.type == type) return kind;
  throw Error("plan a namespace of an unknown type");
}

std::string map_text(const std::vector<IdMapping>& mappings) {
  std::string text;
  for (const IdMapping& map : mappings)
    text += std::to_string(map.container_id) + " " + std::to_string(map.host_id) + " " +
            std::to_string(map.size) + "\n";
  return text;
}

/// True where the calling process is not in the machine's first namespace of this type.
bool in_own_namespace(const char* file) {
  struct stat own {
  }, first{};
  const std::string name(file);
  return ::stat(("/proc/self/ns/" + name).c_str(), &own) == 0 &&
         ::stat(("/proc/1/ns/" + name).c_str(), &first) == 0 && own.st_ino != first.st_ino;
}

const Namespace* find_namespace(const Spec& spec, NamespaceType type) {
  for (const Namespace& ns : spec.linux_.namespaces)
    if (ns.type == type) return &ns;
  return nullptr;
}

void plan_user_namespace(PlanWriter& writer, const Spec& spec) {
  if (!has_user_namespace(spec)) return;
  const Linux& wanted = spec.linux_;
  if (wanted.uid_mappings.empty() || wanted.gid_mappings.empty())
    throw BadInput("a user namespace needs uid and gid mappings");
  Step& map = writer.add(StepKind::kMapIds);
  map.path = writer.copy(map_text(wanted.uid_mappings));
  map.text = writer.copy(map_text(wanted.gid_mappings));
}

void plan_hostname(PlanWriter& writer, const Spec& spec) {
  if (spec.hostname.empty()) return;
  if (find_namespace(spec, NamespaceType::kUts) == nullptr)
    throw BadInput("hostname \"" + spec.hostname + "\" needs a uts namespace of its own");
  if (spec.hostname.size() > 64)
    throw BadInput("hostname \"" + spec.hostname + "\" is longer than 64 characters");
  Step& step = writer.add(StepKind::kHostname);
  step.text = writer.copy(spec.hostname);
  step.a = spec.hostname.size();
}

void plan_sysctls(PlanWriter& writer, const Spec& spec) {
  for (const auto& [name, value] : spec.linux_.sysctl) {
    const auto type = sysctl_namespace(name);
    if (!type)
      throw BadInput("sysctl \"" + name +
                     "\" is not namespaced: it would change the whole machine");
    if (find_namespace(spec, *type) == nullptr && !in_own_namespace(kind_of(*type).file))
      throw BadInput("sysctl \"" + name + "\" needs a " + kind_of(*type).file +
                     " namespace that is not the machine's");
    Step& step = writer.add(StepKind::kSysctl);
    step.path = writer.copy("/proc/sys/" + sysctl_path(name));
    step.text = writer.copy(value);
  }
}

/// A namespace with a path: the cloner enters a pid namespace, the child the others.
void plan_joined(PlanWriter& writer, const Namespace& ns, const Kind& kind,
                 std::vector<Step>& joins) {
  if (ns.type == NamespaceType::kUser)
    throw BadInput("joining a user namespace by path (" + ns.path + ") is not supported");
  if (ns.type == NamespaceType::kMount)
    throw BadInput("joining a mount namespace by path (" + ns.path + ") is not supported");
  const int fd = writer.hold(open_path(ns.path, O_RDONLY));
  if (ns.type == NamespaceType::kPid) {
    writer.pid_namespace_fd = fd;
    writer.hide = true;  // the others in there could look into the child before its execve
    return;
  }
  Step join{StepKind::kJoin};
  join.fd = fd;
  join.a = kind.flag;
  join.path = writer.copy(ns.path);
  joins.push_back(join);
}

void plan_oom_score(PlanWriter& writer, const Process& process) {
  if (!process.oom_score_adj) return;
  Step& step = writer.add(StepKind::kOomScore);
  step.path = "/proc/self/oom_score_adj";
  step.text = writer.copy(std::to_string(*process.oom_score_adj));
}

}  // namespace

void plan_namespaces(PlanWriter& writer, const Spec& spec) {
  writer.add(StepKind::kClone);
  plan_user_namespace(writer, spec);
  plan_entrances(writer);
  std::uint64_t unshare = 0;
  std::vector<Step> joins;
  for (const Namespace& ns : spec.linux_.namespaces) {
    const Kind& kind = kind_of(ns.type);
    if (!ns.path.empty()) {
      plan_joined(writer, ns, kind, joins);
    } else if (ns.type == NamespaceType::kCgroup) {
      // Not with the clone: the root of a new cgroup namespace is the cloner's cgroup.
      unshare |= kind.flag;
    } else {
      writer.clone_flags |= kind.flag;
    }
  }
  if ((writer.clone_flags & CLONE_NEWNS) == 0)
    throw BadInput("a container needs a mount namespace of its own");
  // Before the child becomes another user: joining needs the caller's rights, and its own file in
  // /proc is its parent's user's.
  if (writer.hide) writer.add(StepKind::kHide);
  for (const Step& join : joins) writer.add(StepKind::kJoin) = join;
  plan_oom_score(writer, spec.process);
  if (has_user_namespace(spec)) writer.add(StepKind::kAwaitMaps);
  if (unshare != 0) writer.add(StepKind::kUnshare).a = unshare;
  plan_hostname(writer, spec);
  plan_sysctls(writer, spec);
}

void plan_join(PlanWriter& writer, const Spec& container, const podrun::Process& first,
               const Process& process) {
  writer.add(StepKind::kClone);
  plan_entrances(writer);
  writer.add(StepKind::kHide);
  plan_oom_score(writer, process);  // while there is still our own /proc
  writer.hide = true;
  std::uint64_t types = 0;
  for (const Namespace& ns : container.linux_.namespaces) types |= kind_of(ns.type).flag;
  const int pidfd = writer.hold(Fd(::fcntl(first.pidfd(), F_DUPFD_CLOEXEC, 0)));
  if (pidfd < 0) throw_errno("hold process " + std::to_string(first.pid()));
  if ((types & CLONE_NEWPID) != 0) writer.pid_namespace_fd = pidfd;
  Step& join = writer.add(StepKind::kJoin);
  join.fd = pidfd;
  join.a = types & ~static_cast<std::uint64_t>(CLONE_NEWPID);
  join.path = writer.copy("of process " + std::to_string(first.pid()));
}

}  // namespace podrun::runtime
