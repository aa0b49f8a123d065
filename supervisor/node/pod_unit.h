// One pod on this machine: its folder, its supervisor, and what has been brought into the API.
// Acts; what is to be done next is decided in plan.h.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "cgroups/layout.h"
#include "supervisor/api/client.h"
#include "supervisor/node/event_copy.h"
#include "supervisor/node/folder_watch.h"
#include "supervisor/node/plan.h"
#include "supervisor/node/pod_object.h"
#include "supervisor/node/reactor.h"
#include "supervisor/node/resize.h"
#include "supervisor/node/supervisor_handle.h"
#include "supervisor/node/volume_config.h"
#include "supervisor/pod/backoff.h"

namespace podrun::node {

/// What all units share; owned by the agent, outlives them.
struct UnitContext {
  SupervisorHome home;
  std::string node_name, host_ip;
  api::Client& client;
  Reactor& reactor;
  const Clock& clock;
  const cgroups::Layout& layout;
  FolderWatch& folders;
  std::function<void(const std::string&)> log;
  std::function<void(const std::string& uid)> look_again;  // asks the agent to decide anew, soon
  IssueToken issue_token;                                  // may be empty: there are none then
};

class PodUnit {
 public:
  PodUnit(UnitContext& context, std::string uid, store::ObjectKey key);
  ~PodUnit();  // the supervisor goes on
  PodUnit(const PodUnit&) = delete;
  PodUnit& operator=(const PodUnit&) = delete;

  const std::string& uid() const { return uid_; }
  const store::ObjectKey& key() const { return key_; }
  pid_t supervisor_pid() const { return supervisor_.pid(); }
  SupervisorView view() const;

  /// Looks for what an earlier daemon left: a living supervisor is watched from now on.
  void find();
  /// Makes the folder and starts the supervisor. A failure becomes an event and a wait. `again`:
  /// the pod has run before; its counts go on.
  void start(const Json& pod, bool again);
  /// The pod is not begun here, ever.
  void reject(const Json& pod, const std::string& reason, const std::string& message);
  /// Both: false where the supervisor does not take the order now; it is looked at again soon.
  bool terminate(Seconds grace);
  bool kill();
  void kill_supervisor() { supervisor_.kill_supervisor(); }
  /// Removes everything; false where something is left, which view() then waits for.
  bool clean_up();
  /// Gives the supervisor the ConfigMaps, Secrets, labels and tokens as they are now: its next
  /// instances have them in their environment, and it has its volumes show them.
  void write_objects(const Json& pod);
  /// The pod may have changed: the same where its labels or annotations have, a token is to be
  /// replaced, or it failed.
  void see_pod(const Json& pod);
  /// The pod may want other resources than it runs with: where the node has them, the supervisor
  /// gives it them; else the pod shows why not.
  void see_resources(const Json& pod);
  /// Others' resources are in the way of that.
  bool waits_for_room() const { return waits_for_room_; }
  /// Copies what is new in status.json and events.jsonl into the API.
  void publish();
  /// The same with what is not new: others may have written it meanwhile.
  void publish_again();
  /// Looks again at `when`.
  void wait_until(Moment when);

 private:
  void remove_foreign();
  void make_folder(const Json& pod);
  void write_manifest(const Json& pod);
  void prepare_again(const Json& pod);
  void watch();
  void watch_events();
  void on_end();
  void see_whether_ended();
  void write_config(const Json& pod);
  bool write_volumes(const Json& pod);
  void know_given(const Json& manifest, bool told);
  void give_resources(const Json& pod);
  void tell_resize();
  ResizeVerdict judge(const Json& pod) const;
  void show_verdict(const Json& pod, const ResizeVerdict& verdict);
  void publish_status();
  bool waits_for_news(const Json& status);
  bool tell_status(const Json& status);
  void publish_events();
  void start_failed(const Json& pod, const std::string& why);
  void record(const Json& pod, const std::string& type, const std::string& reason,
              const std::string& message);

  UnitContext& context_;
  std::string uid_;
  store::ObjectKey key_;
  std::string folder_;
  SupervisorView::State state_ = SupervisorView::State::kNone;
  SupervisorHandle supervisor_;
  std::optional<Moment> ends_by_, not_before_;
  bool killed_ = false, ended_ = false;
  Moment started_{};
  pod::Backoff backoff_;
  std::string last_status_, last_config_, last_volumes_;
  bool status_told_ = false;         // the API has last_status_
  std::optional<Json> seen_labels_;  // of the pod when its objects were written
  Json given_;                       // resources_of() of pod.json; null: not read yet
  std::int64_t given_generation_ = 0, observed_generation_ = 0;
  bool resize_told_ = false;  // the supervisor knows of that pod.json
  bool waits_for_room_ = false;
  PodTokens tokens_;
  std::unique_ptr<EventTail> events_;
  Reactor::Watch timer_, token_timer_, room_timer_, pending_timer_;
};

}  // namespace podrun::node
