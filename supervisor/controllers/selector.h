// The selector of a controller object: a map of labels (ReplicationController) or a LabelSelector
// (apps/v1).
#pragma once

#include <string>
#include <vector>

#include "supervisor/controllers/json_access.h"

namespace podrun::controllers {

class Selector {
 public:
  /// Reads spec.selector. One that is absent or empty selects nothing: a controller never takes
  /// every pod there is.
  static Selector of(const Json& controller);
  /// True for objects whose labels meet every requirement.
  bool matches(const Json& object) const;

 private:
  enum class Operator { kIn, kNotIn, kExists, kDoesNotExist, kNever };
  struct Requirement {
    std::string key;
    Operator op = Operator::kNever;
    std::vector<std::string> values;
  };
  void add_labels(const Json& labels);
  void add_expression(const Json& expression);
  static bool meets(const Json* labels, const Requirement& requirement);

  std::vector<Requirement> requirements_;
};

}  // namespace podrun::controllers
