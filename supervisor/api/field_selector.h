// Which fields an object must have: `metadata.name=x,status.phase!=Running`
// (apimachinery/pkg/fields and each resource's selectable fields).
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "supervisor/manifest/label_selector.h"

namespace podrun::api {

using Json = nlohmann::ordered_json;

struct FieldRequirement {
  std::string field, value;
  bool equal = true;
  bool operator==(const FieldRequirement&) const = default;
};

/// All requirements must hold. A default-constructed one matches everything.
class FieldSelector {
 public:
  /// The `fieldSelector` query parameter for a resource ("pods", "replicasets.apps"). Throws
  /// manifest::SelectorError: `invalid selector: …`, `field label not supported: x`.
  static FieldSelector parse(std::string_view text, std::string_view resource);

  bool matches(const Json& object) const;
  bool empty() const { return requirements_.empty(); }
  const std::vector<FieldRequirement>& requirements() const { return requirements_; }
  /// The one name or namespace that it allows, or "": a list of one needs no scan.
  std::string exact(std::string_view field) const;

 private:
  std::vector<FieldRequirement> requirements_;
};

/// A field of an object as selectors see it: absent ones are "", numbers and booleans in text;
/// spec.hostNetwork is "false" where it is absent, and an event's `source` is its source.component.
std::string selectable_value(const Json& object, std::string_view field);

}  // namespace podrun::api
