// Patches of objects: JSON Patch (RFC 6902), JSON Merge Patch (RFC 7396) and Kubernetes' strategic
// merge patch. Server-side apply is not here: it needs field managers (field_manager.h).
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "supervisor/api/api_error.h"
#include "supervisor/api/patch_schema.h"

namespace podrun::api {

enum class PatchType { kJson, kMerge, kStrategicMerge, kApply };

/// From a Content-Type header, parameters ignored. Throws 415, which names the accepted types.
PatchType patch_type(std::string_view content_type);

/// The object with the patch applied; the input is not changed. `schema` is used by strategic
/// merges only: null merges maps and replaces lists. Never of kApply. Throws ApiError: 400 for a
/// patch that is none, 422 for one that does not apply, 413 for one that is out of proportion.
Json apply_patch(PatchType type, const Json& object, std::string_view patch,
                 const PatchSchema* schema = nullptr);

/// The parts of apply_patch, on parsed patches.
Json apply_json_patch(Json object, const Json& patch);
Json apply_merge_patch(Json object, const Json& patch);
Json apply_strategic_merge_patch(Json object, Json patch, const PatchSchema* schema);

}  // namespace podrun::api
