// metav1.ListOptions of a list or a watch, as far as they bind each other.
#pragma once

#include <cstdint>

#include "supervisor/api/http.h"

namespace podrun::api {

/// Throws ApiError 422 in the words of apimachinery/pkg/apis/meta/internalversion/validation
/// (ValidateListOptions); 400 for a resourceVersion beside a continue token.
void check_list_options(const Request& request, bool watch);

/// Which state a list may show, where only the present one can be: throws ApiError 504 for a
/// revision that is not there yet, 410 for exactly one that is past.
void check_list_revision(const Request& request, std::int64_t current);

}  // namespace podrun::api
