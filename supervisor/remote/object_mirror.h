// Objects of the API as lists and watches tell them. Pure: what arrives late changes nothing, so
// that answers to one's own writes may be put in beside a watch.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "supervisor/store/object.h"

namespace podrun::remote {

/// An object as it came over the wire; its key has this resource. Throws Error where it has no name
/// or no resourceVersion.
store::Object object_of(const std::string& resource, store::Json json);

class ObjectMirror {
 public:
  /// Null where there is none; valid until the next change.
  const store::Object* get(const store::ObjectKey& key) const;
  std::vector<store::Object> list(const std::string& resource, const std::string& namespace_) const;

  /// All that there is of a resource. Returns what is new, has changed or is gone.
  std::vector<store::ObjectKey> replace(const std::string& resource,
                                        std::vector<store::Object> all);
  /// An object as it is or was; false where that is known already, or older than what is known.
  bool put(store::Object object);
  /// A watch tells that the object of this uid is gone; false where another one has its name.
  bool erase(const store::ObjectKey& key, const std::string& uid);
  /// The same, before the watch tells it: until then, nothing that it says of this uid holds.
  void bury(const store::ObjectKey& key, const std::string& uid);

 private:
  std::map<store::ObjectKey, store::Object> objects_;
  std::map<std::string, std::string> buried_;  // uid to resource
};

}  // namespace podrun::remote
