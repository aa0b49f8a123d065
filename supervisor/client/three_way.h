// Client-side apply: the patch that makes of what there is what a manifest asks for. Pure.
#pragma once

#include <nlohmann/json.hpp>

#include "supervisor/api/patch_schema.h"

namespace podrun::client {

using Json = nlohmann::ordered_json;

/// A strategic merge patch (k8s.io/apimachinery, strategicpatch.CreateThreeWayMergePatch): what
/// `modified` sets is set, what `original` had and `modified` has no more is taken away, and what
/// only `current` has stays. Empty where nothing is to be done. `schema` tells which lists are
/// merged; null merges none. Throws api::ApiError where an element of such a list lacks its key.
Json three_way_patch(const Json& original, const Json& modified, const Json& current,
                     const api::PatchSchema* schema);

/// The strategic merge patch between two states of an object; both sides' fields are known.
Json two_way_patch(const Json& before, const Json& after, const api::PatchSchema* schema);

}  // namespace podrun::client
