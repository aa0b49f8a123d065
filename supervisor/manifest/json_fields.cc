#include "supervisor/manifest/json_fields.h"

#include <limits>

#include "base/error.h"

namespace podrun::manifest {

void wrong_type(const char* where, const char* expected, const Json& found) {
  throw BadInput(std::string("field \"") + where + "\": expected " + expected + ", found " +
                 found.type_name());
}

void assign(const char* where, const Json& json, std::string& out) {
  if (!json.is_string()) wrong_type(where, "a string", json);
  out = json.get_ref<const std::string&>();
}

void assign(const char* where, const Json& json, bool& out) {
  if (!json.is_boolean()) wrong_type(where, "true or false", json);
  out = json.get<bool>();
}

void assign(const char* where, const Json& json, std::int64_t& out) {
  if (!json.is_number_integer()) wrong_type(where, "an integer", json);
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (json.is_number_unsigned() && json.get<std::uint64_t>() > kMax) {
    wrong_type(where, "a 64-bit integer", json);
  }
  out = json.get<std::int64_t>();
}

void assign(const char* where, const Json& json, int& out) {
  std::int64_t wide = 0;
  assign(where, json, wide);
  out = static_cast<int>(wide);
  if (out != wide) wrong_type(where, "a 32-bit integer", json);
}

void assign(const char* where, const Json& json, Seconds& out) {
  std::int64_t count = 0;
  assign(where, json, count);
  out = Seconds(count);
}

void assign(const char* where, const Json& json, Quantity& out) {
  // A bare number is a quantity too.
  if (!json.is_string() && !json.is_number()) wrong_type(where, "a quantity", json);
  out = Quantity::parse(json.is_string() ? json.get_ref<const std::string&>() : json.dump());
}

void assign(const char* where, const Json& json, IntOrString& out) {
  if (json.is_string()) {
    out = json.get<std::string>();
  } else {
    std::int64_t number = 0;
    assign(where, json, number);
    out = number;
  }
}

namespace {

template <class Map>
void assign_map(const char* where, const Json& json, Map& out) {
  for (const auto& [key, value] : object_of(where, json).items()) {
    typename Map::mapped_type& slot = out[key];
    if (!value.is_null()) assign(where, value, slot);
  }
}

}  // namespace

void assign(const char* where, const Json& json, StringMap& out) { assign_map(where, json, out); }
void assign(const char* where, const Json& json, std::map<std::string, Quantity>& out) {
  assign_map(where, json, out);
}

const Json& list_of(const char* where, const Json& json) {
  if (!json.is_array() && !json.is_null()) wrong_type(where, "a list", json);
  return json;
}

const Json& object_of(const char* where, const Json& json) {
  if (!json.is_object()) wrong_type(where, "an object", json);
  return json;
}

Json value_of(const IntOrString& value) {
  return std::visit([](const auto& held) { return Json(held); }, value);
}

Json value_of(const std::map<std::string, Quantity>& resources) {
  Json out = Json::object();
  for (const auto& [name, quantity] : resources) out[name] = quantity.text();
  return out;
}

}  // namespace podrun::manifest
