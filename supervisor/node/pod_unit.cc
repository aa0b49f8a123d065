#include "supervisor/node/pod_unit.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/files.h"
#include "base/last_line.h"
#include "supervisor/node/config_files.h"
#include "supervisor/node/orphans.h"
#include "supervisor/node/pod_object.h"

namespace podrun::node {
namespace {

using State = SupervisorView::State;

// What could not be removed is tried again this much later.
constexpr Seconds kCleanUpRetry{5};
// So long a new pod may take to run before the API hears that it does not yet.
constexpr Nanoseconds kPendingPatience = std::chrono::milliseconds(50);
// An order that was not taken is given again this much later.
constexpr Nanoseconds kOrderRetry = std::chrono::milliseconds(100);

/// What of a pod may change and its volumes may show.
Json labels_of(const Json& pod) {
  const Json& meta = pod.at("metadata");
  return {{"labels", meta.value("labels", Json())},
          {"annotations", meta.value("annotations", Json())}};
}

}  // namespace

PodUnit::PodUnit(UnitContext& context, std::string uid, store::ObjectKey key)
    : context_(context),
      uid_(std::move(uid)),
      key_(std::move(key)),
      folder_(pod::pod_folder(context.home.roots, uid_)),
      tokens_(context.issue_token) {}

PodUnit::~PodUnit() { context_.folders.remove(uid_); }

SupervisorView PodUnit::view() const {
  SupervisorView view;
  view.state = state_;
  view.ended = ended_;
  view.ends_by = ends_by_;
  view.killed = killed_;
  view.not_before = not_before_;
  view.since = started_;
  return view;
}

void PodUnit::watch() {
  context_.folders.add(uid_, folder_);
  if (!events_) watch_events();
}

/// From the beginning: what is known already is not copied again.
void PodUnit::watch_events() { events_ = std::make_unique<EventTail>(folder_ + "/events.jsonl"); }

void PodUnit::find() {
  auto [found, handle] = SupervisorHandle::find(folder_);
  switch (found) {
    case Found::kNone:
      state_ = State::kNone;
      return;
    case Found::kUnclear:
      state_ = State::kUnclear;
      return;
    case Found::kRunning:
      state_ = State::kRunning;
      supervisor_ = std::move(handle);
      started_ = context_.clock.now();
      watch();
      supervisor_.watch(context_.reactor, [this] { on_end(); });
      publish();
      return;
    case Found::kOver:
      state_ = State::kOver;
      started_ = context_.clock.now();
      watch_events();
      publish();
      see_whether_ended();
      return;
  }
}

void PodUnit::start(const Json& pod, bool again) {
  not_before_.reset();
  try {
    if (again) {
      prepare_again(pod);
    } else if (::access(folder_.c_str(), F_OK) == 0 && !pod::is_daemons(folder_)) {
      remove_foreign();
    }
    if (::access(folder_.c_str(), F_OK) != 0) {
      make_folder(pod);
    } else {
      pod::PodFolderLock lock = pod::PodFolderLock::try_lock(folder_);
      if (!lock.valid()) {
        state_ = State::kUnclear;
        return;
      }
      write_manifest(pod);
      write_objects(pod);
      supervisor_ = SupervisorHandle::start(context_.home, uid_, std::move(lock));
    }
  } catch (const std::exception& error) {
    start_failed(pod, error.what());
    return;
  }
  state_ = State::kRunning;
  ended_ = killed_ = false;
  ends_by_.reset();
  last_status_.clear();
  started_ = context_.clock.now();
  supervisor_.watch(context_.reactor, [this] { on_end(); });
  watch();
  // What it wrote before it was watched.
  publish();
}

/// `podrun run`'s, which is not ours.
void PodUnit::remove_foreign() {
  const pod::PodFolderLock lock = pod::PodFolderLock::try_lock(folder_);
  if (!lock.valid()) throw Error("a pod with the uid " + uid_ + " runs outside of the daemon");
  pod::clean_up_pod(context_.home.roots, context_.layout, uid_, /*keep_logs=*/false);
}

/// The lock is held from the folder's first moment until the supervisor has it.
void PodUnit::make_folder(const Json& pod) {
  pod::PodFolderLock lock =
      pod::PodFolderLock::create(context_.home.roots, uid_, pod::PodOwner::kDaemon);
  write_manifest(pod);
  write_objects(pod);
  supervisor_ = SupervisorHandle::start(context_.home, uid_, std::move(lock));
}

/// A pod that ran before has the resources that it had: what it wants beyond them is looked at
/// then.
void PodUnit::write_manifest(const Json& pod) {
  const std::string path = folder_ + "/pod.json";
  const auto before = read_file_if_exists(path);
  const Json old = before ? Json::parse(*before, nullptr, false) : Json();
  Json manifest = pod;
  if (old.is_object() && resources_of(old) != resources_of(pod)) {
    manifest = with_resources(std::move(manifest), old);
    manifest["metadata"]["generation"] = old["metadata"].value("generation", std::int64_t{0});
  }
  replace_file(path, manifest.dump(), 0600);
  know_given(manifest, /*told=*/true);
}

/// What still runs is killed; the counts, the logs and the volumes stay.
void PodUnit::prepare_again(const Json& pod) {
  const bool had_sandbox = !last_status_.empty() || state_ == State::kNone;
  const auto killed = pod::kill_pod_processes(context_.home.roots, context_.layout, uid_);
  reap_pod_orphans(uid_);
  if (!killed.problems.empty()) throw Error(killed.problems.front());
  if (had_sandbox) {
    record(pod, "Normal", "SandboxChanged",
           "Pod sandbox changed, it will be killed and re-created.");
  }
  if (state_ == State::kNone) {  // a reboot: the API alone remembers
    pod::PodFolderLock::create(context_.home.roots, uid_, pod::PodOwner::kDaemon);
  }
  const auto status = read_file_if_exists(folder_ + "/status.json");
  if (status) {
    replace_file(folder_ + "/previous.json", *status, 0600);
  } else if (pod.contains("status") && state_ == State::kNone) {
    replace_file(folder_ + "/previous.json", pod["status"].dump(), 0600);
  }
  for (const char* name : {"/status.json", "/supervisor.json", "/report.json"}) {
    ::unlink((folder_ + name).c_str());
  }
}

void PodUnit::on_end() {
  supervisor_.reap();
  token_timer_.reset();
  room_timer_.reset();
  pending_timer_.reset();
  waits_for_room_ = false;
  state_ = State::kOver;
  publish();
  see_whether_ended();
  context_.folders.remove(uid_);
  const Moment now = context_.clock.now();
  not_before_ = now + backoff_.next(started_, now);
  reap_pod_orphans(uid_);
  if (last_status_.empty()) {  // it never got so far as to have containers
    const store::Object* pod = context_.client.get(key_);
    if (pod != nullptr && uid_of(*pod->json) == uid_) {
      record(*pod->json, "Warning", "FailedCreatePodSandBox",
             "Failed to create pod sandbox: " + last_line(folder_ + "/supervisor.log"));
    }
  }
  context_.look_again(uid_);
}

void PodUnit::see_whether_ended() {
  const Json status = Json::parse(last_status_, nullptr, false);
  const store::Object* pod = context_.client.get(key_);
  if (pod != nullptr && uid_of(*pod->json) == uid_) {
    ended_ = has_ended(status, *pod->json);
    return;
  }
  const auto manifest = read_file_if_exists(folder_ + "/pod.json");
  ended_ = manifest && has_ended(status, Json::parse(*manifest, nullptr, false));
}

void PodUnit::start_failed(const Json& pod, const std::string& why) {
  const Moment now = context_.clock.now();
  // The first wait of a Backoff is none: a start that fails at once would be tried in a circle.
  not_before_ = now + std::max(backoff_.next(now, now), Seconds(1));
  state_ = ::access(folder_.c_str(), F_OK) == 0 ? State::kOver : State::kNone;
  record(pod, "Warning", "FailedCreatePodSandBox", "Failed to create pod sandbox: " + why);
}

void PodUnit::reject(const Json& pod, const std::string& reason, const std::string& message) {
  Json changed = pod;
  changed["status"] =
      rejected_status(pod.value("status", Json::object()), reason, message, context_.clock.wall());
  changed["metadata"].erase("resourceVersion");
  context_.client.update_status(key_, std::move(changed));
  record(pod, "Warning", reason, message);
}

bool PodUnit::terminate(Seconds grace) {
  const Moment now = context_.clock.now();
  const bool taken = supervisor_.terminate(grace);
  if (taken) {
    ends_by_ = now + grace;
  } else {
    wait_until(now + kOrderRetry);
  }
  return taken;
}

bool PodUnit::kill() {
  const Moment now = context_.clock.now();
  killed_ = supervisor_.kill_pod();
  if (killed_) {
    ends_by_ = now;
  } else {
    wait_until(now + kOrderRetry);
  }
  return killed_;
}

bool PodUnit::clean_up() {
  timer_.reset();
  context_.folders.remove(uid_);
  const auto cleaned =
      pod::clean_up_pod(context_.home.roots, context_.layout, uid_, /*keep_logs=*/false);
  reap_pod_orphans(uid_);
  for (const std::string& problem : cleaned.problems) {
    context_.log("clean up pod " + key_.namespace_ + "/" + key_.name + ": " + problem);
  }
  if (cleaned.problems.empty()) {
    state_ = State::kNone;
    events_.reset();
    return true;
  }
  wait_until(context_.clock.now() + kCleanUpRetry);
  return false;
}

void PodUnit::write_objects(const Json& pod) {
  seen_labels_.reset();  // where anything fails, see_pod() tries again
  write_config(pod);
  if (write_volumes(pod)) {
    seen_labels_ = labels_of(pod);
  } else {
    wait_until(context_.clock.now() + kOrderRetry);
  }
}

void PodUnit::write_config(const Json& pod) {
  const pod::ConfigData data = config_for(context_.client, pod);
  if (!data.provided) return;
  std::string text = data.to_json();
  const std::string path = folder_ + "/config.json";
  if (text == last_config_ && ::access(path.c_str(), F_OK) == 0) return;
  replace_file(path, text, 0600);
  last_config_ = std::move(text);
}

/// False where the supervisor takes no orders now.
bool PodUnit::write_volumes(const Json& pod) {
  const VolumeNeeds needs = volume_needs(pod);
  if (!needs.any()) return true;
  const WallTime now = context_.clock.wall();
  std::string text = volume_config(context_.client, pod, needs, tokens_, now).to_json();
  if (const auto due = tokens_.next_due()) {
    // A second at least: a token that cannot be had is not asked for in a circle.
    token_timer_ =
        context_.reactor.call_after(std::max<Nanoseconds>(*due - now, Seconds(1)), [this] {
          seen_labels_.reset();
          context_.look_again(uid_);
        });
  }
  const std::string path = folder_ + "/volumes.json";
  if (text == last_volumes_ && ::access(path.c_str(), F_OK) == 0) return true;
  replace_file(path, text, 0600);
  const bool told = !supervisor_.valid() || supervisor_.refresh_volumes();
  last_volumes_ = told ? std::move(text) : "";
  return told;
}

void PodUnit::see_pod(const Json& pod) {
  if (!status_told_ && !last_status_.empty()) publish();
  if (state_ != State::kRunning || seen_labels_ == labels_of(pod)) return;
  write_objects(pod);
}

/// What nobody takes now is told later, by publish_again().
void PodUnit::publish() {
  try {
    publish_status();
    if (context_.client.is_reachable()) publish_events();
  } catch (const api::Unreachable&) {
    if (events_) watch_events();
  } catch (const std::exception& error) {
    context_.log("pod " + key_.namespace_ + "/" + key_.name + ": " + error.what());
  }
}

void PodUnit::publish_again() {
  if (state_ == SupervisorView::State::kNone) return;
  status_told_ = false;
  publish();
}

void PodUnit::publish_status() {
  auto text = read_file_if_exists(folder_ + "/status.json");
  if (!text || (status_told_ && *text == last_status_)) return;
  const Json status = Json::parse(*text, nullptr, false);
  if (!status.is_object() || waits_for_news(status)) return;
  last_status_ = std::move(*text);
  status_told_ = false;
  observed_generation_ = status.value("observedGeneration", std::int64_t{0});
  if (context_.client.is_reachable()) status_told_ = tell_status(status);
}

/// That a pod's containers are being made is news only where that takes its time: most of them run
/// a moment later, and the API has one write less.
bool PodUnit::waits_for_news(const Json& status) {
  const bool is_new = state_ == State::kRunning && last_status_.empty();
  if (!is_new || status.value("phase", "") != "Pending") return false;
  if (context_.clock.now() >= started_ + kPendingPatience) return false;
  if (!pending_timer_) {
    pending_timer_ = context_.reactor.call_after(kPendingPatience, [this] { publish(); });
  }
  return true;
}

/// False where it has to be told again: the pod is not bound to this node, or not yet again.
bool PodUnit::tell_status(const Json& status) {
  const store::Object* pod = context_.client.get(key_);
  if (pod == nullptr || uid_of(*pod->json) != uid_) return true;
  const ApiView view = view_of(pod->json.get(), context_.node_name);
  if (view.place != ApiView::Place::kHere) return false;
  Json changed = *pod->json;
  const Json before = changed.value("status", Json::object());
  changed["status"] = merged_status(before, status, context_.host_ip);
  // Somebody else told the supervisor to end: the pod will be re-created, and its phase is not
  // final.
  if (!view.deleting && is_final(status) && !has_ended(status, changed)) {
    changed["status"]["phase"] = "Running";
  }
  if (changed["status"] == before) return true;
  // Nobody else writes a pod's status: no need to lose against a change elsewhere in the pod.
  changed["metadata"].erase("resourceVersion");
  context_.client.update_status(key_, std::move(changed));
  return true;
}

void PodUnit::publish_events() {
  if (!events_) return;
  for (const Json& event : events_->read()) {
    try {
      copy_event(context_.client, event, context_.clock.wall());
    } catch (const api::ApiError& error) {
      // A namespace that is being deleted takes no events.
      context_.log("event of pod " + key_.namespace_ + "/" + key_.name + ": " + error.what());
    }
  }
}

void PodUnit::wait_until(Moment when) {
  const Nanoseconds left = std::max(when - context_.clock.now(), Nanoseconds(0));
  timer_ = context_.reactor.call_after(left, [this] { context_.look_again(uid_); });
}

void PodUnit::record(const Json& pod, const std::string& type, const std::string& reason,
                     const std::string& message) {
  api::EventRecord event;
  event.involved_object = reference_to(pod);
  event.type = type;
  event.reason = reason;
  event.message = message;
  event.component = "kubelet";
  event.host = context_.node_name;
  context_.client.record(event);
}

}  // namespace podrun::node
