// Bodies in Kubernetes' protobuf form, which typed clients (kubectl create secret, client-go) send.
#pragma once

#include <string>
#include <string_view>

#include "supervisor/api/http.h"

namespace podrun::api {

/// The JSON of an object in an envelope of `k8s\0` and runtime.Unknown. Fields that the tables do
/// not know are left out. Throws ApiError: 400 for what is malformed or has more than 262144
/// values, 415 for a kind that has no table.
std::string json_from_protobuf(std::string_view body);

/// Whether a request brings a protobuf body; a patch never does.
bool has_protobuf_body(const Request& request);

/// The same request with its body as JSON. Throws as json_from_protobuf does.
Request with_json_body(const Request& request);

}  // namespace podrun::api
