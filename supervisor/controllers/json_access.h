// Reading fields of stored objects without copying them: what is absent reads as empty.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "supervisor/store/object.h"

namespace podrun::controllers {

using store::Json;
using Path = std::initializer_list<std::string_view>;

/// Null where a step of the path is absent or null.
const Json* find(const Json& object, Path path);
/// "" where it is absent or no text.
const std::string& text_at(const Json& object, Path path);
std::int64_t number_at(const Json& object, Path path, std::int64_t otherwise = 0);
/// False where it is absent.
bool flag_at(const Json& object, Path path);
/// Nothing where it is absent or no time.
std::optional<WallTime> time_at(const Json& object, Path path);

const std::string& name_of(const Json& object);
const std::string& uid_of(const Json& object);
/// metadata.deletionTimestamp is set.
bool is_being_deleted(const Json& object);
bool has_finalizer(const Json& object, const std::string& name);
/// Leaves no empty list behind.
void drop_finalizer(Json& object, const std::string& name);

/// Equal whatever the order of fields: a stored object has them in the order of its kind.
bool same_value(const Json& a, const Json& b);

/// metadata.annotations[name], or "".
const std::string& annotation_of(const Json& object, const char* name);

/// status.conditions' entry of this type, or null.
const Json* condition_of(const Json& object, const char* type);
/// The same in a status.
const Json* find_condition(const Json& status, const char* type);

}  // namespace podrun::controllers
