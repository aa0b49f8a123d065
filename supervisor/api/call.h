// One request for a resource, understood: what is asked of which objects, and in which form.
#pragma once

#include <functional>
#include <string>

#include "supervisor/api/api_server.h"
#include "supervisor/api/patch.h"
#include "supervisor/api/served.h"
#include "supervisor/manifest/admit.h"

namespace podrun::api {

struct ApiServer::Call {
  const Request& request;
  RequestInfo info;
  const ServedResource& type;
  Output output;

  std::string storage() const { return type.key(); }
  /// Whether the request speaks the version that is stored.
  bool is_stored_version() const {
    return type.stored_group.empty() && info.version == type.versions.front();
  }
  manifest::Kind kind() const { return {type.group, info.version, type.kind}; }
  store::ObjectKey key() const {
    return {storage(), type.namespaced ? info.namespace_ : "", info.name};
  }
  Subject subject() const { return subject_of(type, info.name); }
  /// dryRun, fieldValidation, fieldManager; throws ApiError for values that are none.
  WriteOptions write_options() const;
  /// Whether an object is of those that labelSelector and fieldSelector choose.
  std::function<bool(const store::Json&)> filter() const;
  /// Whether filter() lets everything through.
  bool wants_all() const;
  /// metadata.resourceVersion's query parameter as a number; 0 where it is not given or "0".
  std::int64_t revision() const;
};

/// Whether a patch takes what others own; throws what is wrong with its options (metav1 validation,
/// ValidatePatchOptions).
bool asked_to_force(const Request& request, PatchType type);
/// A query parameter that is an integer; throws ApiError 400 in strconv's words.
std::int64_t integer_parameter(const Request& request, std::string_view name);
/// DeleteOptions from the body and the query.
DeleteOptions delete_options(const Request& request);

}  // namespace podrun::api
