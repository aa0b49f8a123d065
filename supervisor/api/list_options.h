// metav1.ListOptions of a list or a watch, as far as they bind each other.
#pragma once

#include <cstdint>

#include "supervisor/api/http.h"

namespace podrun::api {

/// Throws ApiError 422 in the words of apimachinery/pkg/apis/meta/internalversion/validation
/// (ValidateListOptions); 400 for a resourceVersion beside a continue token.
void check_list_options(const Request& request, bool watch);

/// The query's resourceVersion as a number; 0 where it is not given or "0". Throws ApiError as
/// storage.APIObjectVersioner does: of the server's fault, since nobody makes it the client's.
std::int64_t revision_parameter(const Request& request);

/// Which state a list may show, where only the present one can be: throws ApiError 504 for a
/// revision that is not there yet, 410 for exactly one that is past, 400 for what is none.
void check_list_revision(const Request& request, std::int64_t current);

}  // namespace podrun::api
