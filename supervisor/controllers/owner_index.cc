#include "supervisor/controllers/owner_index.h"

namespace podrun::controllers {

std::vector<std::string> owner_uids(const Json& object) {
  std::vector<std::string> uids;
  if (const Json* references = find(object, {"metadata", "ownerReferences"})) {
    for (const Json& each : *references) uids.push_back(text_at(each, {"uid"}));
  }
  return uids;
}

void OwnerIndex::put(const store::Object& object) {
  drop(object.key);
  std::vector<std::string> uids = owner_uids(*object.json);
  if (uids.empty()) return;
  for (const std::string& uid : uids) dependents_[uid].insert(object.key);
  owners_[object.key] = std::move(uids);
}

void OwnerIndex::drop(const store::ObjectKey& key) {
  const auto found = owners_.find(key);
  if (found == owners_.end()) return;
  for (const std::string& uid : found->second) {
    const auto entry = dependents_.find(uid);
    if (entry == dependents_.end()) continue;
    entry->second.erase(key);
    if (entry->second.empty()) dependents_.erase(entry);
  }
  owners_.erase(found);
}

std::vector<store::ObjectKey> OwnerIndex::dependents(const std::string& uid) const {
  const auto found = dependents_.find(uid);
  if (found == dependents_.end()) return {};
  return {found->second.begin(), found->second.end()};
}

}  // namespace podrun::controllers
