// The database's tables and how they came to be: one step per version, kept forever.
#pragma once

#include <span>

#include "supervisor/store/sqlite.h"

namespace podrun::store {

/// PRAGMA application_id: "podr". Says that a database is podrun's.
inline constexpr std::int64_t kApplicationId = 0x706f6472;

/// steps()[n] leads from version n to n + 1.
std::span<const char* const> steps();

/// Brings the database to the version `steps.size()`, step by step, each in a transaction. An
/// Error where the database is newer than that; it is then left as it is.
void migrate(Connection& connection, std::span<const char* const> steps);

}  // namespace podrun::store
