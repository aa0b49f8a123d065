// Which objects name which owner, by the owner's uid: finding dependents without reading
// everything.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "supervisor/controllers/json_access.h"

namespace podrun::controllers {

class OwnerIndex {
 public:
  void clear() {
    dependents_.clear();
    owners_.clear();
  }
  void put(const store::Object& object);
  void drop(const store::ObjectKey& key);
  std::vector<store::ObjectKey> dependents(const std::string& uid) const;

 private:
  std::map<std::string, std::set<store::ObjectKey>> dependents_;
  std::map<store::ObjectKey, std::vector<std::string>> owners_;
};

/// The uids in metadata.ownerReferences.
std::vector<std::string> owner_uids(const Json& object);

}  // namespace podrun::controllers
