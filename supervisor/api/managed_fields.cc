#include "supervisor/api/managed_fields.h"

#include <algorithm>
#include <tuple>

#include "base/go_text.h"
#include "supervisor/api/json_path.h"

namespace podrun::api {
namespace {

/// apimachinery/pkg/util/managedfields, defaultMaxUpdateManagers.
constexpr std::size_t kMostUpdaters = 10;
constexpr const char* kAncient = "ancient-changes";

std::optional<FieldOwner> read_owner(const Json& entry) {
  if (!entry.is_object()) return {};
  const std::string operation = text_at(entry, "operation");
  if (operation != "Apply" && operation != "Update") return {};
  if (text_at(entry, "fieldsType") != "FieldsV1" || text_at(entry, "apiVersion").empty()) return {};
  FieldOwner owner;
  owner.manager = text_at(entry, "manager");
  owner.applies = operation == "Apply";
  owner.api_version = text_at(entry, "apiVersion");
  owner.subresource = text_at(entry, "subresource");
  owner.time = text_at(entry, "time");
  if (const Json* fields = find_path(entry, "fieldsV1"))
    owner.fields = FieldSet::from_json(*fields);
  return owner;
}

Json to_json(const FieldOwner& owner) {
  Json entry{{"apiVersion", owner.api_version},
             {"fieldsType", "FieldsV1"},
             {"fieldsV1", owner.fields.to_json()},
             {"manager", owner.manager},
             {"operation", owner.applies ? "Apply" : "Update"}};
  if (!owner.subresource.empty()) entry["subresource"] = owner.subresource;
  if (!owner.time.empty()) entry["time"] = owner.time;
  return entry;
}

void merge_oldest(FieldOwners& owners) {
  std::vector<FieldOwner*> updaters;
  for (FieldOwner& owner : owners) {
    if (!owner.applies && owner.subresource.empty()) updaters.push_back(&owner);
  }
  if (updaters.size() <= kMostUpdaters) return;
  std::stable_sort(updaters.begin(), updaters.end(),
                   [](const auto* a, const auto* b) { return a->time < b->time; });
  FieldOwner& bucket = *updaters.front();
  bucket.manager = kAncient;
  for (std::size_t i = 1; i <= updaters.size() - kMostUpdaters; ++i) {
    bucket.fields = bucket.fields.united(updaters[i]->fields);
    bucket.time = updaters[i]->time;
    updaters[i]->fields = {};
  }
  std::erase_if(owners, [](const FieldOwner& owner) { return owner.fields.empty(); });
}

}  // namespace

bool FieldOwner::is_same_writer(const FieldOwner& other) const {
  return manager == other.manager && applies == other.applies && subresource == other.subresource &&
         (applies || api_version == other.api_version);
}

std::optional<FieldOwners> read_owners(const Json& managed_fields) {
  if (!managed_fields.is_array()) return {};
  FieldOwners owners;
  for (const Json& entry : managed_fields) {
    auto owner = read_owner(entry);
    if (!owner) return {};
    if (FieldOwner* present = find_writer(owners, *owner)) {
      present->fields = present->fields.united(owner->fields);
    } else {
      owners.push_back(std::move(*owner));
    }
  }
  return owners;
}

Json to_json(FieldOwners owners) {
  std::stable_sort(owners.begin(), owners.end(), [](const FieldOwner& a, const FieldOwner& b) {
    return std::tie(b.applies, a.time, a.manager, a.api_version, a.subresource) <
           std::tie(a.applies, b.time, b.manager, b.api_version, b.subresource);
  });
  Json list = Json::array();
  for (const FieldOwner& owner : owners) list.push_back(to_json(owner));
  return list;
}

FieldOwners owners_of(const Json& object) {
  return read_owners(at_path(object, "metadata.managedFields")).value_or(FieldOwners());
}

bool asks_for_no_owners(const Json& object) {
  const Json& list = at_path(object, "metadata.managedFields");
  return list.is_array() && list.size() == 1 && list[0].is_object() && list[0].empty();
}

void set_owners(Json& object, FieldOwners owners) {
  Json& metadata = object["metadata"];
  if (!metadata.is_object()) metadata = Json::object();
  if (owners.empty()) {
    metadata.erase("managedFields");
  } else {
    metadata["managedFields"] = to_json(std::move(owners));
  }
}

bool same_but_times(const FieldOwners& a, const FieldOwners& b) {
  const auto has_equal = [](const FieldOwners& owners, const FieldOwner& like) {
    return std::any_of(owners.begin(), owners.end(), [&](const FieldOwner& owner) {
      return owner.is_same_writer(like) && owner.api_version == like.api_version &&
             owner.fields == like.fields;
    });
  };
  return a.size() == b.size() &&
         std::all_of(a.begin(), a.end(), [&](const auto& owner) { return has_equal(b, owner); });
}

FieldOwner* find_writer(FieldOwners& owners, const FieldOwner& like) {
  const auto found = std::find_if(owners.begin(), owners.end(), [&](const FieldOwner& owner) {
    return owner.is_same_writer(like);
  });
  return found == owners.end() ? nullptr : &*found;
}

void tidy(FieldOwners& owners) {
  std::erase_if(owners, [](const FieldOwner& owner) { return owner.fields.empty(); });
  merge_oldest(owners);
}

std::string owner_text(const FieldOwner& owner) {
  std::string text = go_quote(owner.manager);
  if (!owner.subresource.empty()) text += " with subresource " + go_quote(owner.subresource);
  if (!owner.applies) text += " using " + owner.api_version;
  return text;
}

}  // namespace podrun::api
