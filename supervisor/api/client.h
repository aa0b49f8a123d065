// The API as controllers and the node use it, in process: the same admission, finalizers and
// graceful deletion as for a client over the wire.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "supervisor/api/api_error.h"
#include "supervisor/store/object.h"

namespace podrun::api {

struct DeleteOptions {
  std::optional<std::int64_t> grace_period_seconds;
  std::string propagation_policy;  // "", "Background", "Foreground", "Orphan"
  std::string uid;                 // precondition; empty means any
  std::string resource_version;    // precondition; empty means any
  bool dry_run = false;            // what would be gone is answered, and stays
};

/// core/v1 Event before it is counted: equal ones become one whose count rises.
struct EventRecord {
  store::Json involved_object;  // {apiVersion, kind, namespace, name, uid, resourceVersion}
  std::string type;             // "Normal", "Warning"
  std::string reason, message;
  std::string component;  // "replicaset-controller"
  std::string host;
};

/// Nobody answers. What was asked for may have been done all the same.
class Unreachable : public Error {
 public:
  using Error::Error;
};

/// Every failure is an ApiError (404, 409, 422 …), or Unreachable where the API is another
/// process's.
class Client {
 public:
  virtual ~Client() = default;
  /// False while writes would throw Unreachable.
  virtual bool is_reachable() const { return true; }
  /// Null where there is none; valid until the next write.
  virtual const store::Object* get(const store::ObjectKey& key) const = 0;
  virtual std::vector<store::Object> list(const std::string& resource,
                                          const std::string& namespace_ = "") const = 0;
  /// Takes metadata.generateName, too.
  virtual store::Object create(const std::string& resource, const std::string& namespace_,
                               store::Json object) = 0;
  /// Compared by metadata.resourceVersion where it is set: 409 where the object moved on.
  virtual store::Object update(const store::ObjectKey& key, store::Json object) = 0;
  /// Changes .status only.
  virtual store::Object update_status(const store::ObjectKey& key, store::Json object) = 0;
  /// A scheduler's decision: the pod belongs to this node from now on. 409 where it has one.
  virtual void assign(const store::ObjectKey& key, const std::string& node) = 0;
  virtual void remove(const store::ObjectKey& key, const DeleteOptions& options) = 0;
  virtual void record(const EventRecord& event) = 0;
};

}  // namespace podrun::api
