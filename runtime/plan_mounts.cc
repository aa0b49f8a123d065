#include <fcntl.h>
#include <linux/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>

#include "base/error.h"
#include "runtime/child.h"
#include "runtime/mount_options.h"
#include "runtime/plan_writer.h"

#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif

namespace podrun::runtime {

namespace {

Fd copy_tree(int fd, const std::string& path, bool recursive, const std::string& what) {
  const unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (recursive ? AT_RECURSIVE : 0) |
                         (path.empty() ? AT_EMPTY_PATH : 0);
  Fd copy(static_cast<int>(::syscall(SYS_open_tree, fd, path.c_str(), flags)));
  if (!copy) throw_errno(what);
  return copy;
}

void set_mount(int fd, bool recursive, mount_attr attributes, const std::string& what) {
  if (attributes.attr_set == 0 && attributes.attr_clr == 0 && attributes.propagation == 0) return;
  const unsigned flags = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0);
  if (::syscall(SYS_mount_setattr, fd, "", flags, &attributes, sizeof attributes) != 0)
    throw_errno(what);
}

/// Attributes and propagation of a mount that stands ready; `single`: nothing is mounted below it.
void dress_mount(int fd, const MountOptions& options, bool single, const std::string& what) {
  mount_attr own{};
  own.attr_set = options.set;
  own.attr_clr = options.clear;
  mount_attr all{};
  all.attr_set = options.recursive_set;
  all.attr_clr = options.recursive_clear;
  const bool named = options.propagation != 0;
  (named && !options.propagation_recursive ? own : all).propagation =
      named ? options.propagation : static_cast<std::uint64_t>(MS_PRIVATE);
  if (single && (own.propagation == 0 || all.propagation == 0)) {
    own.attr_set |= all.attr_set;
    own.attr_clr |= all.attr_clr;
    own.propagation |= all.propagation;
  } else {
    set_mount(fd, true, all, what);
  }
  set_mount(fd, false, own, what);
}

bool is_folder(int fd) {
  struct stat info {};
  return ::fstat(fd, &info) == 0 && S_ISDIR(info.st_mode);
}

/// True for the root of a mount that is not attached anywhere: its ".." is itself.
bool is_detached(int fd) {
  struct statx own {
  }, above{}, root{};
  const unsigned mask = STATX_MNT_ID | STATX_INO;
  if (::statx(fd, "", AT_EMPTY_PATH, mask, &own) != 0) return false;
  if ((own.stx_attributes & STATX_ATTR_MOUNT_ROOT) == 0 || !S_ISDIR(own.stx_mode)) return false;
  if (::statx(fd, "..", 0, mask, &above) != 0 || ::statx(AT_FDCWD, "/", 0, mask, &root) != 0)
    return false;
  return above.stx_mnt_id == own.stx_mnt_id && root.stx_mnt_id != own.stx_mnt_id;
}

/// The words of a path without "." and "//"; ".." stays, the kernel resolves it inside the root.
std::string inside(const std::string& path) {
  if (path.empty() || path[0] != '/')
    throw BadInput("mount destination \"" + path + "\" is not absolute");
  return path;
}

std::string describe(const Mount& mount) {
  return "mount " + (mount.source.empty() ? mount.type : mount.source) + " at " + mount.destination;
}

/// The file system's own part of a mount.
MountPlan* plan_new_mount(PlanWriter& writer, const Mount& mount, const std::string& type,
                          const MountOptions& options) {
  std::vector<FsOption> words;
  for (const auto& [key, value] : options.data)
    words.push_back({writer.copy(key), value ? writer.copy(*value) : nullptr});
  MountPlan* plan = writer.arena().make<MountPlan>();
  plan->type = writer.copy(type);
  plan->source = mount.source.empty() ? nullptr : writer.copy(mount.source);
  plan->options = writer.arena().copy_array(words.data(), words.size());
  plan->option_count = words.size();
  plan->attributes = options.set | options.recursive_set;
  plan->propagation = options.propagation == MS_PRIVATE ? 0 : options.propagation;
  return plan;
}

void add_mount(PlanWriter& writer, const MountPlan* plan, const std::string& destination) {
  Step& step = writer.add(StepKind::kMount);
  step.path = writer.copy(inside(destination));
  step.text = plan->source != nullptr ? plan->source : plan->type;
  step.data = plan;
}

/// `single`: nothing is mounted below it.
void plan_ready_mount(PlanWriter& writer, const Mount& mount, Fd ready, bool single,
                      const MountOptions& options) {
  dress_mount(ready.get(), options, single, describe(mount));
  MountPlan* plan = writer.arena().make<MountPlan>();
  plan->on_folder = is_folder(ready.get());
  plan->fd = writer.hold(std::move(ready));
  plan->source = writer.copy(mount.source.empty() ? "a prepared mount" : mount.source);
  add_mount(writer, plan, mount.destination);
}

/// /sys/fs/cgroup: on v2 the container's own tree, on hybrid a folder with one of each hierarchy.
void plan_cgroup_mount(PlanWriter& writer, const Mount& mount, const MountOptions& options) {
  const PlaceFacts& place = writer.place();
  if (!place.in_cgroup) return;
  if (place.entrances.empty()) {
    Mount unified = mount;
    unified.source = "cgroup";
    add_mount(writer, plan_new_mount(writer, unified, "cgroup2", options), mount.destination);
    return;
  }
  Mount base{mount.destination, "tmpfs", "cgroup", {"mode=755"}};
  MountOptions writable = options;  // until its folders are made
  writable.set &= ~static_cast<std::uint64_t>(MOUNT_ATTR_RDONLY);
  writable.data = {{"mode", "755"}};
  add_mount(writer, plan_new_mount(writer, base, "tmpfs", writable), mount.destination);
  MountOptions member = options;
  member.data.clear();
  const auto add_hierarchy = [&](const std::string& folder) {
    const std::string root = folder.substr(0, folder.size() - place.path.size() - 1);
    const Mount part{mount.destination + root.substr(root.rfind('/')), "bind", folder, {}};
    plan_ready_mount(writer, part, copy_tree(AT_FDCWD, folder, false, describe(part)),
                     /*single=*/true, member);
  };
  for (const cgroups::V1Entrance& entrance : place.entrances) add_hierarchy(entrance.folder);
  if (!place.v2_folder.empty()) add_hierarchy(place.v2_folder);
  if ((options.set & MOUNT_ATTR_RDONLY) != 0)
    writer.add(StepKind::kReadonlyMount).path = writer.copy(mount.destination);
}

/// Where the file system belongs to a namespace that the container shares with us, a container in a
/// user namespace may not mount it: we do.
bool must_prepare(const Spec& spec, const std::string& type) {
  if (!has_user_namespace(spec)) return false;
  const auto shares = [&](NamespaceType wanted) {
    return std::none_of(spec.linux_.namespaces.begin(), spec.linux_.namespaces.end(),
                        [&](const Namespace& ns) { return ns.type == wanted; });
  };
  return (type == "mqueue" && shares(NamespaceType::kIpc)) ||
         (type == "sysfs" && shares(NamespaceType::kNetwork));
}

void plan_mount(PlanWriter& writer, const Spec& spec, const Mount& mount) {
  const MountOptions options = parse_mount_options(mount.options);
  if (mount.source_fd >= 0) {
    Fd copy(::fcntl(mount.source_fd, F_DUPFD_CLOEXEC, 0));
    if (!copy) throw_errno(describe(mount));
    return plan_ready_mount(writer, mount, std::move(copy), /*single=*/false, options);
  }
  if (options.bind || mount.type == "bind") {
    const bool recursive = options.recursive_bind || (!options.bind && mount.type == "bind");
    return plan_ready_mount(writer, mount,
                            copy_tree(AT_FDCWD, mount.source, recursive, describe(mount)),
                            !recursive, options);
  }
  if (mount.type == "cgroup" || mount.type == "cgroup2")
    return plan_cgroup_mount(writer, mount, options);
  if (mount.type.empty()) throw BadInput("the mount at " + mount.destination + " has no type");
  MountPlan* plan = plan_new_mount(writer, mount, mount.type, options);
  plan->optional = mount.type == "mqueue";
  if (must_prepare(spec, mount.type)) {
    Fd ready(make_file_system(*plan));
    if (!ready) throw Error(describe(mount), -ready.get());
    plan->fd = writer.hold(std::move(ready));
  }
  add_mount(writer, plan, mount.destination);
}

mode_t type_bits(const Device& device) {
  switch (device.type) {
    case 'c':
    case 'u':
      return S_IFCHR;
    case 'b':
      return S_IFBLK;
    case 'p':
      return S_IFIFO;
    default:
      throw BadInput("device " + device.path + " has the unknown type '" +
                     std::string(1, device.type) + "'");
  }
}

struct SplitPath {
  std::string folder, name;
};
SplitPath split(const std::string& path) {
  const auto slash = path.rfind('/');
  if (path.empty() || path[0] != '/' || slash + 1 == path.size() ||
      path.compare(slash, std::string::npos, "/..") == 0 ||
      path.compare(slash, std::string::npos, "/.") == 0)
    throw BadInput("device path \"" + path + "\" is not an absolute path of a file");
  return {slash == 0 ? "/" : path.substr(0, slash), path.substr(slash + 1)};
}

void plan_device(PlanWriter& writer, const Device& device, bool by_bind, std::string& folder) {
  if (by_bind) {  // mknod is not for user namespaces
    const Mount bind{device.path, "bind", device.path, {}};
    MountOptions options;
    return plan_ready_mount(writer, bind, copy_tree(AT_FDCWD, device.path, false, describe(bind)),
                            /*single=*/true, options);
  }
  const SplitPath path = split(device.path);
  if (path.folder != folder) {
    writer.add(StepKind::kOpenFolder).path = writer.copy(path.folder);
    folder = path.folder;
  }
  Step& step = writer.add(StepKind::kDevice);
  step.path = writer.copy(path.name);
  step.text = writer.copy(device.path);
  step.data = writer.arena().make<DevicePlan>(DevicePlan{
      type_bits(device) | (device.file_mode & 07777),
      ::makedev(static_cast<unsigned>(device.major), static_cast<unsigned>(device.minor)),
      device.uid, device.gid});
}

/// Devices, and the links that programs expect beside them.
void plan_devices(PlanWriter& writer, const Spec& spec) {
  const auto dev = std::find_if(spec.mounts.rbegin(), spec.mounts.rend(),
                                [](const Mount& mount) { return mount.destination == "/dev"; });
  if (dev == spec.mounts.rend() || dev->type != "tmpfs") return;  // it is somebody's own
  std::string folder;
  for (const Device& device : spec.linux_.devices)
    plan_device(writer, device, has_user_namespace(spec), folder);
  if (folder != "/dev") writer.add(StepKind::kOpenFolder).path = "/dev";
  static constexpr const char* kLinks[][2] = {
      {"fd", "/proc/self/fd"},       {"stdin", "/proc/self/fd/0"}, {"stdout", "/proc/self/fd/1"},
      {"stderr", "/proc/self/fd/2"}, {"core", "/proc/kcore"},      {"ptmx", "pts/ptmx"}};
  for (const auto& link : kLinks) {
    Step& step = writer.add(StepKind::kLink);
    step.path = link[0];
    step.text = link[1];
  }
}

Fd prepare_root(int rootfs_fd, const std::string& propagation) {
  Fd root;
  if (is_detached(rootfs_fd)) {
    root = Fd(::fcntl(rootfs_fd, F_DUPFD_CLOEXEC, 0));
    if (!root) throw_errno("hold the root file system");
  } else {
    root = copy_tree(rootfs_fd, "", true, "take the root file system");
  }
  const auto wanted = parse_propagation(propagation);
  mount_attr attributes{};
  attributes.propagation = wanted && wanted->flag == MS_SLAVE ? MS_SLAVE : MS_PRIVATE;
  set_mount(root.get(), true, attributes, "set the propagation of the root file system");
  return root;
}

}  // namespace

void plan_file_systems(PlanWriter& writer, const Spec& spec, int rootfs_fd) {
  const auto propagation = parse_propagation(
      spec.linux_.rootfs_propagation.empty() ? "private" : spec.linux_.rootfs_propagation);
  if (!propagation)
    throw BadInput("unknown rootfs propagation \"" + spec.linux_.rootfs_propagation + "\"");
  writer.add(StepKind::kPrivateMounts).a =
      propagation->flag == MS_PRIVATE ? static_cast<std::uint64_t>(MS_PRIVATE) : MS_SLAVE;
  writer.add(StepKind::kAttachRoot).fd =
      writer.hold(prepare_root(rootfs_fd, spec.linux_.rootfs_propagation));
  for (const Mount& mount : spec.mounts) plan_mount(writer, spec, mount);
  plan_devices(writer, spec);
  for (const std::string& path : spec.linux_.readonly_paths)
    writer.add(StepKind::kReadonlyPath).path = writer.copy(path);
  for (const std::string& path : spec.linux_.masked_paths)
    writer.add(StepKind::kMask).path = writer.copy(path);
  if (spec.root_readonly) writer.add(StepKind::kRootReadonly);
  writer.add(StepKind::kPivot);
  if (propagation->flag == MS_SHARED || propagation->flag == MS_UNBINDABLE)
    writer.add(StepKind::kPropagation).a =
        propagation->flag | (propagation->recursive ? static_cast<std::uint64_t>(MS_REC) : 0);
}

}  // namespace podrun::runtime
