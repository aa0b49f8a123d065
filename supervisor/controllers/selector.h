// The selector of a controller object: a map of labels (ReplicationController) or a LabelSelector
// (apps/v1).
#pragma once

#include "supervisor/api/label_selector.h"
#include "supervisor/controllers/json_access.h"

namespace podrun::controllers {

class Selector {
 public:
  /// Reads spec.selector. One that is absent, empty or broken selects nothing: a controller never
  /// takes every pod there is.
  static Selector of(const Json& controller);
  /// True for objects whose labels meet every requirement.
  bool matches(const Json& object) const;

 private:
  api::LabelSelector labels_ = api::LabelSelector::nothing();
};

}  // namespace podrun::controllers
