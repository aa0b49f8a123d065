#include "supervisor/check/host_facts.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <functional>
#include <memory>

#include "base/error.h"
#include "base/files.h"
#include "cgroups/cgroup.h"
#include "rootfs-tools/overlay.h"

namespace podrun::check {
namespace {

Trial trial_of(const std::function<void()>& act) {
  try {
    act();
    return {};
  } catch (const Error& error) {
    return {error.errno_value(), error.what()};
  } catch (const std::exception& error) {
    return {EIO, error.what()};
  }
}

/// Runs `act` in a child; its result, an errno value, comes back as the exit code.
Trial in_child(int (*act)(int), int argument) {
  const pid_t pid = ::fork();
  if (pid < 0) return {errno, ""};
  if (pid == 0) ::_exit(act(argument));
  int status = 0;
  if (::waitpid(pid, &status, 0) != pid) return {errno, ""};
  if (!WIFEXITED(status)) return {EIO, "a child that tried it was killed"};
  return {WEXITSTATUS(status), ""};
}

// ---- kernel and privileges

std::map<std::string, bool> effective_capabilities() {
  struct Known {
    const char* name;
    unsigned bit;
  };
  constexpr Known kKnown[] = {
      {"CAP_SYS_ADMIN", CAP_SYS_ADMIN},
      {"CAP_NET_ADMIN", CAP_NET_ADMIN},
      {"CAP_SETUID", CAP_SETUID},
      {"CAP_SETGID", CAP_SETGID},
      {"CAP_CHOWN", CAP_CHOWN},
      {"CAP_DAC_OVERRIDE", CAP_DAC_OVERRIDE},
      {"CAP_MKNOD", CAP_MKNOD},
      {"CAP_SYS_CHROOT", CAP_SYS_CHROOT},
      {"CAP_SYS_RESOURCE", CAP_SYS_RESOURCE},
  };
  std::map<std::string, bool> capabilities;
  const std::string status = read_file("/proc/self/status");
  const auto at = status.find("CapEff:");
  if (at == std::string::npos) return capabilities;
  const std::uint64_t set =
      std::strtoull(status.c_str() + at + std::strlen("CapEff:"), nullptr, 16);
  for (const Known& known : kKnown) capabilities[known.name] = (set >> known.bit & 1) != 0;
  return capabilities;
}

int try_unshare(int flag) { return ::unshare(flag) == 0 ? 0 : errno; }

/// As the pod supervisor does before it mounts anything. Where there is no mount namespace, that is
/// another finding.
int try_root_mount(int) {
  if (::unshare(CLONE_NEWNS) != 0) return 0;
  return ::mount(nullptr, "/", nullptr, MS_REC | MS_SLAVE, nullptr) == 0 ? 0 : errno;
}

std::map<std::string, Trial> try_namespaces() {
  struct Kind {
    const char* name;
    int flag;
  };
  constexpr Kind kKinds[] = {{"cgroup", CLONE_NEWCGROUP}, {"ipc", CLONE_NEWIPC},
                             {"mnt", CLONE_NEWNS},        {"net", CLONE_NEWNET},
                             {"pid", CLONE_NEWPID},       {"user", CLONE_NEWUSER},
                             {"uts", CLONE_NEWUTS}};
  std::map<std::string, Trial> trials;
  for (const Kind& kind : kKinds) trials[kind.name] = in_child(try_unshare, kind.flag);
  return trials;
}

/// Calls each with arguments that it refuses: ENOSYS (or EPERM, of a seccomp filter) tells that it
/// is not there; any other errno that it is.
std::map<std::string, Trial> try_calls() {
  std::map<std::string, Trial> trials;
  const auto take = [&](const char* name, long result) {
    const int why = result < 0 ? errno : 0;
    if (result >= 0 && std::strcmp(name, "close_range") != 0) ::close(static_cast<int>(result));
    trials[name] = {why == ENOSYS || why == EPERM ? why : 0, ""};
  };
  take("clone3", ::syscall(SYS_clone3, nullptr, 0));
  take("pidfd_open", ::syscall(SYS_pidfd_open, -1, 0));
  take("openat2", ::syscall(SYS_openat2, AT_FDCWD, "/", nullptr, 0));
  take("close_range", ::syscall(SYS_close_range, ~0U, 0, 0));
  take("mount_setattr", ::syscall(SYS_mount_setattr, -1, "", 0, nullptr, 0));
  take("fsopen", ::syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC));
  take("open_tree", ::syscall(SYS_open_tree, -1, "", 0));
  take("move_mount", ::syscall(SYS_move_mount, -1, "", -1, "", ~0U));
  return trials;
}

Trial try_seccomp() {
  const std::uint32_t action = SECCOMP_RET_ERRNO;
  if (::syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0) return {};
  return {errno, ""};
}

// ---- cgroups

/// A child born in the cgroup that `fd` is.
int born_in(int fd) {
  clone_args arguments{};
  arguments.flags = CLONE_INTO_CGROUP;
  arguments.exit_signal = SIGCHLD;
  arguments.cgroup = static_cast<std::uint64_t>(fd);
  const long pid = ::syscall(SYS_clone3, &arguments, sizeof arguments);
  if (pid < 0) return errno;
  if (pid == 0) ::_exit(0);
  return ::waitpid(static_cast<pid_t>(pid), nullptr, 0) == pid ? 0 : errno;
}

void try_cgroup(HostFacts& facts) {
  if (facts.layout.kind == cgroups::LayoutKind::kNone) return;
  const std::string path = "podrun-check-" + std::to_string(::getpid());
  facts.cgroup_made = trial_of([&] {
    const cgroups::Cgroup cgroup = cgroups::Cgroup::create(facts.layout, path);
    const std::string folder = facts.layout.v2_root + "/" + path;
    facts.cgroup_kill = ::access((folder + "/cgroup.kill").c_str(), F_OK) == 0;
    facts.cgroup_freeze = ::access((folder + "/cgroup.freeze").c_str(), F_OK) == 0;
    facts.clone_into_cgroup = in_child(born_in, cgroup.v2_fd());
  });
}

// ---- the data dir

/// The nearest folder that is there: `path` itself or one above it.
std::string existing_folder(std::string path) {
  while (path.size() > 1 && ::access(path.c_str(), F_OK) != 0) {
    const auto slash = path.rfind('/');
    path = slash == 0 ? "/" : path.substr(0, slash);
  }
  return path;
}

std::string file_system_of(const std::string& path) {
  struct statfs status {};
  if (::statfs(path.c_str(), &status) != 0) return "?";
  struct Known {
    std::uint64_t magic;
    const char* name;
  };
  constexpr Known kKnown[] = {
      // linux/magic.h
      {0xEF53, "ext4"},        {0x58465342, "xfs"},  {0x9123683E, "btrfs"},  {0x01021994, "tmpfs"},
      {0x794c7630, "overlay"}, {0x6969, "nfs"},      {0x00c0ffee, "hostfs"}, {0x65735546, "fuse"},
      {0x2fc12fc1, "zfs"},     {0xF2F52010, "f2fs"}, {0x01021997, "9p"}};
  for (const Known& known : kKnown) {
    if (known.magic == static_cast<std::uint64_t>(status.f_type)) return known.name;
  }
  return "file system " + std::to_string(status.f_type);
}

void try_overlay(HostFacts& facts) {
  const std::string base = existing_folder(facts.data_dir);
  facts.data_file_system = file_system_of(base);
  const std::string folder = base + "/.podrun-check-" + std::to_string(::getpid());
  facts.overlay = trial_of([&] {
    for (const char* part : {"/lower", "/upper", "/work"}) make_dirs(folder + part);
    const Fd mount =
        images::mount_overlay({{folder + "/lower"}, folder + "/upper", folder + "/work"});
    facts.overlay_write = trial_of([&] { open_at(mount.get(), "file", O_WRONLY | O_CREAT, 0600); });
  });
  try {
    remove_tree(folder);
  } catch (const Error&) {  // nothing was made: a read-only file system
  }
}

// ---- the rest

void find_cni(HostFacts& facts) {
  for (const char* folder : {"/opt/cni/bin", "/usr/lib/cni", "/usr/libexec/cni"}) {
    const std::unique_ptr<DIR, int (*)(DIR*)> stream(::opendir(folder), ::closedir);
    while (const dirent* entry = stream ? ::readdir(stream.get()) : nullptr) {
      if (entry->d_name[0] != '.') facts.cni_plugins.emplace_back(entry->d_name);
    }
    if (facts.cni_plugins.empty()) continue;
    facts.cni_folder = folder;
    std::sort(facts.cni_plugins.begin(), facts.cni_plugins.end());
    return;
  }
}

}  // namespace

HostFacts gather_facts(const std::string& data_dir) {
  HostFacts facts;
  utsname names{};
  ::uname(&names);
  facts.kernel_release = names.release;
  facts.machine = names.machine;
  facts.root = ::geteuid() == 0;
  facts.capabilities = effective_capabilities();
  facts.namespaces = try_namespaces();
  facts.root_mount = in_child(try_root_mount, 0);
  facts.calls = try_calls();
  facts.seccomp = try_seccomp();
  facts.layout = cgroups::detect_layout();
  try_cgroup(facts);
  facts.pressure = ::access("/proc/pressure/memory", R_OK) == 0;
  facts.data_dir = data_dir;
  try_overlay(facts);
  find_cni(facts);
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  facts.open_files_soft = files.rlim_cur;
  facts.open_files_hard = files.rlim_max;
  return facts;
}

}  // namespace podrun::check
