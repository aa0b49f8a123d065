#include <fcntl.h>
#include <linux/filter.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string_view>

#include "base/error.h"
#include "runtime/plan_writer.h"
#include "runtime/rlimits.h"
#include "runtime/seccomp.h"

namespace podrun::runtime {

namespace {

constexpr uid_t kNobody = 65534;

void refuse_null(const std::string& text, const char* what) {
  if (text.find('\0') != std::string::npos)
    throw BadInput(std::string(what) + " contains a null character");
}

char* const* copy_strings(PlanWriter& writer, const std::vector<std::string>& strings,
                          const char* what) {
  std::vector<const char*> pointers;
  for (const std::string& text : strings) {
    refuse_null(text, what);
    pointers.push_back(writer.copy(text));
  }
  pointers.push_back(nullptr);
  return const_cast<char* const*>(writer.arena().copy_array(pointers.data(), pointers.size()));
}

std::vector<std::string> search_path(const Process& process) {
  const std::string& name = process.args[0];
  if (name.find('/') != std::string::npos) return {name};
  std::string_view path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  for (const std::string& variable : process.env)
    if (variable.rfind("PATH=", 0) == 0) path = std::string_view(variable).substr(5);
  std::vector<std::string> candidates;
  while (!path.empty()) {
    const auto colon = path.find(':');
    const std::string_view folder = path.substr(0, colon);
    path = colon == std::string_view::npos ? "" : path.substr(colon + 1);
    // An empty or relative word means the working folder to a shell; engines leave those out.
    if (!folder.empty() && folder[0] == '/') candidates.push_back(std::string(folder) + "/" + name);
  }
  return candidates;
}

int hold_copy(PlanWriter& writer, int fd) {
  Fd copy(::fcntl(fd, F_DUPFD_CLOEXEC, 3));
  if (!copy) throw_errno("hold a standard descriptor of the new process");
  return writer.hold(std::move(copy));
}

void plan_stdio(PlanWriter& writer, const Stdio& stdio, uid_t user) {
  const int given[3] = {stdio.in, stdio.out, stdio.err};
  int fds[3];
  Step& step = writer.add(StepKind::kStdio);
  int null = -1;
  for (int i = 0; i < 3; ++i) {
    if (given[i] >= 0) {
      fds[i] = hold_copy(writer, given[i]);
      struct stat info {};
      if (user != 0 && ::fstat(given[i], &info) == 0 && S_ISFIFO(info.st_mode))
        step.a |= std::uint64_t{1} << i;
    } else {
      if (null < 0) null = hold_copy(writer, open_path("/dev/null", O_RDWR).get());
      fds[i] = null;
    }
  }
  step.b = user;
  step.data = writer.arena().copy_array(fds, 3);
}

void plan_terminal(PlanWriter& writer, uid_t user) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0)
    throw_errno("make a socket for the terminal");
  writer.terminal_socket = Fd(ends[0]);
  Step& step = writer.add(StepKind::kTerminal);
  step.fd = writer.hold(Fd(ends[1]));
  step.b = user;
  // The container's first process has its terminal as the console, too.
  step.a = writer.pid_namespace_fd < 0 && (writer.clone_flags & CLONE_NEWNS) != 0 ? 1 : 0;
}

void plan_rlimits(PlanWriter& writer, const std::vector<Rlimit>& limits) {
  for (const Rlimit& limit : limits) {
    const auto number = rlimit_number(limit.type);
    if (!number) throw BadInput("unknown resource limit \"" + limit.type + "\"");
    if (limit.soft > limit.hard)
      throw BadInput(limit.type + ": the soft limit is above the hard limit");
    Step& step = writer.add(StepKind::kRlimit);
    step.a = static_cast<std::uint64_t>(*number);
    step.text = writer.copy(limit.type);
    step.data = writer.arena().make<RlimitPlan>(RlimitPlan{limit.soft, limit.hard});
  }
}

void plan_seccomp(PlanWriter& writer, const SeccompProgram& program) {
  if (program.empty()) return;
  constexpr std::size_t kInstruction = sizeof(sock_filter);
  if (program.size() % kInstruction != 0 || program.size() / kInstruction > BPF_MAXINSNS)
    throw BadInput("the seccomp program is not an array of instructions");
  Step& step = writer.add(StepKind::kSeccomp);
  step.a = program.size() / kInstruction;
  step.data = writer.arena().copy_bytes(program.data(), program.size(), alignof(sock_filter));
}

struct Masks {
  CapabilityMask bounding, ambient;
  CapabilityPlan sets;
};

Masks capability_masks(PlanWriter& writer, const Capabilities& wanted, bool in_user_namespace) {
  Masks masks{capability_mask(wanted.bounding),
              capability_mask(wanted.ambient),
              {capability_mask(wanted.effective), capability_mask(wanted.permitted),
               capability_mask(wanted.inheritable)}};
  // A user namespace gives all of them to its first process; elsewhere we cannot give what we lack.
  const CapabilityMask all = ~CapabilityMask{0} >> (63 - writer.supervisor().highest_capability);
  const CapabilityMask have =
      all & (in_user_namespace ? all : writer.supervisor().own_capabilities);
  const CapabilityMask asked =
      masks.bounding | masks.ambient | masks.sets.effective | masks.sets.permitted;
  if (const CapabilityMask missing = asked & ~have; missing != 0) {
    std::string names;
    for (const std::string& name : capability_names(missing)) names += " " + name;
    writer.note("capabilities left out because this machine does not grant them:" + names);
  }
  masks.sets.permitted &= have;
  masks.sets.effective &= masks.sets.permitted;
  masks.sets.inheritable &= have;
  masks.ambient &= masks.sets.permitted & masks.sets.inheritable;
  return masks;
}

void plan_user(PlanWriter& writer, const User& user, const Masks& masks) {
  const std::vector<gid_t>& groups = user.additional_gids;
  if (user.uid != 0) writer.add(StepKind::kKeepCapabilities);
  Step& step = writer.add(StepKind::kGroups);
  step.a = groups.size();
  step.data = writer.arena().copy_array(groups.data(), groups.size());
  writer.add(StepKind::kGroup).a = user.gid;
  writer.add(StepKind::kUser).a = user.uid;
  Step& capabilities = writer.add(StepKind::kCapabilities);
  capabilities.data = writer.arena().make<CapabilityPlan>(masks.sets);
  if (masks.ambient != 0) writer.add(StepKind::kAmbient).a = masks.ambient;
  writer.add(StepKind::kUmask).a = user.umask.value_or(022);
}

void plan_bounding_set(PlanWriter& writer, CapabilityMask kept) {
  Step& step = writer.add(StepKind::kBoundingSet);
  step.a = kept;
  step.b = static_cast<std::uint64_t>(writer.supervisor().highest_capability);
}

void plan_last_steps(PlanWriter& writer) {
  writer.add(StepKind::kSignals).a = writer.supervisor().ignored_signals;
  writer.add(StepKind::kDieWithParent);
}

}  // namespace

void plan_process(PlanWriter& writer, const Process& process, const SeccompProgram& seccomp,
                  bool in_user_namespace, const Stdio& stdio, bool parked) {
  if (process.args.empty() || process.args[0].empty())
    throw BadInput("there is no command to execute");
  if (process.cwd.empty() || process.cwd[0] != '/')
    throw BadInput("the working folder \"" + process.cwd + "\" is not absolute");
  const Masks masks = capability_masks(writer, process.capabilities, in_user_namespace);
  writer.add(StepKind::kKeyring);
  writer.add(StepKind::kSession);
  if (process.terminal)
    plan_terminal(writer, process.user.uid);
  else
    plan_stdio(writer, stdio, process.user.uid);
  // Now, and not in the end: a low limit of open files may come next.
  writer.add(StepKind::kCloseFds).fd = writer.supervisor().pidfd.get();
  plan_rlimits(writer, process.rlimits);
  if (process.cwd != "/") writer.add(StepKind::kWorkingFolder).path = writer.copy(process.cwd);
  plan_bounding_set(writer, masks.bounding);
  // The default filter allows the calls that waiting takes; of others nobody knows.
  const bool can_wait = seccomp.empty() || seccomp == default_seccomp_program();
  if (parked && !can_wait) {
    writer.add(StepKind::kDieWithParent);
    writer.add(StepKind::kPark);
  }
  // Loading a filter without no_new_privs needs CAP_SYS_ADMIN, so it comes before that is dropped.
  if (!process.no_new_privileges) plan_seccomp(writer, seccomp);
  plan_user(writer, process.user, masks);
  if (process.cwd != "/") {
    Step& again = writer.add(StepKind::kWorkingFolder);
    again.path = writer.copy(process.cwd);
    again.a = 1;
  }
  plan_last_steps(writer);
  if (process.no_new_privileges) {
    writer.add(StepKind::kNoNewPrivileges);
    plan_seccomp(writer, seccomp);
  }
  if (parked && can_wait) writer.add(StepKind::kPark);
  ExecPlan exec{};
  const std::vector<std::string> candidates = search_path(process);
  exec.candidates = copy_strings(writer, candidates, "the command");
  exec.argv = copy_strings(writer, process.args, "an argument");
  exec.envp = copy_strings(writer, process.env, "an environment variable");
  Step& step = writer.add(StepKind::kExec);
  step.path = writer.copy(process.args[0]);
  step.data = writer.arena().make<ExecPlan>(exec);
}

void plan_function(PlanWriter& writer, Launcher::Function function, const std::string& argument,
                   const Stdio& stdio) {
  writer.add(StepKind::kClone);
  plan_entrances(writer);
  writer.add(StepKind::kSession);
  plan_stdio(writer, stdio, 0);
  writer.add(StepKind::kCloseFds).fd = writer.supervisor().pidfd.get();
  Step& groups = writer.add(StepKind::kGroups);
  groups.a = 0;
  // Away from uid 0 all capabilities go by themselves (man 7 capabilities), and with
  // no_new_privs none comes back, so the bounding set needs no work.
  writer.add(StepKind::kGroup).a = kNobody;
  writer.add(StepKind::kUser).a = kNobody;
  plan_last_steps(writer);
  writer.add(StepKind::kNoNewPrivileges);
  Step& step = writer.add(StepKind::kCall);
  step.path = "function";
  step.data =
      writer.arena().make<CallPlan>(CallPlan{function, writer.copy(argument), argument.size()});
}

}  // namespace podrun::runtime
