// The selector of a controller object: a map of labels (ReplicationController) or a LabelSelector
// (apps/v1).
#pragma once

#include "supervisor/controllers/json_access.h"
#include "supervisor/manifest/label_selector.h"

namespace podrun::controllers {

class Selector {
 public:
  /// Reads spec.selector. One that is absent, empty or broken selects nothing: a controller never
  /// takes every pod there is.
  static Selector of(const Json& controller);
  /// True for objects whose labels meet every requirement.
  bool matches(const Json& object) const;

 private:
  manifest::LabelSelector labels_ = manifest::LabelSelector::nothing();
};

}  // namespace podrun::controllers
