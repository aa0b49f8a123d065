#include "supervisor/remote/remote_client.h"

#include <algorithm>

#include "supervisor/api/event_object.h"
#include "supervisor/api/json_path.h"
#include "supervisor/api/registry.h"

namespace podrun::remote {
namespace {

using store::Json;
using store::ObjectKey;

/// A daemon that restarts is back after some 100 ms; one that is away for long costs little.
constexpr Nanoseconds kFirstDelay = std::chrono::milliseconds(100);
constexpr Nanoseconds kLongestDelay = std::chrono::seconds(5);
constexpr Seconds kPatience{10};
/// Events that wait for the connection; the oldest go.
constexpr std::size_t kMostWaiting = 1000;

std::string collection_path(const std::string& resource, const std::string& namespace_) {
  const api::ServedResource& type = api::stored_type(resource);
  const std::string version(type.versions.front());
  std::string path =
      type.group.empty() ? "/api/" + version : "/apis/" + std::string(type.group) + "/" + version;
  if (type.namespaced && !namespace_.empty()) path += "/namespaces/" + namespace_;
  return path + "/" + std::string(type.resource);
}

std::string path_of(const ObjectKey& key) {
  return collection_path(key.resource, key.namespace_) + "/" + key.name;
}

Json delete_options(const api::DeleteOptions& options) {
  Json body = {{"kind", "DeleteOptions"}, {"apiVersion", "v1"}};
  if (options.grace_period_seconds) body["gracePeriodSeconds"] = *options.grace_period_seconds;
  if (!options.propagation_policy.empty()) body["propagationPolicy"] = options.propagation_policy;
  if (!options.uid.empty()) body["preconditions"]["uid"] = options.uid;
  if (!options.resource_version.empty()) {
    body["preconditions"]["resourceVersion"] = options.resource_version;
  }
  if (options.dry_run) body["dryRun"] = Json::array({"All"});
  return body;
}

}  // namespace

RemoteClient::RemoteClient(std::string socket, std::vector<Watched> watched, node::Reactor& reactor,
                           const Clock& clock, RemoteHooks hooks)
    : socket_(std::move(socket)),
      watched_(std::move(watched)),
      reactor_(reactor),
      clock_(clock),
      hooks_(std::move(hooks)),
      api_(socket_, nullptr),
      reconnect_([this] { connect(); }),
      link_(std::make_unique<Link>()),
      asked_for_(std::make_unique<store::Object>()),
      streams_(watched_.size()) {
  link_->delay = kFirstDelay;
}

// ---- the connection

void RemoteClient::start() { connect(); }

void RemoteClient::cut(bool wanted) {
  if (wanted == cut_) return;
  cut_ = wanted;
  for (auto& stream : streams_) stream.reset();
  if (cut_) {
    lose("the node is partitioned");
    link_->retry.reset();
  } else {
    link_->delay = kFirstDelay;
    link_->retry = reactor_.call_after(Nanoseconds(0), reconnect_);
  }
}

void RemoteClient::connect() {
  link_->retry.reset();
  if (cut_) return;
  std::vector<ObjectKey> changed;
  try {
    for (std::size_t index = 0; index < watched_.size(); ++index) list_and_watch(index, changed);
    link_->reachable = true;
    tell_what_waited();
  } catch (const Error& error) {
    lose(error.what());
  }
  // What was read is told also where the rest could not be: it would not be told again.
  for (const ObjectKey& key : changed) hooks_.changed(key);
  if (!link_->reachable) return;
  link_->delay = kFirstDelay;
  link_->last_problem.clear();
  hooks_.synced();
}

void RemoteClient::list_and_watch(std::size_t index, std::vector<ObjectKey>& changed) {
  const std::string& resource = watched_[index].resource;
  streams_[index].reset();
  client::Call call{.path = collection_path(resource, "")};
  if (!watched_[index].field_selector.empty()) {
    call.query.emplace_back("fieldSelector", watched_[index].field_selector);
  }
  const Json list = ask(call);
  std::vector<store::Object> objects;
  objects.reserve(api::size_at(list, "items"));
  for (const Json& item : api::at_path(list, "items")) objects.push_back(object_of(resource, item));
  const std::vector<ObjectKey> told = mirror_.replace(resource, std::move(objects));
  changed.insert(changed.end(), told.begin(), told.end());

  call.query.emplace_back("watch", "true");
  call.query.emplace_back("resourceVersion", api::text_at(list, "metadata.resourceVersion"));
  streams_[index] = std::make_unique<WatchStream>(
      reactor_, socket_, call,
      [this, resource](const std::string& type, Json object) {
        on_event(resource, type, std::move(object));
      },
      [this](const std::string& why) { lose(why.empty() ? "the daemon ended a watch" : why); });
}

void RemoteClient::on_event(const std::string& resource, const std::string& type, Json object) {
  store::Object told = object_of(resource, std::move(object));
  const ObjectKey key = told.key;
  const bool changed = type == "DELETED"
                           ? mirror_.erase(key, api::text_at(*told.json, "metadata.uid"))
                           : mirror_.put(std::move(told));
  if (changed) hooks_.changed(key);
}

/// All is read anew: nothing is missed, whatever was lost.
void RemoteClient::lose(const std::string& why) const {
  Link& link = *link_;
  link.reachable = false;
  if (why != link.last_problem) hooks_.log("not connected to the API: " + why);
  link.last_problem = why;
  if (cut_ || link.retry) return;
  link.retry = reactor_.call_after(link.delay, reconnect_);
  link.delay = std::min(link.delay * 2, kLongestDelay);
}

/// Throws ApiError where the API refuses.
Json RemoteClient::ask(client::Call call) const {
  call.headers.emplace_back("Accept", client::kJson);
  call.headers.emplace_back("Connection", "close");
  call.headers.emplace_back("User-Agent", "podrun-agent");
  try {
    const std::string body = api_.open(call, clock_.now() + kPatience).read_rest();
    Json json = Json::parse(body, nullptr, false);
    if (json.is_discarded()) throw Error("the API's answer is no JSON");
    return json;
  } catch (const client::Refused& refused) {
    throw api::ApiError(refused.code(), refused.reason(), refused.message());
  } catch (const Error& error) {
    lose(error.what());
    throw api::Unreachable(error.what());
  }
}

Json RemoteClient::send(const std::string& method, const std::string& path,
                        const Json& body) const {
  if (!link_->reachable) throw api::Unreachable("not connected to the API: " + link_->last_problem);
  client::Call call{.method = method, .path = path};
  if (method != "GET") {
    call.headers.emplace_back("Content-Type", client::kJson);
    call.body = body.dump();
  }
  return ask(std::move(call));
}

// ---- Client

bool RemoteClient::is_watched(const std::string& resource) const {
  return std::any_of(watched_.begin(), watched_.end(),
                     [&](const Watched& each) { return each.resource == resource; });
}

const store::Object* RemoteClient::get(const ObjectKey& key) const {
  if (is_watched(key.resource)) return mirror_.get(key);
  try {
    *asked_for_ = object_of(key.resource, send("GET", path_of(key), nullptr));
    return asked_for_.get();
  } catch (const api::ApiError& error) {
    if (error.code() != 404) throw;
    return nullptr;
  }
}

std::vector<store::Object> RemoteClient::list(const std::string& resource,
                                              const std::string& namespace_) const {
  if (is_watched(resource)) return mirror_.list(resource, namespace_);
  const Json list = send("GET", collection_path(resource, namespace_), nullptr);
  std::vector<store::Object> objects;
  objects.reserve(api::size_at(list, "items"));
  for (const Json& item : api::at_path(list, "items")) objects.push_back(object_of(resource, item));
  return objects;
}

/// What was answered is known from now on, before the watch tells it.
store::Object RemoteClient::keep(const std::string& resource, Json json) {
  store::Object object = object_of(resource, std::move(json));
  if (is_watched(resource)) mirror_.put(object);
  return object;
}

store::Object RemoteClient::create(const std::string& resource, const std::string& namespace_,
                                   Json object) {
  return keep(resource, send("POST", collection_path(resource, namespace_), object));
}

store::Object RemoteClient::update(const ObjectKey& key, Json object) {
  return keep(key.resource, send("PUT", path_of(key), object));
}

store::Object RemoteClient::update_status(const ObjectKey& key, Json object) {
  return keep(key.resource, send("PUT", path_of(key) + "/status", object));
}

void RemoteClient::assign(const ObjectKey& key, const std::string& node) {
  send("POST", path_of(key) + "/binding",
       {{"apiVersion", "v1"},
        {"kind", "Binding"},
        {"metadata", {{"name", key.name}}},
        {"target", {{"kind", "Node"}, {"name", node}}}});
}

void RemoteClient::remove(const ObjectKey& key, const api::DeleteOptions& options) {
  send("DELETE", path_of(key), delete_options(options));
  if (is_watched(key.resource)) look_after_removal(key);
}

/// Gone, or only marked: nobody is to take it for what it was until the watch tells.
void RemoteClient::look_after_removal(const ObjectKey& key) {
  const store::Object* known = mirror_.get(key);
  if (known == nullptr) return;
  const std::string uid = api::text_at(*known->json, "metadata.uid");
  try {
    keep(key.resource, send("GET", path_of(key), nullptr));
  } catch (const api::ApiError& error) {
    if (error.code() != 404) throw;
    mirror_.bury(key, uid);
  }
}

// ---- events and tokens

void RemoteClient::record(const api::EventRecord& event) {
  auto counted = api::event_object(events_, event, clock_.wall());
  if (!counted) return;
  try {
    tell(counted->key, counted->object);
  } catch (const api::Unreachable&) {
    if (waiting_.size() == kMostWaiting) waiting_.pop_front();
    waiting_.emplace_back(std::move(counted->key), std::move(counted->object));
  }
}

void RemoteClient::tell(const ObjectKey& key, Json event) {
  try {
    const store::Object* present = get(key);
    if (present == nullptr) {
      create(key.resource, key.namespace_, std::move(event));
    } else {
      event["metadata"] = present->json->at("metadata");
      update(key, std::move(event));
    }
  } catch (const api::ApiError& error) {
    // A namespace that is being deleted takes no events.
    hooks_.log("event " + key.namespace_ + "/" + key.name + ": " + error.what());
  }
}

void RemoteClient::tell_what_waited() {
  while (!waiting_.empty()) {
    tell(waiting_.front().first, waiting_.front().second);
    waiting_.pop_front();
  }
}

api::IssuedToken RemoteClient::issue(const api::TokenOrder& order) {
  Json spec = {{"expirationSeconds", order.life.count()}};
  if (!order.audiences.empty()) spec["audiences"] = order.audiences;
  if (!order.pod.empty()) {
    spec["boundObjectRef"] = {
        {"apiVersion", "v1"}, {"kind", "Pod"}, {"name", order.pod}, {"uid", order.pod_uid}};
  }
  const Json made =
      send("POST", path_of({"serviceaccounts", order.namespace_, order.account}) + "/token",
           {{"apiVersion", "authentication.k8s.io/v1"}, {"kind", "TokenRequest"}, {"spec", spec}});
  return {api::text_at(made, "status.token"), clock_.wall(),
          parse_rfc3339(api::text_at(made, "status.expirationTimestamp"))};
}

}  // namespace podrun::remote
