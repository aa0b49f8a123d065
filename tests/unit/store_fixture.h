// A store in a temporary folder, and short words for what its tests do.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "supervisor/store/store.h"
#include "tests/support/temp_dir.h"

namespace podrun::store {

inline Json config_map(const std::string& name, const std::string& value) {
  return {{"apiVersion", "v1"},
          {"kind", "ConfigMap"},
          {"metadata", {{"name", name}}},
          {"data", {{"key", value}}}};
}

inline std::string value_of(const Object& object) {
  return object.json->at("data").at("key").get<std::string>();
}

inline ObjectKey key_of(const std::string& name, const std::string& namespace_ = "default",
                        const std::string& resource = "configmaps") {
  return {resource, namespace_, name};
}

/// Changes as "added a=1", "deleted default/a" …
inline std::string to_text(const Change& change) {
  static const char* const kWords[] = {"added ", "modified ", "deleted "};
  return kWords[static_cast<int>(change.kind)] + change.object.key.name + "=" +
         value_of(change.object) + (change.previous ? " was " + value_of(*change.previous) : "");
}

inline std::vector<std::string> to_texts(const std::vector<Change>& changes) {
  std::vector<std::string> texts;
  for (const Change& change : changes) texts.push_back(to_text(change));
  return texts;
}

/// "name=value" of all objects of a resource, in the order of list().
inline std::vector<std::string> content(const Store& store,
                                        const std::string& resource = "configmaps") {
  std::vector<std::string> texts;
  for (const Object& object : store.list(resource)) {
    texts.push_back(object.key.name + "=" + value_of(object));
  }
  return texts;
}

/// What `act` throws as `E`; fails the test where it throws nothing.
template <typename E, typename Act>
std::string error_of(Act act) {
  try {
    act();
  } catch (const E& error) {
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}

class StoreTest : public testing::Test {
 protected:
  std::string path() const { return folder_ / "podrun.db"; }
  /// As after a restart of the process.
  void reopen(const Options& options = {}) {
    store_.reset();
    store_.emplace(Store::open(path(), options));
  }
  Store& store() {
    if (!store_) reopen();
    return *store_;
  }
  Object create(const std::string& name, const std::string& value) {
    return store().create(key_of(name), config_map(name, value));
  }
  Object update(const std::string& name, const std::string& value) {
    return store().update(key_of(name), config_map(name, value));
  }

  test::TempDir folder_{"podrun-store"};
  std::optional<Store> store_;
};

}  // namespace podrun::store
