#include "supervisor/controllers/time_zone.h"

#include <date/tz.h>

#include <cstdlib>
#include <stdexcept>

#include "base/error.h"

namespace podrun::controllers {
namespace {

Seconds no_offset(WallTime) { return Seconds(0); }

/// Null where there is none.
const date::time_zone* find_zone(const std::string& name) {
  try {
    return date::locate_zone(name);
  } catch (const std::runtime_error&) {
    return nullptr;
  }
}

const date::time_zone* own_zone() {
  const char* name = std::getenv("TZ");  // NOLINT(concurrency-mt-unsafe): nobody sets it
  if (name != nullptr) return find_zone(*name == ':' ? name + 1 : name);
  try {
    return date::current_zone();
  } catch (const std::runtime_error&) {
    return nullptr;
  }
}

}  // namespace

ZoneOffset zone_named(const std::string& name) {
  if (name == "UTC") return no_offset;
  static const date::time_zone* const own = own_zone();
  const date::time_zone* zone = name.empty() ? own : find_zone(name);
  if (zone == nullptr) {
    if (name.empty()) return no_offset;
    throw BadInput("unknown time zone " + name);
  }
  return [zone](WallTime at) { return zone->get_info(std::chrono::floor<Seconds>(at)).offset; };
}

}  // namespace podrun::controllers
