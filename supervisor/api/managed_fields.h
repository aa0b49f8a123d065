// metadata.managedFields: who owns which fields of an object, and since when.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "supervisor/api/field_set.h"

namespace podrun::api {

using Json = nlohmann::ordered_json;

/// One entry. Writers are told apart by all of it but time and fields; who applies, by the version
/// they speak, neither.
struct FieldOwner {
  std::string manager;
  bool applies = false;     // operation Apply, else Update
  std::string api_version;  // "apps/v1"
  std::string subresource;  // "", "status", "scale"
  std::string time;         // RFC 3339, may be empty
  FieldSet fields;

  bool is_same_writer(const FieldOwner& other) const;
};
using FieldOwners = std::vector<FieldOwner>;

/// Nothing where the list is no list of entries as Kubernetes writes them.
std::optional<FieldOwners> read_owners(const Json& managed_fields);
/// As Kubernetes orders them: who applies first, then by time and name.
Json to_json(FieldOwners owners);
/// Of an object; empty where it has none, or none that can be read.
FieldOwners owners_of(const Json& object);
/// Whether the object's list is `[{}]`, by which a client says that nobody owns anything.
bool asks_for_no_owners(const Json& object);
/// Puts them into metadata, or takes the list out where there are none.
void set_owners(Json& object, FieldOwners owners);
/// Whether both lists say the same but for their times.
bool same_but_times(const FieldOwners& a, const FieldOwners& b);
/// Null where there is none.
FieldOwner* find_writer(FieldOwners& owners, const FieldOwner& like);
/// Drops who owns nothing, and makes the oldest of many who update one, "ancient-changes".
void tidy(FieldOwners& owners);
/// How a conflict names an owner: `"kubectl" with subresource "scale" using apps/v1`.
std::string owner_text(const FieldOwner& owner);

}  // namespace podrun::api
