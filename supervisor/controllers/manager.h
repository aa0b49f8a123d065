// The controllers together: maps changes of the store to keys to look at, and looks at them. No
// threads and no I/O of its own: its owner calls on_change() and, at next_deadline(), run_once().
//
// Level-triggered: a key says where to look, never what happened, and everything is looked at when
// it starts and every few minutes, so that nothing depends on having seen a change.
#pragma once

#include <compare>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "base/clock.h"
#include "supervisor/api/client.h"
#include "supervisor/controllers/cron_job_controller.h"
#include "supervisor/controllers/daemon_controller.h"
#include "supervisor/controllers/deployment_controller.h"
#include "supervisor/controllers/event_expiry.h"
#include "supervisor/controllers/garbage_collector.h"
#include "supervisor/controllers/job_controller.h"
#include "supervisor/controllers/namespace_controller.h"
#include "supervisor/controllers/node_controller.h"
#include "supervisor/controllers/pod_garbage.h"
#include "supervisor/controllers/replica_controller.h"
#include "supervisor/controllers/work_queue.h"
#include "supervisor/store/store.h"

namespace podrun::controllers {

struct ManagerOptions {
  Seconds resync{300};
  /// Keys that one run_once() looks at.
  std::size_t most_per_run = 64;
  BackoffFigures backoff;
  /// What happens to a Job's pods is looked at together, so long after the first of it.
  Nanoseconds job_batch = std::chrono::milliseconds(10);
  Seconds event_life{3600};           // after an event was last seen
  std::size_t finished_pods = 12500;  // that are kept
  NodeFigures nodes;
  std::string root_ca;  // what pods verify the API server with, in PEM
  /// Told of what failed for another reason than a conflict; it is tried again.
  std::function<void(const std::string&)> on_failure = [](const std::string&) {};
};

class Manager {
 public:
  /// `types`: every resource that is served. What is passed by reference outlives it.
  Manager(api::Client& client, const Clock& clock, ResourceTypes types,
          ManagerOptions options = {});
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;

  /// Queues what a committed change concerns; writes nothing. Changes that came before the first
  /// run_once() need not be told.
  void on_change(const store::Change& change);
  /// When run_once() has something to do next; may be past.
  std::optional<Moment> next_deadline() const;
  /// Does what is due, up to a bound. Throws nothing that the API answers.
  void run_once(Moment now);

  /// What one controller has to do and has done, for metrics.
  struct Figures {
    std::size_t depth = 0;  // keys that wait, those that are not due yet among them
    std::uint64_t looks = 0, failures = 0;
  };
  /// By the controller's name.
  std::map<std::string, Figures> figures() const;

 private:
  enum class Worker {
    kNamespace,
    kReplicas,
    kDeployment,
    kGarbage,
    kEvents,
    kPods,
    kNode,
    kDaemonSet,
    kJob,
    kCronJob
  };
  static const char* name_of(Worker worker);
  static Worker worker_of(const std::string& resource);
  struct Task {
    Worker worker = Worker::kGarbage;
    store::ObjectKey key;
    auto operator<=>(const Task&) const = default;  // NOLINT(modernize-use-nullptr): no pointer
  };

  void resync(Moment now);
  void perform(const Task& task, Moment now);
  void dispatch(const Task& task, Moment now);
  void look_at(Worker worker, const store::ObjectKey& key);
  void look_at_garbage(const std::vector<store::ObjectKey>& keys);
  void on_pod(const store::Change& change);
  void on_replica_set(const store::Change& change);
  void on_namespaced(const store::Change& change);
  void on_node(const store::Change& change);
  void on_revision(const store::Change& change);
  void look_at_nodes();
  void look_at_daemon_sets();
  void look_at_jobs();
  void look_at_cron_jobs();
  void note_clock();
  void look_at_job_soon(const store::ObjectKey& key);
  void on_job(const store::Change& change);
  void look_at_owner(const Json& object, const std::string& namespace_);
  void look_at_matching(const store::Object& orphan, const char* resource);
  void look_at_recreating(const Json& pod, const std::string& namespace_);

  api::Client& client_;
  const Clock& clock_;
  const ResourceTypes types_;
  const ManagerOptions options_;
  ReplicaController replication_controllers_, replica_sets_;
  DeploymentController deployments_;
  DaemonController daemon_sets_;
  JobController jobs_;
  GarbageCollector garbage_;
  CronJobController cron_jobs_;
  NamespaceController namespaces_;
  EventExpiry events_;
  PodGarbage pods_;
  NodeController nodes_;
  WorkQueue<Task> queue_;
  Moment next_resync_ = Moment::min();
  Nanoseconds wall_ahead_{0};  // of the clock that deadlines are by
  std::map<Worker, Figures> figures_;
};

}  // namespace podrun::controllers
