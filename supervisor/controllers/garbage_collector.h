// Deletes what owners leave behind and finishes foreground and orphaning deletions, as garbage.h
// decides.
#pragma once

#include <vector>

#include "supervisor/api/client.h"
#include "supervisor/controllers/controller_ref.h"
#include "supervisor/controllers/garbage.h"
#include "supervisor/controllers/owner_index.h"
#include "supervisor/controllers/resource_type.h"
#include "supervisor/store/store.h"

namespace podrun::controllers {

class GarbageCollector {
 public:
  GarbageCollector(api::Client& client, const ResourceTypes& types)
      : client_(client), types_(types) {}

  /// Takes note of a change; returns the objects that are to be looked at for it.
  std::vector<store::ObjectKey> observe(const store::Change& change);
  /// Reads everything anew; returns all objects that are to be looked at.
  std::vector<store::ObjectKey> reread();
  /// One object; returns others that are to be looked at. Throws ApiError for what is to be tried
  /// again.
  std::vector<store::ObjectKey> sync(const store::ObjectKey& key);
  /// What names this uid among its owners; what was written since the last commit is not there yet.
  std::vector<store::ObjectKey> owned_by(const std::string& uid) const {
    return index_.dependents(uid);
  }

 private:
  std::vector<OwnerState> owner_states(const store::Object& object) const;
  OwnerState owner_state(const Json& reference, const store::ObjectKey& dependent) const;
  std::vector<store::Object> dependents(const Json& owner) const;
  std::vector<store::ObjectKey> waiting_owners(const store::Object& object) const;
  void orphan_dependents(const store::Object& owner);
  void delete_object(const store::Object& object, const GarbageStep& step);

  api::Client& client_;
  const ResourceTypes& types_;
  // It may lag behind what the client reads by the writes that are not committed yet.
  OwnerIndex index_;
};

}  // namespace podrun::controllers
