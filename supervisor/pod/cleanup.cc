#include "supervisor/pod/cleanup.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"
#include "cgroups/cgroup.h"
#include "rootfs-tools/store.h"
#include "supervisor/pod/process_identity.h"

namespace podrun::pod {
namespace {

using Json = nlohmann::ordered_json;

constexpr Nanoseconds kKillTimeout = std::chrono::seconds(5);
/// A folder without supervisor.json is of a supervisor that has just been started, until this age.
constexpr auto kStartTime = std::chrono::seconds(10);

constexpr const char *kOwner = "/owner", *kDaemon = "daemon\n";
/// Names of folders that are not whole yet, or not any more.
constexpr const char *kNew = ".new-", *kDaemonsNew = ".daemon-", *kOld = ".old-";

std::string pods_folder(const Roots& roots) { return roots.run_dir + "/pods"; }

Json read_json(const std::string& path) {
  const auto text = read_file_if_exists(path);
  return text ? Json::parse(*text, nullptr, false) : Json(Json::value_t::discarded);
}

std::string text_of(const Json& json, const char* name) {
  const auto found = json.is_object() ? json.find(name) : json.end();
  return json.is_object() && found != json.end() && found->is_string() ? found->get<std::string>()
                                                                       : "";
}

/// Does `act`; its failure becomes a problem of `pod`.
void attempt(CleanedPod& pod, const std::function<void()>& act) {
  try {
    act();
  } catch (const std::exception& error) {
    pod.problems.emplace_back(error.what());
  }
}

/// Only a pod's own cgroup is ever killed: a damaged record must not name another.
bool is_pod_cgroup(const std::string& path, const std::string& uid) {
  return path.ends_with("/pod" + uid) && path.find("..") == std::string::npos;
}

void end_processes(const cgroups::Layout& layout, const SupervisorRecord& record, CleanedPod& pod) {
  if (!is_pod_cgroup(record.cgroup, pod.uid)) return;
  attempt(pod, [&] {
    auto cgroup = cgroups::Cgroup::find(layout, record.cgroup);
    if (!cgroup) return;
    pod.was_running = cgroup->populated();
    cgroup->kill();
    if (!cgroup->wait_empty(kKillTimeout)) {
      throw Error("processes in cgroup " + record.cgroup + " do not end");
    }
    cgroup->remove();
  });
}

/// Names that begin with a dot are asked for by their prefix; without one, all others are meant.
std::vector<std::string> list_folder(const std::string& path, const std::string& prefix = "") {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(path.c_str()), ::closedir);
  if (!folder) return names;
  while (const dirent* entry = ::readdir(folder.get())) {
    const std::string_view name = entry->d_name;
    if (prefix.empty() ? name[0] != '.' : name.starts_with(prefix)) names.emplace_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool is_young(const std::string& folder) {
  struct stat status {};
  if (::stat(folder.c_str(), &status) != 0) return false;
  const auto made = WallTime(Seconds(status.st_mtim.tv_sec));
  const auto age = SystemClock().wall() - made;
  return age < kStartTime && age > -kStartTime;
}

/// Nobody sees half of a folder, of which could not be told whose it was.
void remove_at_once(const Roots& roots, const std::string& uid) {
  const std::string old = pods_folder(roots) + "/" + kOld + uid;
  if (::rename(pod_folder(roots, uid).c_str(), old.c_str()) != 0 && errno != ENOENT) {
    throw_errno("rename " + pod_folder(roots, uid));
  }
  remove_tree(old);
}

}  // namespace

std::string pod_folder(const Roots& roots, const std::string& uid) {
  return pods_folder(roots) + "/" + uid;
}

PodFolderLock PodFolderLock::create(const Roots& roots, const std::string& uid, PodOwner owner) {
  if (uid.empty() || uid.front() == '.' || uid.find('/') != std::string::npos) {
    throw BadInput("metadata.uid: Invalid value: \"" + uid + "\": it names the pod's folder");
  }
  make_dirs(pods_folder(roots));
  const bool daemons = owner == PodOwner::kDaemon;
  const std::string made = pods_folder(roots) + "/" + (daemons ? kDaemonsNew : kNew) + uid;
  const std::string final = pod_folder(roots, uid);
  remove_tree(made);
  if (::mkdir(made.c_str(), 0700) != 0) throw_errno("mkdir " + made);
  PodFolderLock lock = try_lock(made);
  if (daemons) replace_file(made + kOwner, kDaemon, 0600);
  if (::renameat2(AT_FDCWD, made.c_str(), AT_FDCWD, final.c_str(), RENAME_NOREPLACE) != 0) {
    const int why = errno;
    remove_tree(made);
    if (why == EEXIST) throw BadInput("a pod with the uid " + uid + " is running already");
    throw Error("make " + final, why);
  }
  return lock;
}

PodFolderLock PodFolderLock::try_lock(const std::string& pod_folder) {
  PodFolderLock lock;
  Fd fd(::open(pod_folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd && ::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) lock.fd_ = std::move(fd);
  return lock;
}

std::optional<SupervisorRecord> read_supervisor_record(const std::string& pod_folder) {
  const Json json = read_json(pod_folder + "/supervisor.json");
  if (!json.is_object()) return std::nullopt;
  const auto pid = json.find("pid"), start = json.find("startTime");
  if (pid == json.end() || start == json.end()) return std::nullopt;
  if (!pid->is_number_integer() || !start->is_number_integer()) return std::nullopt;
  return SupervisorRecord{pid->get<pid_t>(), start->get<std::uint64_t>(), text_of(json, "cgroup")};
}

bool is_alive(const SupervisorRecord& record) {
  return process_start_time(record.pid) == record.start_time;
}

bool is_daemons(const std::string& pod_folder) {
  return read_file_if_exists(pod_folder + kOwner) == kDaemon;
}

std::vector<std::string> pods_in(const Roots& roots) { return list_folder(pods_folder(roots)); }

CleanedPod kill_pod_processes(const Roots& roots, const cgroups::Layout& layout,
                              const std::string& uid) {
  CleanedPod pod;
  pod.uid = uid;
  const auto record = read_supervisor_record(pod_folder(roots, uid));
  if (record) end_processes(layout, *record, pod);
  return pod;
}

CleanedPod clean_up_pod(const Roots& roots, const cgroups::Layout& layout, const std::string& uid,
                        bool keep_logs) {
  CleanedPod pod = kill_pod_processes(roots, layout, uid);
  const std::string folder = pod_folder(roots, uid);
  const Json manifest = read_json(folder + "/pod.json");
  if (manifest.is_object() && manifest.contains("metadata")) {
    pod.namespace_ = text_of(manifest["metadata"], "namespace");
    pod.name = text_of(manifest["metadata"], "name");
  }
  attempt(pod, [&] { images::prune_dead_snapshots(roots.data_dir); });
  if (!keep_logs && !pod.name.empty()) {
    attempt(pod, [&] {
      remove_tree(roots.log_dir + "/" + pod.namespace_ + "_" + pod.name + "_" + uid);
    });
  }
  attempt(pod, [&] { remove_tree(roots.data_dir + "/pods/" + uid); });
  // The folder is the only trace that leads here: it goes when nothing else is left to do.
  if (pod.problems.empty()) attempt(pod, [&] { remove_at_once(roots, uid); });
  return pod;
}

void remove_half_made(const Roots& roots) {
  for (const char* prefix : {kDaemonsNew, kOld}) {
    for (const std::string& name : list_folder(pods_folder(roots), prefix)) {
      remove_tree(pods_folder(roots) + "/" + name);
    }
  }
}

std::vector<CleanedPod> clean_up_dead_pods(const Roots& roots) {
  std::vector<CleanedPod> cleaned;
  std::optional<cgroups::Layout> layout;
  for (const std::string& uid : pods_in(roots)) {
    const std::string folder = pod_folder(roots, uid);
    const PodFolderLock lock = PodFolderLock::try_lock(folder);
    if (!lock.valid() || is_daemons(folder)) continue;
    const auto record = read_supervisor_record(folder);
    if (record ? is_alive(*record) : is_young(folder)) continue;
    if (!layout) layout = cgroups::detect_layout();
    cleaned.push_back(clean_up_pod(roots, *layout, uid, false));
  }
  return cleaned;
}

}  // namespace podrun::pod
