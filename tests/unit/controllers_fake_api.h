// The API in memory for controller tests: optimistic concurrency, finalizers, graceful deletion,
// failures on demand, and changes that are delivered when the test says so.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "supervisor/api/client.h"
#include "supervisor/controllers/resource_type.h"
#include "supervisor/store/store.h"

namespace podrun::controllers::test {

/// What the daemon serves, as far as controllers care.
ResourceTypes served_types();

class FakeApi final : public api::Client {
 public:
  explicit FakeApi(const Clock& clock) : clock_(clock) {}

  const store::Object* get(const store::ObjectKey& key) const override;
  std::vector<store::Object> list(const std::string& resource,
                                  const std::string& namespace_ = "") const override;
  store::Object create(const std::string& resource, const std::string& namespace_,
                       Json object) override;
  store::Object update(const store::ObjectKey& key, Json object) override;
  store::Object update_status(const store::ObjectKey& key, Json object) override;
  void assign(const store::ObjectKey& key, const std::string& node) override;
  void remove(const store::ObjectKey& key, const api::DeleteOptions& options) override;
  void record(const api::EventRecord& event) override;

  /// Called before each write ("create", "update", "status", "delete"); may throw ApiError.
  std::function<void(const std::string& verb, const store::ObjectKey& key)> before_write;
  /// Called when a deletion was accepted (its preconditions hold), with the object as it is.
  std::function<void(const store::Object&)> on_remove;
  /// "Normal SuccessfulCreate Created pod: kubia-x" …
  std::vector<std::string> events;
  std::deque<store::Change> changes;  // not delivered yet
  int writes = 0;

  const Json& json(const store::ObjectKey& key) const { return *get(key)->json; }
  /// Changes any field, as a client with all rights at any revision would.
  void edit(const store::ObjectKey& key, const std::function<void(Json&)>& change);
  /// The node confirms that a pod has ended.
  void confirm_deletion(const store::ObjectKey& key);

 private:
  void guard(const std::string& verb, const store::ObjectKey& key);
  const store::Object& require(const store::ObjectKey& key) const;
  store::Object put(const store::ObjectKey& key, Json json);
  store::Object put_or_end(const store::ObjectKey& key, Json json);
  void erase(const store::ObjectKey& key);
  void check(const store::Object& present, const std::string& uid, const std::string& version);
  std::string next_name();

  const Clock& clock_;
  std::map<store::ObjectKey, store::Object> objects_;
  std::int64_t revision_ = 1;
  int uids_ = 0;
  std::uint32_t random_ = 1;
};

store::ObjectKey pod_key(const std::string& name, const std::string& namespace_ = "default");
store::ObjectKey rc_key(const std::string& name, const std::string& namespace_ = "default");
store::ObjectKey rs_key(const std::string& name, const std::string& namespace_ = "default");

/// Manifests with labels {"app": app}.
Json make_pod(const std::string& name, const std::string& app);
Json make_rc(const std::string& name, const std::string& app, int replicas);
Json make_rs(const std::string& name, const std::string& app, int replicas);
/// Sets the pod's phase Running and its condition Ready, since `since`.
void set_ready(Json& pod, bool ready, WallTime since);

}  // namespace podrun::controllers::test
