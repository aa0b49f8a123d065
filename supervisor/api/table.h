// meta.k8s.io Table: objects as the rows that `kubectl get` prints, with the columns that a
// Kubernetes API server gives (pkg/printers/internalversion).
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace podrun::api {

using Json = nlohmann::ordered_json;

/// What a row carries besides its cells.
enum class IncludeObject { kNone, kMetadata, kObject };
/// The `includeObject` query parameter; "" is Metadata. Throws 400.
IncludeObject include_object(std::string_view parameter);

struct TableOptions {
  std::string version = "v1";  // of meta.k8s.io: "v1", "v1beta1"
  IncludeObject include = IncludeObject::kMetadata;
  bool headers = true;  // a watch gives them with its first event only
};

/// The Table as compact JSON. `resource` is "pods", "replicasets.apps"; one without columns of its
/// own has Name and Created At. `list_metadata` is the list's (resourceVersion, continue …), or the
/// single object's resourceVersion. Ages are relative to `now`.
std::string table_text(std::string_view resource, const std::vector<const Json*>& objects,
                       const Json& list_metadata, const TableOptions& options, WallTime now);

/// The columns, and the cells of one object: for whoever prints the same rows without a server.
Json table_columns(std::string_view resource);
Json table_cells(std::string_view resource, const Json& object, WallTime now);

/// meta.k8s.io PartialObjectMetadata of an object, as compact JSON.
std::string partial_metadata_text(const Json& object, std::string_view version = "v1");

}  // namespace podrun::api
