// The table of all fields that Kubernetes' objects have, with their types and what podrun makes of
// each. A kind is added by adding its rows here and a decoder in json_*.cc.
#pragma once

#include <span>
#include <string_view>

namespace podrun::manifest {

enum class FieldType {
  kString,
  kBool,
  kInt32,
  kInt64,
  kIntOrString,
  kQuantity,
  kStringMap,    // keys and values are strings
  kQuantityMap,  // "cpu": "500m"
  kObject,
  kAny,        // not looked into: `podrun run` ignores its field, the API keeps it as it is
  kAnyObject,  // the same, and an object
};

enum class Support {
  kHonoured,
  kIgnored,      // has no effect on a single machine; `note` says what happens instead
  kUnsupported,  // podrun does not do it
  kDaemon,       // the daemon does it, `podrun run` does not
  kServer,       // set by an API server; `podrun run` drops it without a word
};

/// What the API makes of a value that asks for nothing (Go's omitempty).
enum class Zero {
  kByType,  // empty texts, lists and maps are left out; 0, false and {} are kept
  kOmit,    // 0 and false are left out as well
  kKeep,
};

struct ObjectType;

struct Field {
  std::string_view name;
  FieldType type = FieldType::kAny;
  bool is_list = false;
  const ObjectType* object = nullptr;  // of kObject
  Support support = Support::kHonoured;
  std::string_view note;   // why or what instead, may be empty
  std::string_view quiet;  // the value that asks for nothing: no remark then
  Zero zero = Zero::kByType;
};

struct ObjectType {
  std::span<const Field> fields;
  std::string_view go_name = {};  // of the Go type, for messages: "PodSpec"
  const Field* find(std::string_view name) const;
  /// The field that `name` most probably means ("imagePullPolcy"), or null.
  const Field* closest(std::string_view name) const;
};

/// core/v1 Pod.
extern const ObjectType kPodType;
/// core/v1 PodTemplateSpec: metadata and spec.
extern const ObjectType kPodTemplateType;
/// meta/v1 ObjectMeta, core/v1 PodSpec: for the kinds that embed them.
extern const ObjectType kObjectMetaType;
extern const ObjectType kPodSpecType;
/// core/v1 Affinity, meta/v1 LabelSelector.
extern const ObjectType kAffinityType;
extern const ObjectType kLabelSelectorType;

}  // namespace podrun::manifest
