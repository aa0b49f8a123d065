// How strategic merge patches and server-side apply treat the lists and maps of Kubernetes' types
// (the patchStrategy, patchMergeKey, listType, listMapKey, mapType and structType tags in
// k8s.io/api). What is not told here is merged where it is a map and replaced where it is a list.
#pragma once

#include <span>
#include <string_view>

namespace podrun::api {

struct PatchSchema;

/// What server-side apply takes a list for.
enum class ListKind {
  kAtomic,  // one value: whoever sets it has all of it
  kSet,     // of scalars, each with owners of its own
  kMap,     // of objects, told apart by keys
};

struct PatchField {
  std::string_view name;
  bool merge = false;                   // the list is merged, not replaced
  std::string_view merge_key;           // of a merged list of objects; empty: a list of scalars
  const PatchSchema* schema = nullptr;  // of the object, or of the list's objects
  bool retain_keys = false;             // clients name the keys that stay: of unions
  // What server-side apply has besides: one more key, and what a missing one stands for.
  std::string_view second_key = {}, second_default = {};
  bool atomic_list = false;  // a list that only strategic patches merge
};

/// Of a list with these rules; null has none.
ListKind list_kind(const PatchField* field);

struct PatchSchema {
  std::span<const PatchField> fields;
  bool atomic = false;  // server-side apply takes the object for one value
  /// Null where nothing is special.
  const PatchField* find(std::string_view name) const;
};

/// Of a kind, whatever its version ("Pod", "Deployment"). Kinds without merged lists of their own
/// have at least those of metadata.
const PatchSchema& patch_schema(std::string_view kind);

}  // namespace podrun::api
