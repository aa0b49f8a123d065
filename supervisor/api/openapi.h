// OpenAPI documents of what is served, made of the tables of fields (supervisor/manifest/fields.h):
// for kubectl explain, for the validation that older kubectls do themselves, and for clients that
// look there whether a request may ask for dryRun or fieldValidation.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "supervisor/manifest/fields.h"

namespace podrun::api {

using Json = nlohmann::ordered_json;

/// The fields of a kind; null where they are not known: it is then served, but not described, and
/// clients check nothing. (A description without fields would make kubectl apply panic: it descends
/// into both objects and the schema.)
using FieldsOf = std::function<const manifest::ObjectType*(
    std::string_view group, std::string_view version, std::string_view kind)>;

/// GET /openapi/v2 as JSON.
Json openapi_v2(const FieldsOf& fields_of);
/// The same document in protobuf (gnostic's OpenAPIv2.proto): the only form that kubectl takes.
std::string openapi_v2_protobuf(const Json& document);
/// The two names of that form in Accept headers; the answer's Content-Type is the second one.
inline constexpr std::string_view kOpenApiProtobufOld =
    "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";
inline constexpr std::string_view kOpenApiProtobuf =
    "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

/// GET /openapi/v3: where each group's document is. `hash` changes with the documents.
Json openapi_v3_index(std::string_view hash);
/// GET /openapi/v3/api/v1, /openapi/v3/apis/apps/v1: nothing for what is not served.
std::optional<Json> openapi_v3(std::string_view path, const FieldsOf& fields_of);

}  // namespace podrun::api
