// Gives pods to nodes: acts on what scheduling/decision.h says, through api::Client alone. No
// thread and no I/O of its own; its owner passes it every committed change and calls run() when it
// is due.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "supervisor/api/client.h"
#include "supervisor/scheduling/cluster.h"
#include "supervisor/scheduling/queue.h"
#include "supervisor/store/store.h"

namespace podrun::controllers {

/// Pods that name another one (spec.schedulerName) are left alone.
inline constexpr const char* kSchedulerName = "default-scheduler";

class Scheduler {
 public:
  /// `on_bound` hears of each pod that got a node, at once: before the commit.
  Scheduler(api::Client& client, const Clock& clock,
            std::function<void(const store::ObjectKey&, const std::string& node)> on_bound)
      : client_(client), clock_(clock), on_bound_(std::move(on_bound)) {}

  /// Begins with what there is; again where writes were undone. Thousands of pods are read in the
  /// first turns of run(), not here.
  void start();
  void on_change(const store::Change& change);
  /// When run() has something to do; may be past.
  std::optional<Moment> next_deadline() const;
  /// Looks at pods until none is due or `end` has come.
  void run(Moment end);

  std::size_t unschedulable() const { return queue_.waiting(); }

 private:
  void see_pod(const store::Object& pod);
  void heed(scheduling::Effect effect);
  void drop_pod(const store::ObjectKey& key);
  void leave_place(const store::ObjectKey& key);
  void schedule(const store::ObjectKey& key);
  void bind(const store::ObjectKey& key, const std::string& node);
  void tell_refused(const store::Object& pod, const std::string& message);

  api::Client& client_;
  const Clock& clock_;
  std::function<void(const store::ObjectKey&, const std::string& node)> on_bound_;
  scheduling::Cluster cluster_;
  scheduling::Queue queue_;
  std::vector<store::Object> unread_;
};

}  // namespace podrun::controllers
