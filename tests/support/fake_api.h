// api::Client on a map, with a pod's graceful deletion, for tests of what acts through it.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "supervisor/api/client.h"

namespace podrun::test {

class FakeApi final : public api::Client {
 public:
  using Json = store::Json;

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

  /// Told of every change of a pod, as a store's subscriber is.
  std::function<void(const store::ObjectKey&)> on_pod;
  std::vector<api::EventRecord> records;
  int writes = 0;

  /// Null where there is none.
  Json pod(const std::string& name) const;
  /// Occurrences of an event of one reason: recorded ones and the counts of Event objects.
  int event_count(const std::string& reason) const;

 private:
  store::Object put(const store::ObjectKey& key, Json json);

  std::map<store::ObjectKey, store::Object> objects_;
  std::int64_t revision_ = 1;
};

}  // namespace podrun::test
