#include "tests/support/fake_api.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/uuid.h"

namespace podrun::test {

store::Object FakeApi::put(const store::ObjectKey& key, Json json) {
  ++writes;
  json["metadata"]["resourceVersion"] = std::to_string(++revision_);
  store::Object object;
  object.key = key;
  object.revision = revision_;
  object.text = std::make_shared<const std::string>(json.dump());
  object.json = std::make_shared<const Json>(std::move(json));
  objects_[key] = object;
  if (on_pod && key.resource == "pods") on_pod(key);
  return object;
}

const store::Object* FakeApi::get(const store::ObjectKey& key) const {
  const auto found = objects_.find(key);
  return found == objects_.end() ? nullptr : &found->second;
}

std::vector<store::Object> FakeApi::list(const std::string& resource,
                                         const std::string& namespace_) const {
  std::vector<store::Object> all;
  for (const auto& [key, object] : objects_) {
    if (key.resource == resource && (namespace_.empty() || key.namespace_ == namespace_)) {
      all.push_back(object);
    }
  }
  return all;
}

store::Object FakeApi::create(const std::string& resource, const std::string& namespace_,
                              Json object) {
  Json& metadata = object["metadata"];
  const store::ObjectKey key{resource, namespace_, metadata.at("name").get<std::string>()};
  if (get(key) != nullptr) throw Error(resource + " \"" + key.name + "\" already exists");
  if (!namespace_.empty()) metadata["namespace"] = namespace_;
  metadata["uid"] = make_uuid();
  metadata["creationTimestamp"] = rfc3339(SystemClock().wall());
  if (resource == "pods") object["status"] = {{"phase", "Pending"}};
  return put(key, std::move(object));
}

store::Object FakeApi::update(const store::ObjectKey& key, Json object) {
  const store::Object* present = get(key);
  if (present == nullptr) throw Error(key.resource + " \"" + key.name + "\" not found");
  const Json& old = *present->json;
  const std::string version = object["metadata"].value("resourceVersion", "");
  if (!version.empty() && version != old["metadata"]["resourceVersion"]) throw Error("conflict");
  if (old.contains("status")) object["status"] = old["status"];
  return put(key, std::move(object));
}

store::Object FakeApi::update_status(const store::ObjectKey& key, Json object) {
  const store::Object* present = get(key);
  if (present == nullptr) throw Error(key.resource + " \"" + key.name + "\" not found");
  Json changed = *present->json;
  changed["status"] = object["status"];
  return put(key, std::move(changed));
}

void FakeApi::assign(const store::ObjectKey& key, const std::string& node) {
  const store::Object* present = get(key);
  if (present == nullptr) throw Error(key.resource + " \"" + key.name + "\" not found");
  Json bound = *present->json;
  bound["spec"]["nodeName"] = node;
  put(key, std::move(bound));
}

void FakeApi::remove(const store::ObjectKey& key, const api::DeleteOptions& options) {
  const store::Object* present = get(key);
  if (present == nullptr) throw Error(key.resource + " \"" + key.name + "\" not found");
  Json changed = *present->json;
  if (!options.uid.empty() && changed["metadata"]["uid"] != options.uid) throw Error("conflict");
  const std::int64_t grace = options.grace_period_seconds.value_or(30);
  if (grace > 0 && key.resource == "pods") {
    changed["metadata"]["deletionTimestamp"] = rfc3339(SystemClock().wall() + Seconds(grace));
    changed["metadata"]["deletionGracePeriodSeconds"] = grace;
    put(key, std::move(changed));
    return;
  }
  ++writes;
  objects_.erase(key);
  if (on_pod && key.resource == "pods") on_pod(key);
}

void FakeApi::record(const api::EventRecord& event) { records.push_back(event); }

FakeApi::Json FakeApi::pod(const std::string& name) const {
  const store::Object* found = get({"pods", "default", name});
  return found == nullptr ? Json() : *found->json;
}

int FakeApi::event_count(const std::string& reason) const {
  int count = 0;
  for (const api::EventRecord& event : records) count += event.reason == reason ? 1 : 0;
  for (const store::Object& object : list("events")) {
    const Json& event = *object.json;
    if (event["reason"] == reason) count += event["count"].get<int>();
  }
  return count;
}

}  // namespace podrun::test
