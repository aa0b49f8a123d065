#include "tests/system/daemon_load.h"

#include <algorithm>
#include <chrono>
#include <iterator>

namespace podrun::test {
namespace {

using Json = nlohmann::json;
using Kind = LoadedObject::Kind;
using Is = LoadedObject::Is;
using State = LoadedObject::State;

constexpr int kMostReplicas = 3;
constexpr const char* kMergePatch = "application/merge-patch+json";

std::int64_t revision_of(const Json& object) {
  return std::stoll(object["metadata"].value("resourceVersion", "0"));
}

struct KindFacts {
  const char* collection;
  const char* replicas = "replicas";  // of spec
  std::vector<std::string> counts;    // of status
};

const KindFacts& facts(Kind kind) {
  static const KindFacts all[] = {
      {"/api/v1/namespaces/default/configmaps"},
      {"/api/v1/namespaces/default/pods"},
      {"/apis/batch/v1/namespaces/default/cronjobs"},
      {"/apis/apps/v1/namespaces/default/daemonsets",
       "",
       {"currentNumberScheduled", "numberReady"}},
      {"/api/v1/namespaces/default/replicationcontrollers",
       "replicas",
       {"replicas", "readyReplicas"}},
      {"/apis/apps/v1/namespaces/default/replicasets", "replicas", {"replicas", "readyReplicas"}},
      {"/apis/apps/v1/namespaces/default/deployments", "replicas", {"replicas", "readyReplicas"}},
      {"/apis/batch/v1/namespaces/default/jobs", "parallelism", {"active", "ready"}},
  };
  return all[static_cast<int>(kind)];
}

/// `never`: as a Job must have it.
Json template_of(const Json& labels, bool never = false) {
  Json spec = sleeping_pod_spec();
  if (never) spec["restartPolicy"] = "Never";
  return {{"metadata", {{"labels", labels}}}, {"spec", spec}};
}

Json spec_of(const LoadedObject& object, int replicas) {
  const Json pod_labels = {{"app", object.name}};
  Json spec = {{"template", template_of(pod_labels, object.kind == Kind::kJob)}};
  if (object.has_replicas()) spec[facts(object.kind).replicas] = replicas;
  switch (object.kind) {
    case Kind::kPod:
      return sleeping_pod_spec();
    case Kind::kCronJob:  // in February of a leap year
      return {{"schedule", "0 0 29 2 *"},
              {"jobTemplate", {{"spec", {{"template", template_of(pod_labels, true)}}}}}};
    case Kind::kDaemonSet:
    case Kind::kReplicaSet:
    case Kind::kDeployment:
      spec["selector"] = {{"matchLabels", pod_labels}};
      return spec;
    default:
      return spec;
  }
}

Json manifest_of(const LoadedObject& object, const State& state) {
  const Json labels = {{"turn", std::to_string(state.turn)}};
  Json manifest = {{"metadata", {{"name", object.name}, {"labels", labels}}}};
  if (object.kind == Kind::kConfigMap) {
    manifest["data"] = {{"key", "value"}};
  } else {
    manifest["spec"] = spec_of(object, state.replicas);
  }
  return manifest;
}

State state_in(Kind kind, const Json& object) {
  State state;
  state.is = object["metadata"].contains("deletionTimestamp") ? Is::kGoing : Is::kPresent;
  state.turn = std::stoi(object["metadata"]["labels"].value("turn", "-1"));
  if (object.contains("spec")) state.replicas = object["spec"].value(facts(kind).replicas, 0);
  return state;
}

std::string to_text(const std::vector<State>& states) {
  std::string text;
  for (const State& state : states) {
    constexpr const char* kWords[] = {"absent", "present", "going"};
    text += (text.empty() ? "" : " or ") + std::string(kWords[static_cast<int>(state.is)]) +
            " (turn " + std::to_string(state.turn) + ", replicas " +
            std::to_string(state.replicas) + ")";
  }
  return text;
}

}  // namespace

nlohmann::json sleeping_pod_spec() {
  return {
      {"terminationGracePeriodSeconds", 1},
      {"containers",
       Json::array({{{"name", "main"},
                     {"image", "busybox"},
                     {"imagePullPolicy", "Never"},
                     {"command", {"sh", "-c", "trap \"exit 0\" TERM; sleep 1000000 & wait"}}}})}};
}

std::string LoadedObject::collection() const { return facts(kind).collection; }
std::vector<std::string> LoadedObject::counts() const { return facts(kind).counts; }

void LoadFigures::saw(std::int64_t revision_seen) {
  std::int64_t before = revision.load();
  while (before < revision_seen && !revision.compare_exchange_weak(before, revision_seen)) {
  }
}

void LoadFigures::problem(const std::string& text) {
  const std::lock_guard lock(mutex_);
  problems_.push_back(text);
}

std::vector<std::string> LoadFigures::problems() {
  const std::lock_guard lock(mutex_);
  return problems_;
}

LoadClient::LoadClient(std::string socket, LoadFigures& figures, int number, std::uint64_t seed)
    : client_(std::move(socket)), figures_(figures), random_(seed) {
  const std::string prefix = "client" + std::to_string(number) + "-";
  for (const char* name : {"a", "b"}) objects_.push_back({Kind::kConfigMap, prefix + name});
  objects_.push_back({Kind::kPod, prefix + "pod"});
  constexpr Kind kMany[] = {Kind::kReplicationController, Kind::kReplicaSet, Kind::kDeployment,
                            Kind::kJob};
  constexpr Kind kOther[] = {Kind::kDaemonSet, Kind::kCronJob};
  objects_.push_back({kMany[number % std::size(kMany)], prefix + "many"});
  objects_.push_back({kOther[number % std::size(kOther)], prefix + "other"});
}

int LoadClient::random(int below) {
  return static_cast<int>(random_() % static_cast<std::uint64_t>(below));
}

void LoadClient::run() {
  while (!figures_.stop) {
    LoadedObject& object = objects_[static_cast<std::size_t>(random(int(objects_.size())))];
    if (settle(object)) {
      act(object);
    } else {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));  // nobody serves
    }
  }
}

void LoadClient::check_all() {
  for (LoadedObject& object : objects_) {
    const auto answer = client_.get(object.path());
    if (!answer) {
      figures_.problem(object.name + ": the daemon does not answer");
    } else {
      is_possible(object, *answer);
    }
  }
}

std::optional<HttpAnswer> LoadClient::ask(const HttpRequest& request) {
  sent_ = false;
  return client_.ask(request, [this] {
    sent_ = true;
    ++figures_.sent;
  });
}

/// True where it is known what the object is, after a look where it was not.
bool LoadClient::settle(LoadedObject& object) {
  if (object.possible.size() == 1 && object.possible[0].is != Is::kGoing && random(8) > 0) {
    return true;
  }
  const auto answer = ask({"GET", object.path(), "", ""});
  return answer && is_possible(object, *answer);
}

bool LoadClient::is_possible(LoadedObject& object, const HttpAnswer& answer) {
  State seen;
  const auto fits = [&seen](const State& state) {
    if (seen.is == Is::kAbsent) return state.is != Is::kPresent;
    return seen.is == state.is && seen.turn == state.turn && seen.replicas == state.replicas;
  };
  std::string uid = object.uid;
  if (answer.status == 200) {
    const Json json = answer.json();
    seen = state_in(object.kind, json);
    uid = json["metadata"].value("uid", "");
    if (revision_of(json) < object.revision) {
      figures_.problem(object.name + " was at " + std::to_string(object.revision) + " and is at " +
                       std::to_string(revision_of(json)));
    }
    object.revision = revision_of(json);
    figures_.saw(object.revision);
  } else if (answer.status != 404) {
    figures_.problem("GET " + object.path() + ": " + std::to_string(answer.status) + " " +
                     answer.body);
    return false;
  }
  if (std::none_of(object.possible.begin(), object.possible.end(), fits)) {
    figures_.problem(object.name + " is " + to_text({seen}) + " and must be " +
                     to_text(object.possible));
  } else if (!object.uid.empty() && uid != object.uid) {
    figures_.problem(object.name + " has the uid " + uid + " and had " + object.uid);
  }
  object.possible = {seen};
  object.uid = seen.is == Is::kAbsent ? "" : uid;
  return true;
}

void LoadClient::act(LoadedObject& object) {
  const State now = object.possible[0];
  if (now.is == Is::kGoing) return;
  if (now.is == Is::kAbsent) return create(object);
  const int choice = random(10);
  if (choice < 2) return remove(object);
  if (choice < 6 && object.has_replicas()) return scale(object);
  label(object);
}

void LoadClient::create(LoadedObject& object) {
  const State next{Is::kPresent, ++turn_, object.has_replicas() ? random(kMostReplicas + 1) : 0};
  const auto answer =
      write(object, {"POST", object.collection(), manifest_of(object, next).dump()}, next);
  if (answer && answer->ok()) object.uid = answer->json()["metadata"].value("uid", "");
}

void LoadClient::label(LoadedObject& object) {
  State next = object.possible[0];
  next.turn = ++turn_;
  const Json patch = {{"metadata", {{"labels", {{"turn", std::to_string(next.turn)}}}}}};
  write(object, {"PATCH", object.path(), patch.dump(), kMergePatch}, next);
}

void LoadClient::scale(LoadedObject& object) {
  State next = object.possible[0];
  next.replicas = (next.replicas + 1 + random(kMostReplicas)) % (kMostReplicas + 1);
  const Json patch = {{"spec", {{facts(object.kind).replicas, next.replicas}}}};
  const bool by_scale = object.kind != Kind::kJob;
  write(object, {"PATCH", object.path() + (by_scale ? "/scale" : ""), patch.dump(), kMergePatch},
        next);
}

void LoadClient::remove(LoadedObject& object) {
  Json options = {{"propagationPolicy", "Background"}};
  State next = object.possible[0];
  next.is = Is::kAbsent;
  if (object.kind == Kind::kPod) {
    const bool at_once = random(2) == 0;
    options["gracePeriodSeconds"] = at_once ? 0 : 1;
    if (!at_once) next.is = Is::kGoing;
  }
  const auto answer = write(object, {"DELETE", object.path(), options.dump()}, next);
  if (answer && next.is == Is::kAbsent) object.uid.clear();
}

std::optional<HttpAnswer> LoadClient::write(LoadedObject& object, const HttpRequest& request,
                                            const State& next) {
  const std::int64_t told_before = figures_.revision;
  const auto answer = ask(request);
  if (!answer && !sent_) return answer;  // nobody serves
  if (!answer || answer->status >= 500) {
    ++figures_.unanswered;
    object.possible.push_back(next);
    if (answer) figures_.problem(request.method + " " + request.target + ": " + answer->body);
    return std::nullopt;
  }
  if (!answer->ok()) {
    figures_.problem(request.method + " " + request.target + ": " + std::to_string(answer->status) +
                     " " + answer->body + ", and the object must be " + to_text(object.possible));
    return answer;
  }
  ++figures_.acknowledged;
  object.possible = {next};
  const Json json = answer->json();
  // The answer to a deletion may be a Status.
  if (!json.contains("metadata") || !json["metadata"].contains("resourceVersion")) return answer;
  object.revision = revision_of(json);
  figures_.saw(object.revision);
  if (object.revision <= told_before) {
    figures_.problem(request.method + " " + request.target + " got the revision " +
                     std::to_string(object.revision) + ", others " + std::to_string(told_before) +
                     " before");
  }
  return answer;
}

Load::Load(const std::string& socket, int clients, std::uint64_t seed) {
  for (int i = 0; i < clients; ++i) {
    clients_.emplace_back(socket, figures, i, seed + static_cast<std::uint64_t>(i));
  }
}

void Load::start() {
  figures.stop = false;
  for (LoadClient& client : clients_) threads_.emplace_back([&client] { client.run(); });
}

void Load::stop() {
  figures.stop = true;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void Load::check_all() {
  for (LoadClient& client : clients_) client.check_all();
}

std::vector<LoadedObject> Load::objects() const {
  std::vector<LoadedObject> all;
  for (const LoadClient& client : clients_) {
    all.insert(all.end(), client.objects().begin(), client.objects().end());
  }
  return all;
}

}  // namespace podrun::test
