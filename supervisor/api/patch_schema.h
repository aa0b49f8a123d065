// How strategic merge patches treat the lists of Kubernetes' types (the patchStrategy and
// patchMergeKey tags in k8s.io/api). What is not told here is merged where it is a map and replaced
// where it is a list.
#pragma once

#include <span>
#include <string_view>

namespace podrun::api {

struct PatchSchema;

struct PatchField {
  std::string_view name;
  bool merge = false;                   // the list is merged, not replaced
  std::string_view merge_key;           // of a merged list of objects; empty: a list of scalars
  const PatchSchema* schema = nullptr;  // of the object, or of the list's objects
  bool retain_keys = false;             // clients name the keys that stay: of unions
};

struct PatchSchema {
  std::span<const PatchField> fields;
  /// Null where nothing is special.
  const PatchField* find(std::string_view name) const;
};

/// Of a kind, whatever its version ("Pod", "Deployment"). Kinds without merged lists of their own
/// have at least those of metadata.
const PatchSchema& patch_schema(std::string_view kind);

}  // namespace podrun::api
