// What every part of one pod's supervisor shares. A plain struct of references: owned by main,
// outlives them all.
#pragma once

#include <string>

#include "base/clock.h"
#include "cgroups/cgroup.h"
#include "cgroups/layout.h"
#include "rootfs-tools/store.h"
#include "runtime/birth.h"
#include "supervisor/manifest/pod.h"
#include "supervisor/pod/container_env.h"
#include "supervisor/pod/event_log.h"
#include "supervisor/pod/loop.h"
#include "supervisor/pod/node_place.h"
#include "supervisor/pod/paths.h"
#include "supervisor/pod/reaper.h"
#include "supervisor/pod/starter.h"
#include "supervisor/pod/volumes.h"

namespace podrun::pod {

struct Options {
  Roots roots;
  NodePlace place;
  bool allow_no_limits = false;
  bool under_daemon = false;    // which schedules the pod and writes that event
  int inject_birth_fault = -1;  // tests: the birth step that fails
};

struct Context {
  const Options& options;
  const Clock& clock;
  const cgroups::Layout& layout;
  manifest::Pod& pod;  // its containers' resources may change
  const PodPaths& paths;
  const NodeFacts& node;
  std::string hostname;
  const images::Store& images;
  Loop& loop;
  Reaper& reaper;
  EventLog& events;
  Volumes& volumes;
  const runtime::Birthplace& births;  // any place of this process
  Starter& starter;
  cgroups::Cgroup pod_cgroup;  // valid once the pod is set up
  /// Set by whoever changes what status.json shows; the pod writes it once per turn of the loop.
  bool status_changed = true;
  /// Set when report.json is to be written again.
  bool report_changed = false;
  /// The pod is being deleted: liveness and startup probes stop, nothing restarts.
  bool deleting = false;
};

/// "kubia-liveness-pod_default(uid)", as kubelet's messages name a pod.
inline std::string pod_for_messages(const manifest::Pod& pod) {
  return pod.metadata.name + "_" + pod.metadata.namespace_ + "(" + pod.metadata.uid + ")";
}

}  // namespace podrun::pod
