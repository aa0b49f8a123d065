// Where one pod's files are: docs/run-dir.md.
#pragma once

#include <string>

#include "supervisor/manifest/meta.h"

namespace podrun::pod {

/// The three roots that --data-dir, --run-dir and --log-dir move.
struct Roots {
  std::string data_dir = "/var/lib/podrun";
  std::string run_dir = "/run/podrun";
  std::string log_dir = "/var/log/pods";
};

/// Paths of one pod below the roots.
struct PodPaths {
  std::string run;   // <run-dir>/pods/<uid>
  std::string data;  // <data-dir>/pods/<uid>
  std::string logs;  // <log-dir>/<namespace>_<name>_<uid>

  std::string manifest() const { return run + "/pod.json"; }
  std::string supervisor() const { return run + "/supervisor.json"; }
  std::string status() const { return run + "/status.json"; }
  std::string events() const { return run + "/events.jsonl"; }
  std::string previous() const { return run + "/previous.json"; }
  std::string config() const { return run + "/config.json"; }
  std::string report() const { return run + "/report.json"; }
  std::string volumes() const { return run + "/volumes.json"; }
  std::string empty_dir(const std::string& volume) const {
    return data + "/volumes/kubernetes.io~empty-dir/" + volume;
  }
  /// Of a volume of any kind whose files podrun writes; those in memory have no use for a disk.
  std::string files_dir(const std::string& volume, bool in_memory) const {
    return (in_memory ? run : data) + "/volumes/kubernetes.io~projected/" + volume;
  }
};

inline PodPaths pod_paths(const Roots& roots, const manifest::ObjectMeta& metadata) {
  return {roots.run_dir + "/pods/" + metadata.uid, roots.data_dir + "/pods/" + metadata.uid,
          roots.log_dir + "/" + metadata.namespace_ + "_" + metadata.name + "_" + metadata.uid};
}

}  // namespace podrun::pod
