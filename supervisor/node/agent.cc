#include "supervisor/node/agent.h"

#include <utility>

#include "base/error.h"
#include "base/files.h"
#include "supervisor/node/pod_object.h"
#include "supervisor/pod/orphans.h"

namespace podrun::node {
namespace {

// An API that refuses (a conflict) is asked again this much later.
constexpr Nanoseconds kApiRetry = std::chrono::milliseconds(100);
constexpr Nanoseconds kTurn = std::chrono::milliseconds(5);

store::ObjectKey pod_key(const std::string& namespace_, const std::string& name) {
  return {"pods", namespace_, name};
}

HostFacts host_facts(const AgentOptions& options) {
  HostFacts host = read_host(options.roots.data_dir, options.place);
  host.labels = options.labels;
  return host;
}

}  // namespace

NodeAgent::NodeAgent(AgentOptions options, api::Client& client, Reactor& reactor,
                     const Clock& clock)
    : options_(std::move(options)),
      client_(client),
      reactor_(reactor),
      clock_(clock),
      host_(host_facts(options_)),
      layout_(cgroups::detect_layout()),
      folders_(reactor,
               [this](const std::string& uid) {
                 if (const auto unit = units_.find(uid); unit != units_.end()) {
                   unit->second->publish();
                 }
               }),
      context_{{options_.roots, options_.place, options_.program, options_.allow_no_limits},
               host_.name,
               host_.address,
               client,
               reactor,
               clock,
               layout_,
               folders_,
               [this](const std::string& text) {
                 if (options_.log) options_.log(text);
               },
               [this](const std::string& uid) {
                 if (const auto unit = units_.find(uid); unit != units_.end()) {
                   mark(unit->second->key());
                 }
               },
               options_.issue_token},
      heart_(client, reactor, clock, host_, options_.version, options_.roots.data_dir,
             options_.renewal,
             options_.place.name.empty() ? Registration::kAlways : Registration::kOnce,
             context_.log, [this] {
               for (const auto& [uid, unit] : units_) unit->publish_again();
             }) {}

NodeAgent::~NodeAgent() = default;

void NodeAgent::start() {
  pod::adopt_orphans();
  heart_.start();
  adopt_folders();
  look_at_all();
}

void NodeAgent::resync() {
  heart_.start();
  for (const auto& [uid, unit] : units_) unit->publish_again();
  look_at_all();
}

void NodeAgent::look_at_all() {
  for (const auto& [key, uids] : by_key_) marked_.insert(key);
  for (const store::Object& pod : client_.list("pods")) marked_.insert(pod.key);
  look_at_marked();
}

void NodeAgent::adopt_folders() {
  pod::remove_half_made(options_.roots);
  for (const std::string& uid : pod::pods_in(options_.roots)) {
    const std::string folder = pod::pod_folder(options_.roots, uid);
    if (!pod::is_daemons(folder)) continue;
    // Without a manifest nothing was ever started: the API's pod of this uid begins anew.
    const auto text = read_file_if_exists(folder + "/pod.json");
    const Json manifest = text ? Json::parse(*text, nullptr, false) : Json();
    const store::ObjectKey key =
        pod_key(text_at(manifest, "metadata", "namespace"), text_at(manifest, "metadata", "name"));
    auto unit = std::make_unique<PodUnit>(context_, uid, key);
    unit->find();
    by_key_[key].insert(uid);
    admitted_.insert(uid);
    units_.emplace(uid, std::move(unit));
    marked_.insert(key);
  }
}

void NodeAgent::pod_changed(const std::string& namespace_, const std::string& name) {
  mark(pod_key(namespace_, name));
}

void NodeAgent::config_changed(const std::string& namespace_) {
  for (const auto& [uid, unit] : units_) {
    if (unit->key().namespace_ != namespace_ || unit->supervisor_pid() <= 0) continue;
    try {
      if (const auto pod = find_pod(unit->key(), uid)) unit->write_objects(*pod->json);
    } catch (const Error& error) {
      context_.log("pod " + namespace_ + "/" + unit->key().name + ": " + error.what());
      unit->wait_until(clock_.now() + kApiRetry);
    }
  }
}

void NodeAgent::mark(const store::ObjectKey& key) {
  marked_.insert(key);
  look_soon();
}

std::optional<pid_t> NodeAgent::supervisor_of(const std::string& uid) const {
  const auto unit = units_.find(uid);
  if (unit == units_.end() || unit->second->supervisor_pid() <= 0) return std::nullopt;
  return unit->second->supervisor_pid();
}

/// A few milliseconds' worth: with thousands of pods the API answers in between.
void NodeAgent::look_at_marked() {
  soon_.reset();
  const Moment end = clock_.now() + kTurn;
  if (turn_.empty()) turn_.swap(marked_);
  while (!turn_.empty() && clock_.now() < end) look_at(turn_.extract(turn_.begin()).value());
  if (!turn_.empty() || !marked_.empty()) look_soon();
}

void NodeAgent::look_soon() {
  if (!soon_) soon_ = reactor_.call_after(Nanoseconds(0), [this] { look_at_marked(); });
}

/// The pod of this name, and those that had it before and are still on this machine.
void NodeAgent::look_at(const store::ObjectKey& key) {
  std::set<std::string> uids;
  if (const auto known = by_key_.find(key); known != by_key_.end()) uids = known->second;
  const store::Object* present = client_.get(key);
  if (present != nullptr && text_at(*present->json, "spec", "nodeName") == node_name()) {
    uids.insert(uid_of(*present->json));
  }
  for (const std::string& uid : uids) {
    try {
      settle(uid, key);
    } catch (const api::Unreachable&) {
      // Looked at again by resync().
    } catch (const std::exception& error) {
      context_.log("pod " + key.namespace_ + "/" + key.name + ": " + error.what());
      if (const auto unit = units_.find(uid); unit != units_.end()) {
        unit->second->wait_until(clock_.now() + kApiRetry);
      }
    }
  }
}

std::optional<store::Object> NodeAgent::find_pod(const store::ObjectKey& key,
                                                 const std::string& uid) const {
  const store::Object* pod = client_.get(key);
  if (pod == nullptr || uid_of(*pod->json) != uid) return std::nullopt;
  return *pod;
}

/// Decides and acts until there is nothing to do now.
void NodeAgent::settle(const std::string& uid, const store::ObjectKey& key) {
  auto& unit = units_[uid];
  if (!unit) {
    unit = std::make_unique<PodUnit>(context_, uid, key);
    by_key_[key].insert(uid);
  }
  if (unit->view().state == SupervisorView::State::kUnclear) unit->find();
  while (true) {
    const std::optional<store::Object> pod = find_pod(key, uid);
    const ApiView wanted = view_of(pod ? pod->json.get() : nullptr, node_name());
    const Decision decision = decide(wanted, unit->view(), clock_.now());
    if (!act(decision, *unit, pod)) break;
  }
  const auto pod = find_pod(key, uid);
  if (pod) {
    unit->see_pod(*pod->json);
    unit->see_resources(*pod->json);
  }
  note_room(uid, key, pod);
  const bool gone = unit->view().state == SupervisorView::State::kNone && !find_pod(key, uid);
  if (!gone) return;
  units_.erase(uid);
  if (const auto names = by_key_.find(key); names != by_key_.end()) {
    names->second.erase(uid);
    if (names->second.empty()) by_key_.erase(names);
  }
  for (const auto& [other, waiting] : units_) {
    if (waiting->waits_for_room()) mark(waiting->key());
  }
}

/// True where the next step may follow at once.
bool NodeAgent::act(const Decision& decision, PodUnit& unit,
                    const std::optional<store::Object>& pod) {
  switch (decision.step) {
    case Step::kNothing:
      return false;
    case Step::kWait:
      unit.wait_until(decision.when);
      return false;
    case Step::kStart:
      if (!admit(unit, *pod)) return false;
      [[fallthrough]];
    case Step::kRecreate:
      admitted_.insert(unit.uid());
      unit.start(*pod->json, decision.step == Step::kRecreate);
      return true;
    case Step::kTerminate:
      return unit.terminate(decision.grace);
    case Step::kKill:
      return unit.kill();
    case Step::kKillSupervisor:
      unit.kill_supervisor();
      return false;
    case Step::kCleanUp:
      return unit.clean_up();
    case Step::kFinishDeletion:
      return finish_deletion(unit, pod);
  }
  return false;
}

/// Nothing of the pod is left on this machine when the API hears of it.
bool NodeAgent::finish_deletion(PodUnit& unit, const std::optional<store::Object>& pod) {
  if (!unit.clean_up()) return false;
  api::DeleteOptions options;
  options.grace_period_seconds = 0;
  options.uid = unit.uid();
  try {
    if (auto ended = with_last_phase(*pod->json))
      client_.update_status(pod->key, std::move(*ended));
    client_.remove(pod->key, options);
  } catch (const api::ApiError& error) {
    if (error.code() != 404 && error.code() != 409) throw;  // it is gone, or another's by now
  }
  return false;
}

}  // namespace podrun::node
