#include "supervisor/remote/object_mirror.h"

#include <charconv>
#include <memory>
#include <set>
#include <utility>

#include "base/error.h"
#include "supervisor/api/json_path.h"

namespace podrun::remote {
namespace {

std::string uid_of(const store::Object& object) {
  return api::text_at(*object.json, "metadata.uid");
}

}  // namespace

store::Object object_of(const std::string& resource, store::Json json) {
  store::Object object;
  object.key = {resource, api::text_at(json, "metadata.namespace"),
                api::text_at(json, "metadata.name")};
  const std::string version = api::text_at(json, "metadata.resourceVersion");
  const auto [end, error] =
      std::from_chars(version.data(), version.data() + version.size(), object.revision);
  if (object.key.name.empty() || error != std::errc() || end != version.data() + version.size()) {
    throw Error("the API sent an object of " + resource + " without a name or a version");
  }
  object.json = std::make_shared<const store::Json>(std::move(json));
  return object;
}

const store::Object* ObjectMirror::get(const store::ObjectKey& key) const {
  const auto found = objects_.find(key);
  return found == objects_.end() ? nullptr : &found->second;
}

std::vector<store::Object> ObjectMirror::list(const std::string& resource,
                                              const std::string& namespace_) const {
  std::vector<store::Object> all;
  for (auto at = objects_.lower_bound({resource, namespace_, ""}); at != objects_.end(); ++at) {
    const store::ObjectKey& key = at->first;
    if (key.resource != resource || (!namespace_.empty() && key.namespace_ != namespace_)) break;
    all.push_back(at->second);
  }
  return all;
}

std::vector<store::ObjectKey> ObjectMirror::replace(const std::string& resource,
                                                    std::vector<store::Object> all) {
  std::erase_if(buried_, [&](const auto& entry) { return entry.second == resource; });
  std::vector<store::ObjectKey> changed;
  std::set<store::ObjectKey> present;
  for (store::Object& object : all) {
    const store::ObjectKey key = object.key;
    present.insert(key);
    if (put(std::move(object))) changed.push_back(key);
  }
  for (auto at = objects_.lower_bound({resource, "", ""});
       at != objects_.end() && at->first.resource == resource;) {
    if (present.contains(at->first)) {
      ++at;
    } else {
      changed.push_back(at->first);
      at = objects_.erase(at);
    }
  }
  return changed;
}

bool ObjectMirror::put(store::Object object) {
  if (buried_.contains(uid_of(object))) return false;
  const auto known = objects_.find(object.key);
  if (known == objects_.end()) {
    const store::ObjectKey key = object.key;
    objects_.emplace(key, std::move(object));
    return true;
  }
  if (object.revision <= known->second.revision) return false;
  known->second = std::move(object);
  return true;
}

bool ObjectMirror::erase(const store::ObjectKey& key, const std::string& uid) {
  buried_.erase(uid);
  const auto known = objects_.find(key);
  if (known == objects_.end() || uid_of(known->second) != uid) return false;
  objects_.erase(known);
  return true;
}

void ObjectMirror::bury(const store::ObjectKey& key, const std::string& uid) {
  const auto known = objects_.find(key);
  if (known == objects_.end() || uid_of(known->second) != uid) return;
  objects_.erase(known);
  buried_[uid] = key.resource;
}

}  // namespace podrun::remote
