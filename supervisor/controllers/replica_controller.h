// Acts on what replicas.h decides, for one ReplicationController or ReplicaSet at a time.
#pragma once

#include <optional>

#include "supervisor/api/client.h"
#include "supervisor/controllers/replicas.h"

namespace podrun::controllers {

/// When a controller wants to look at the same key again though nothing happens meanwhile.
using NextLook = std::optional<WallTime>;

class ReplicaController {
 public:
  ReplicaController(api::Client& client, const ReplicaKind& kind) : client_(client), kind_(kind) {}

  /// Brings pods and status to what the object says. Throws ApiError for what is to be tried again
  /// after a backoff: a conflict, a pod that could not be created.
  NextLook sync(const store::ObjectKey& key, WallTime now);

 private:
  void claim(const Json& controller, const ReplicaPlan& plan);
  void create(const Json& controller, std::int64_t count);
  NextLook write_status(const store::ObjectKey& key, const std::optional<ReplicaFailure>& failure,
                        WallTime now);
  NodeLoad load(const Json& controller, const std::vector<store::Object>& pods) const;
  std::vector<store::Object> pods(const store::ObjectKey& key) const;

  api::Client& client_;
  const ReplicaKind& kind_;
};

}  // namespace podrun::controllers
