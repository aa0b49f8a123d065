#include "cgroups/tree.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/error.h"
#include "cgroups/events.h"
#include "cgroups/text.h"

namespace podrun::cgroups {

namespace {

constexpr const char* kControllers = "cgroup.controllers";
constexpr const char* kSubtreeControl = "cgroup.subtree_control";
constexpr const char* kCloneChildren = "cgroup.clone_children";
constexpr const char* kCpusetCpus = "cpuset.cpus";
constexpr const char* kCpusetMems = "cpuset.mems";
constexpr const char* kUseHierarchy = "memory.use_hierarchy";

constexpr mode_t kFolderMode = 0755;

std::string parent_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

const char* mkdir_hint(int errno_value) {
  switch (errno_value) {
    case EEXIST:
      return "left by an earlier run, or another pod uses it";
    case EROFS:
      return "the cgroup file system is mounted read-only here";
    case EAGAIN:
      return "a limit of cgroup.max.depth or cgroup.max.descendants above it is reached";
    default:
      return "";
  }
}

}  // namespace

Making::Making(Making&& other) noexcept
    : root_(other.root_), made_(std::exchange(other.made_, {})) {}

Making::~Making() {
  for (auto path = made_.rbegin(); path != made_.rend(); ++path)
    ::unlinkat(root_->fd(), path->c_str(), AT_REMOVEDIR);
}

void Making::make_parents(const std::string& path) {
  for (auto slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    const std::string parent = path.substr(0, slash);
    if (::mkdirat(root_->fd(), parent.c_str(), kFolderMode) == 0) {
      made_.push_back(parent);
    } else if (errno != EEXIST) {
      throw_errno("create cgroup " + root_->path() + "/" + parent, mkdir_hint(errno));
    }
  }
}

Folder Making::make(const std::string& path, bool may_exist) {
  const std::string full = root_->path() + "/" + path;
  // Another process may remove an empty parent between two steps: its turn passes, so does ours.
  constexpr int kTries = 8;
  for (int attempt = 1; ::mkdirat(root_->fd(), path.c_str(), kFolderMode) != 0; ++attempt) {
    if (errno == EEXIST && may_exist) return Folder::open(root_->fd(), path, full);
    if (errno != ENOENT || attempt == kTries)
      throw_errno("create cgroup " + full, mkdir_hint(errno));
    make_parents(path);
  }
  made_.push_back(path);
  return Folder::open(root_->fd(), path, full);
}

namespace {

bool offers(const Folder& folder, const std::set<Controller>& controllers) {
  const std::string offered = folder.read(kControllers);
  return std::all_of(controllers.begin(), controllers.end(), [&](Controller controller) {
    return has_word(offered, to_string(controller));
  });
}

std::string hand_down_hint(int errno_value) {
  switch (errno_value) {
    case EBUSY:
      return "it has processes of its own, and cgroup v2 lets only a cgroup without processes hand "
             "controllers down: move them into a cgroup below it, or use another parent";
    case ENOENT:
      return "the cgroup above does not hand this controller down";
    case EOPNOTSUPP:
      return "it is threaded, or a cgroup above it has processes of its own";
    case EINVAL:
      return "a controller refuses, as cpu does while a real-time process runs below the root";
    default:
      return "";
  }
}

}  // namespace

void hand_down(const Folder& root, const std::string& path, const Folder& folder,
               const std::set<Controller>& controllers) {
  if (controllers.empty() || offers(folder, controllers)) return;
  std::string request;
  for (const Controller controller : controllers)
    request += (request.empty() ? "+" : " +") + to_string(controller);

  // Upwards to the first parent that has them all, then downwards again, handing them down.
  std::vector<Folder> parents;
  std::string parent = path;
  do {
    parent = parent_of(parent);
    const std::string full = parent == "." ? root.path() : root.path() + "/" + parent;
    parents.push_back(Folder::open(root.fd(), parent, full));
  } while (parent != "." && !offers(parents.back(), controllers));

  for (auto giver = parents.rbegin(); giver != parents.rend(); ++giver) {
    const int failure = giver->try_write(kSubtreeControl, request);
    if (failure != 0)
      giver->throw_write(kSubtreeControl, request, failure, hand_down_hint(failure));
  }
}

void fill_cpuset(const Folder& root, const std::string& path, const Folder& folder) {
  if (!trimmed(folder.read(kCpusetCpus)).empty()) return;  // cloned from its parent by the kernel
  std::string cpus = trimmed(root.read(kCpusetCpus));
  std::string mems = trimmed(root.read(kCpusetMems));
  for (auto slash = path.find('/');; slash = path.find('/', slash + 1)) {
    const std::string part = path.substr(0, slash);
    const Folder step = Folder::open(root.fd(), part, root.path() + "/" + part);
    const std::string own_cpus = trimmed(step.read(kCpusetCpus));
    if (own_cpus.empty()) {
      step.write(kCloneChildren, "1");  // from now on the kernel does this for what is made below
      step.write(kCpusetMems, mems);
      step.write(kCpusetCpus, cpus);  // last: where it is there, so is the rest
    } else {
      cpus = own_cpus;
      mems = trimmed(step.read(kCpusetMems));
    }
    if (slash == std::string::npos) break;
  }
}

void use_hierarchy(const Folder& root, const std::string& top) {
  const Folder folder = Folder::open(root.fd(), top, root.path() + "/" + top);
  folder.try_write(kUseHierarchy, "1");  // newer kernels know nothing else, or lack the file
}

namespace {

void remove_children(const std::string& path, Nanoseconds patience) {
  const Folder folder = Folder::open_if_exists(path);
  if (!folder.valid()) return;
  for (const std::string& name : folder.children())
    remove_folder(std::string(path).append("/").append(name), patience);
}

// v2 tells when the last process has left. v1 tells nobody, and there a dead process may hold its
// cgroup for a moment longer: the caller asks again, ever less often, for a bounded time.
void wait_for_change(const std::string& path, Nanoseconds left, Nanoseconds pause) {
  const Folder folder = Folder::open_if_exists(path);
  const Fd events = folder.valid() ? watch(folder) : Fd();
  if (events && read_events(events).populated)
    wait_until_empty(folder, left);
  else
    ::poll(nullptr, 0, static_cast<int>(std::min(left, pause) / std::chrono::milliseconds(1)) + 1);
}

std::string who_is_there(const std::string& path) {
  std::string pids;
  const Folder folder = Folder::open_if_exists(path);
  if (folder.valid())
    for (const pid_t pid : processes(folder)) pids += " " + std::to_string(pid);
  return pids.empty() ? "" : "processes in it:" + pids;
}

}  // namespace

void remove_folder(const std::string& path, Nanoseconds patience) {
  const SystemClock clock;
  const Moment deadline = clock.now() + patience;
  Nanoseconds pause = std::chrono::milliseconds(1);
  while (::rmdir(path.c_str()) != 0) {
    if (errno == ENOENT) return;
    const int failure = errno;
    if (failure != EBUSY && failure != ENOTEMPTY) throw_errno("remove cgroup " + path);
    remove_children(path, patience);
    if (::rmdir(path.c_str()) == 0 || errno == ENOENT) return;
    const Nanoseconds left = deadline - clock.now();
    if (left <= Nanoseconds::zero())
      throw Error("remove cgroup " + path, failure, who_is_there(path));
    wait_for_change(path, left, pause);
    pause = std::min<Nanoseconds>(pause * 2, std::chrono::milliseconds(50));
  }
}

}  // namespace podrun::cgroups
