// How a field of a Kubernetes object is read from and written to JSON: one overload of `assign` a
// type. For the decoders and encoders of this folder only.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/quantity.h"
#include "supervisor/manifest/meta.h"
#include "supervisor/manifest/pod.h"

namespace podrun::manifest {

using Json = nlohmann::ordered_json;

/// Throws BadInput: `where` is a field, `expected` a type in words.
[[noreturn]] void wrong_type(const char* where, const char* expected, const Json& found);

void assign(const char* where, const Json& json, std::string& out);
void assign(const char* where, const Json& json, bool& out);
void assign(const char* where, const Json& json, std::int64_t& out);
void assign(const char* where, const Json& json, int& out);
void assign(const char* where, const Json& json, Seconds& out);
void assign(const char* where, const Json& json, Quantity& out);
void assign(const char* where, const Json& json, IntOrString& out);
void assign(const char* where, const Json& json, StringMap& out);
void assign(const char* where, const Json& json, std::map<std::string, Quantity>& out);
/// The items of a list; an absent list or null has none.
const Json& list_of(const char* where, const Json& json);
/// `json` itself where it is an object.
const Json& object_of(const char* where, const Json& json);

template <class T>
void assign(const char* where, const Json& json, std::optional<T>& out) {
  assign(where, json, out.emplace());
}
template <class T>
void assign(const char* where, const Json& json, std::vector<T>& out) {
  for (const Json& item : list_of(where, json)) assign(where, item, out.emplace_back());
}

/// Sets `out` from a field that is there and not null; else leaves it.
template <class T>
void read(const Json& object, const char* field, T& out) {
  const auto found = object.find(field);
  if (found != object.end() && !found->is_null()) assign(field, *found, out);
}
/// The same for a field with a decoder of its own: `decode(const Json&) -> T`.
template <class T, class Decode>
void read_with(const Json& object, const char* field, T& out, Decode decode) {
  const auto found = object.find(field);
  if (found != object.end() && !found->is_null()) out = decode(object_of(field, *found));
}
template <class T, class Decode>
void read_list(const Json& object, const char* field, std::vector<T>& out, Decode decode) {
  const auto found = object.find(field);
  if (found == object.end()) return;
  for (const Json& item : list_of(field, *found)) out.push_back(decode(object_of(field, item)));
}

// ---- writing; fields are written in the order of their names, as kubectl prints them

Json value_of(const IntOrString& value);
Json value_of(const std::map<std::string, Quantity>& resources);
inline Json value_of(const Seconds& value) { return value.count(); }
template <class T>
const T& value_of(const T& value) {
  return value;
}

/// An empty object with room for `fields`: growing one copies all that is in it.
inline Json object_with_room(std::size_t fields) {
  Json out = Json::object();
  out.get_ref<Json::object_t&>().reserve(fields);
  return out;
}

/// Writes a field unless its value is empty, zero or false (Go's omitempty).
template <class T>
void write(Json& object, const char* field, const T& value) {
  if constexpr (requires { value.empty(); }) {
    if (value.empty()) return;
  } else {
    if (value == T{}) return;
  }
  object[field] = value_of(value);
}
template <class T>
void write(Json& object, const char* field, const std::optional<T>& value) {
  if (value) object[field] = value_of(*value);
}
template <class T, class Encode>
void write_with(Json& object, const char* field, const std::optional<T>& value, Encode encode) {
  if (value) object[field] = encode(*value);
}
template <class T, class Encode>
void write_list(Json& object, const char* field, const std::vector<T>& items, Encode encode) {
  if (items.empty()) return;
  Json& list = object[field] = Json::array();
  for (const T& item : items) list.push_back(encode(item));
}

// ---- the parts of a pod, each with its own file

Probe probe_from_json(const Json& json);
Json to_json(const Probe& probe);
Lifecycle lifecycle_from_json(const Json& json);
Json to_json(const Lifecycle& lifecycle);
Container container_from_json(const Json& json);
Json to_json(const Container& container);
Volume volume_from_json(const Json& json);
Json to_json(const Volume& volume);
SeccompProfile seccomp_from_json(const Json& json);
Json to_json(const SeccompProfile& profile);
ObjectMeta meta_from_json(const Json& json);
Json to_json(const ObjectMeta& meta);
PodSpec spec_from_json(const Json& json);
Json to_json(const PodSpec& spec);

}  // namespace podrun::manifest
