#include "supervisor/pod/volumes.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <functional>
#include <optional>

#include "base/clock.h"
#include "base/error.h"
#include "base/files.h"
#include "supervisor/pod/atomic_files.h"
#include "supervisor/pod/container_env.h"
#include "supervisor/pod/volume_files.h"

namespace podrun::pod {

namespace {

constexpr mode_t kEmptyDirMode = 0777;  // kubelet: pkg/volume/emptydir, perm
constexpr mode_t kFolderMode = 0750;    // of those above: users of the machine do not get in
constexpr const char* kShmSize = "mode=1777,size=65536k";

bool is_kind(const std::string& path, mode_t kind) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && (status.st_mode & S_IFMT) == kind;
}

void require_kind(const std::string& path, mode_t kind, const std::string& words) {
  if (!is_kind(path, kind)) throw Error("hostPath type check failed: " + path + " is not " + words);
}

void prepare_host_path(const manifest::HostPathVolume& volume) {
  const std::string& path = volume.path;
  if (volume.type == "DirectoryOrCreate") {
    if (::access(path.c_str(), F_OK) != 0) make_dirs(path);
    require_kind(path, S_IFDIR, "a directory");
  } else if (volume.type == "FileOrCreate") {
    if (::access(path.c_str(), F_OK) != 0) open_path(path, O_WRONLY | O_CREAT, 0644);
    require_kind(path, S_IFREG, "a file");
  } else if (volume.type == "Directory") {
    require_kind(path, S_IFDIR, "a directory");
  } else if (volume.type == "File") {
    require_kind(path, S_IFREG, "a file");
  } else if (volume.type == "Socket") {
    require_kind(path, S_IFSOCK, "a socket file");
  } else if (volume.type == "CharDevice") {
    require_kind(path, S_IFCHR, "a character device");
  } else if (volume.type == "BlockDevice") {
    require_kind(path, S_IFBLK, "a block device");
  } else if (::access(path.c_str(), F_OK) != 0) {
    make_dirs(path);  // type "": container engines make a missing folder
  }
}

Fd clone_mount(int dir_fd, const std::string& path, bool recursive) {
  const unsigned flags =
      OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0u);
  Fd fd(static_cast<int>(::syscall(SYS_open_tree, dir_fd, path.c_str(), flags)));
  if (!fd) throw_errno("clone the mount of " + path);
  return fd;
}

/// The folder or file at `sub_path` in a volume, made as a folder where missing; no link leads out
/// of the volume.
Fd open_sub_path(const std::string& volume, const std::string& sub_path) {
  const Fd root = open_path(volume, O_PATH | O_DIRECTORY);
  try {
    return open_in_root(root.get(), sub_path, O_PATH);
  } catch (const Error& error) {
    if (error.errno_value() != ENOENT) throw error.within("subPath " + sub_path);
  }
  std::string made;
  for (std::size_t at = 0; at != std::string::npos;) {
    const auto slash = sub_path.find('/', at);
    const std::string part = sub_path.substr(at, slash == std::string::npos ? slash : slash - at);
    at = slash == std::string::npos ? slash : slash + 1;
    if (part.empty()) continue;
    const Fd parent =
        made.empty() ? root.duplicate() : open_in_root(root.get(), made, O_PATH | O_DIRECTORY);
    if (::mkdirat(parent.get(), part.c_str(), 0755) != 0 && errno != EEXIST)
      throw_errno("mkdir subPath " + sub_path);
    made += "/" + part;
  }
  return open_in_root(root.get(), sub_path, O_PATH);
}

std::vector<std::string> mount_options(const manifest::VolumeMount& mount, bool read_only) {
  std::vector<std::string> options = {"rbind"};
  // Of Bidirectional, whose other half validation has warned of, HostToContainer is left.
  const std::string& propagation = mount.mount_propagation;
  const bool from_host = propagation == "HostToContainer" || propagation == "Bidirectional";
  options.push_back(from_host ? "rslave" : "rprivate");
  if (mount.read_only || read_only)
    options.push_back(
        mount.recursive_read_only == "Enabled" || mount.recursive_read_only == "IfPossible" ? "rro"
                                                                                            : "ro");
  return options;
}

/// The rights of a volume that podrun makes. As SetVolumeOwnership (kubelet: pkg/volume): it
/// belongs to fsGroup, and so does what is made in it.
struct VolumeRights {
  std::optional<gid_t> group;
  mode_t mode() const { return kEmptyDirMode | (group ? S_ISGID : 0u); }
};

VolumeRights rights_of(const manifest::Pod& pod) {
  const auto& context = pod.spec.security_context;
  if (!context || !context->fs_group) return {};
  return {static_cast<gid_t>(*context->fs_group)};
}

/// A pod that is re-created finds its volume, whose rights are its own affair by now. What failed
/// half-way has another name, and is finished.
void make_empty_dir(const std::string& path, const VolumeRights& rights) {
  if (is_kind(path, S_IFDIR)) return;
  const std::string unfinished = path + ".new";
  make_dirs(unfinished, kFolderMode);
  if (rights.group && ::chown(unfinished.c_str(), static_cast<uid_t>(-1), *rights.group) != 0)
    throw_errno("chgrp " + path);
  if (::chmod(unfinished.c_str(), rights.mode()) != 0) throw_errno("chmod " + path);
  if (::rename(unfinished.c_str(), path.c_str()) != 0) throw_errno("make " + path);
}

std::string memory_options(const manifest::EmptyDirVolume& volume, const VolumeRights& rights) {
  char mode[16];
  std::snprintf(mode, sizeof mode, "mode=%o", rights.mode());
  std::string options = mode;
  if (rights.group) options += ",gid=" + std::to_string(*rights.group);
  if (volume.size_limit) options += ",size=" + std::to_string(volume.size_limit->value());
  return options;
}

bool is_in_memory(const std::string& folder) {
  struct statfs status {};
  return ::statfs(folder.c_str(), &status) == 0 && status.f_type == TMPFS_MAGIC;
}

struct Preparer {
  const std::string& empty_dir;
  const VolumeRights rights;
  const std::function<void(const std::string& options)>& mount_memory;
  const std::function<std::string()>& write_files;
  std::string operator()(const manifest::EmptyDirVolume& volume) const {
    make_empty_dir(empty_dir, rights);
    if (volume.medium == "Memory") mount_memory(memory_options(volume, rights));
    return empty_dir;
  }
  std::string operator()(const manifest::HostPathVolume& volume) const {
    prepare_host_path(volume);
    return volume.path;
  }
  /// All other kinds consist of files.
  template <class Files>
  std::string operator()(const Files& /*volume*/) const {
    return write_files();
  }
  std::string operator()(const manifest::UnsupportedVolume& volume) const {
    throw Error("volume kind " + volume.kind + " is not supported");
  }
};

}  // namespace

void enter_mount_sandbox() {
  if (::unshare(CLONE_NEWNS) != 0) throw_errno("make the pod's mount namespace");
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_SLAVE, nullptr) != 0)
    throw_errno(
        "make / a slave mount",
        errno == EINVAL ? "in a chroot, / must be a mount: mount --bind DIR DIR before it" : "");
}

Volumes::Volumes(const manifest::Pod& pod, const PodPaths& paths, const NodeFacts& node)
    : pod_(pod), paths_(paths), node_(node) {}

Volumes::~Volumes() {
  for (const std::string& target : mounted_) ::umount2(target.c_str(), MNT_DETACH);
}

void Volumes::mount_tmpfs(const std::string& target, const std::string& options) {
  if (std::find(mounted_.begin(), mounted_.end(), target) != mounted_.end()) return;
  if (::mount("tmpfs", target.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, options.c_str()) != 0) {
    throw_errno("mount tmpfs at " + target);
  }
  mounted_.push_back(target);
}

void Volumes::set_up() {
  const std::string shm = paths_.run + "/shm";
  if (!managed_ready_) {
    make_dirs(shm);
    mount_tmpfs(shm, kShmSize);
    write_managed_files();
    managed_ready_ = true;
  }
  const ConfigData data = config();
  for (const manifest::Volume& volume : pod_.spec.volumes) {
    if (sources_.count(volume.name) == 0) set_up_volume(volume, data);
  }
}

ConfigData Volumes::config() const {
  const auto& volumes = pod_.spec.volumes;
  // Most pods of `podrun run` have no such volume: they do not look for a file that is not there.
  if (std::none_of(volumes.begin(), volumes.end(), is_made_of_files)) return {};
  const auto text = read_file_if_exists(paths_.volumes());
  return text ? ConfigData::from_json(*text) : ConfigData{};
}

std::vector<std::string> Volumes::refresh() {
  std::vector<std::string> problems;
  const ConfigData data = config();
  for (const manifest::Volume& volume : pod_.spec.volumes) {
    if (!is_made_of_files(volume)) continue;
    try {
      set_up_volume(volume, data);
    } catch (const Error& error) {
      problems.emplace_back(error.what());
    }
  }
  return problems;
}

std::string Volumes::write_files(const manifest::Volume& volume, const ConfigData& config) {
  const VolumeRights rights = rights_of(pod_);
  const bool in_memory = is_kept_in_memory(volume);
  std::string folder = paths_.files_dir(volume.name, in_memory);
  const VolumeFiles files = volume_files(volume, {pod_, node_, config});
  make_empty_dir(folder, rights);
  // Where the run folder is in memory, as /run is, a file system more would only cost.
  if (in_memory && !is_in_memory(folder)) mount_tmpfs(folder, memory_options({}, rights));
  write_atomically(folder, files, rights.group, SystemClock().wall());
  return folder;
}

void Volumes::set_up_volume(const manifest::Volume& volume, const ConfigData& config) {
  const std::string empty_dir = paths_.empty_dir(volume.name);
  try {
    const std::function<void(const std::string&)> mount_memory = [&](const std::string& options) {
      mount_tmpfs(empty_dir, options);
    };
    const std::function<std::string()> write = [&] { return write_files(volume, config); };
    sources_[volume.name] =
        std::visit(Preparer{empty_dir, rights_of(pod_), mount_memory, write}, volume.source);
  } catch (const Error& error) {
    throw error.within("MountVolume.SetUp failed for volume \"" + volume.name + "\" ");
  }
}

void Volumes::write_managed_files() const {
  const std::string hostname = pod_hostname(pod_);
  std::string hosts;
  if (pod_.spec.host_network) {
    hosts = "# Kubernetes-managed hosts file (host network).\n" +
            read_file_if_exists("/etc/hosts").value_or("");
  } else {
    hosts =
        "# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost "
        "ip6-loopback\n"
        "fe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-"
        "allrouters\n"
        "127.0.0.1\t" +
        hostname + "\n";
  }
  if (!pod_.spec.host_aliases.empty()) hosts += "\n# Entries added by HostAliases.\n";
  for (const manifest::HostAlias& alias : pod_.spec.host_aliases) {
    hosts += alias.ip;
    for (const std::string& name : alias.hostnames) hosts += "\t" + name;
    hosts += "\n";
  }
  replace_file(paths_.run + "/hosts", hosts);
  replace_file(paths_.run + "/hostname", hostname + "\n");
  replace_file(paths_.run + "/resolv.conf", read_file_if_exists("/etc/resolv.conf").value_or(""));
}

std::string Volumes::source_of(const std::string& volume) const {
  const auto found = sources_.find(volume);
  if (found == sources_.end()) throw Error("volume \"" + volume + "\" is not set up");
  return found->second;
}

/// kubelet: since 1.9.6, containers may not write where the next update would undo it.
bool Volumes::is_read_only(const std::string& volume) const {
  return std::any_of(
      pod_.spec.volumes.begin(), pod_.spec.volumes.end(),
      [&](const manifest::Volume& each) { return each.name == volume && is_made_of_files(each); });
}

ContainerMounts Volumes::mounts_for(const manifest::Container& container,
                                    const std::string& termination_log,
                                    const std::vector<std::string>& env) const {
  ContainerMounts result;
  const auto wants = [&](const std::string& destination) {
    return std::none_of(
        container.volume_mounts.begin(), container.volume_mounts.end(),
        [&](const manifest::VolumeMount& mount) { return mount.mount_path == destination; });
  };
  const auto bind = [&](const std::string& source, const std::string& destination) {
    if (wants(destination))
      result.mounts.push_back({destination, "bind", source, {"bind", "rprivate"}, -1});
  };
  bind(paths_.run + "/shm", "/dev/shm");
  bind(paths_.run + "/hosts", "/etc/hosts");
  bind(paths_.run + "/hostname", "/etc/hostname");
  bind(paths_.run + "/resolv.conf", "/etc/resolv.conf");
  bind(termination_log, container.termination_message_path);
  for (const manifest::VolumeMount& mount : container.volume_mounts) {
    const std::string source = source_of(mount.name);
    runtime::Mount entry{mount.mount_path, "bind", source,
                         mount_options(mount, is_read_only(mount.name)), -1};
    const std::string sub_path = mount_sub_path(mount, env);
    if (!sub_path.empty()) {
      const Fd target = open_sub_path(source, sub_path);
      result.held.push_back(clone_mount(target.get(), "", true));
      entry.source_fd = result.held.back().get();
    }
    result.mounts.push_back(std::move(entry));
  }
  return result;
}

}  // namespace podrun::pod
