// The container's file systems, made by the child with the mount API that works on descriptors.
#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <sys/stat.h>

#include "runtime/child.h"
#include "runtime/mount_flags.h"
#include "runtime/raw.h"

namespace podrun::runtime {

namespace {

int move_onto(int mount, int target) {
  return raw_int(SYS_move_mount, mount, "", target, "",
                 MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

int set_attributes(int mount, unsigned flags, mount_attr attributes) {
  return raw_int(SYS_mount_setattr, mount, "", AT_EMPTY_PATH | flags, &attributes,
                 sizeof attributes);
}

}  // namespace

int make_file_system(const MountPlan& mount) {
  const int context = raw_int(SYS_fsopen, mount.type, FSOPEN_CLOEXEC);
  if (context < 0) return context;
  int result = 0;
  if (mount.source != nullptr)
    result = raw_int(SYS_fsconfig, context, FSCONFIG_SET_STRING, "source", mount.source, 0);
  for (std::size_t i = 0; i < mount.option_count && result == 0; ++i) {
    const FsOption& option = mount.options[i];
    const auto command = option.value != nullptr ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG;
    result = raw_int(SYS_fsconfig, context, command, option.key, option.value, 0);
  }
  if (result == 0)
    result = raw_int(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, nullptr, nullptr, 0);
  if (result == 0) result = raw_int(SYS_fsmount, context, FSMOUNT_CLOEXEC, mount.attributes);
  return result;  // descriptors are closed all at once before execve
}

int step_private_mounts(const Step& step) {
  return raw_int(SYS_mount, nullptr, "/", nullptr, MS_REC | step.a, nullptr);
}

int step_attach_root(ChildState& state, const Step& step) {
  state.root = step.fd;
  raw(SYS_umask, 0);
  // Onto "/": always there, and pivot_root only wants a mount below the present root. Paths of this
  // process still begin under it.
  return raw_int(SYS_move_mount, step.fd, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH);
}

int step_mount(ChildState& state, const Step& step) {
  const auto& mount = *static_cast<const MountPlan*>(step.data);
  const int fd = mount.fd >= 0 ? mount.fd : make_file_system(mount);
  if (fd == -ENODEV && mount.optional) return 0;
  if (fd < 0) return fd;
  const int target = open_or_make_inside(state.root, step.path, mount.on_folder);
  if (target < 0) return target;
  const int result = move_onto(fd, target);
  if (result < 0 || mount.propagation == 0) return result;
  mount_attr attributes{};
  attributes.propagation = mount.propagation;
  return set_attributes(fd, 0, attributes);
}

int step_open_folder(ChildState& state, const Step& step) {
  const int fd = open_or_make_inside(state.root, step.path, true);
  state.folder = fd;
  return fd < 0 ? fd : 0;
}

int step_device(ChildState& state, const Step& step) {
  const auto& device = *static_cast<const DevicePlan*>(step.data);
  const int made = raw_int(SYS_mknodat, state.folder, step.path, device.mode, device.device);
  if (made == -EEXIST) return 0;
  if (made < 0 || (device.uid == 0 && device.gid == 0)) return made;
  return raw_int(SYS_fchownat, state.folder, step.path, device.uid, device.gid,
                 AT_SYMLINK_NOFOLLOW);
}

int step_link(ChildState& state, const Step& step) {
  const int made = raw_int(SYS_symlinkat, step.text, state.folder, step.path);
  return made == -EEXIST ? 0 : made;
}

int step_readonly_path(ChildState& state, const Step& step) {
  const int target = open_inside(state.root, step.path, O_PATH);
  if (target == -ENOENT || target == -ENOTDIR) return 0;
  if (target < 0) return target;
  const int copy = raw_int(SYS_open_tree, target, "",
                           AT_EMPTY_PATH | AT_RECURSIVE | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
  if (copy < 0) return copy;
  mount_attr attributes{};
  attributes.attr_set = MOUNT_ATTR_RDONLY;
  const int set = set_attributes(copy, AT_RECURSIVE, attributes);
  return set < 0 ? set : move_onto(copy, target);
}

int step_readonly_mount(ChildState& state, const Step& step) {
  const int mount = open_inside(state.root, step.path, O_PATH | O_DIRECTORY);
  if (mount < 0) return mount;
  mount_attr attributes{};
  attributes.attr_set = MOUNT_ATTR_RDONLY;
  return set_attributes(mount, 0, attributes);
}

namespace {

/// A detached empty read-only folder: the first from a new file system, the next copies of it.
int hiding_folder(ChildState& state) {
  if (state.masked_folder >= 0)
    return raw_int(SYS_open_tree, state.masked_folder, "",
                   AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
  MountPlan empty;
  empty.type = "tmpfs";
  const FsOption mode{"mode", "755"};
  empty.options = &mode;
  empty.option_count = 1;
  empty.attributes = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
  state.masked_folder = make_file_system(empty);
  return state.masked_folder;
}

}  // namespace

int step_mask(ChildState& state, const Step& step) {
  const int target = open_inside(state.root, step.path, O_PATH);
  if (target == -ENOENT || target == -ENOTDIR) return 0;
  if (target < 0) return target;
  struct stat info;
  const int looked = raw_int(SYS_newfstatat, target, "", &info, AT_EMPTY_PATH);
  if (looked < 0) return looked;
  const int cover = S_ISDIR(info.st_mode) ? hiding_folder(state)
                                          : raw_int(SYS_open_tree, AT_FDCWD, "/dev/null",
                                                    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
  return cover < 0 ? cover : move_onto(cover, target);
}

int step_root_readonly(ChildState& state) {
  mount_attr attributes{};
  attributes.attr_set = MOUNT_ATTR_RDONLY;
  return set_attributes(state.root, 0, attributes);
}

int step_pivot(ChildState& state) {
  int result = raw_int(SYS_fchdir, state.root);
  // The old root comes to lie on the new one, at ".", and is taken away from there: see
  // pivot_root(2), "pivot_root(".", ".")".
  if (result == 0) result = raw_int(SYS_pivot_root, ".", ".");
  if (result == 0) result = raw_int(SYS_umount2, ".", MNT_DETACH);
  if (result == 0) result = raw_int(SYS_chdir, "/");
  return result;
}

int step_propagation(const Step& step) {
  return raw_int(SYS_mount, nullptr, "/", nullptr, step.a, nullptr);
}

}  // namespace podrun::runtime
