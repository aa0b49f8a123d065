// Ownership of fields through writes, and server-side apply
// (apimachinery/pkg/util/managedfields). Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "supervisor/api/api_error.h"
#include "supervisor/api/managed_fields.h"

namespace podrun::api {

/// Who writes an object, and which part of it.
struct FieldWriter {
  std::string manager;      // empty: a part of podrun, which is not listed
  std::string api_version;  // that the request speaks: "apps/v1"
  std::string subresource;
  std::string now;  // RFC 3339
  std::string_view kind;
  bool has_status_part = false;  // the kind's status is a subresource's
};

/// What `object`, the successor of `old` (null: it is new), changes belongs to the writer from now
/// on, and to nobody else. Both must have their fields in one order.
void track_write(const Json* old, Json& object, const FieldWriter& writer);
/// What `object` changes belongs to nobody from now on.
void release_changes(const Json& old, Json& object, std::string_view kind);

/// What of `live` (null: there is none yet) becomes by applying `config`, which has its fields in
/// live's order: fields that the writer applied before and does now no more are gone, unless others
/// have them. Throws ApiError 409 where others own what would change, unless `force`.
Json apply_config(const Json* live, const Json& config, const FieldWriter& writer, bool force);
/// 500 where the lists of `config` cannot be merged, 400 where it has managedFields.
void check_config(const Json& config, const FieldWriter& writer,
                  const std::vector<std::string>& unknown_fields);

}  // namespace podrun::api
