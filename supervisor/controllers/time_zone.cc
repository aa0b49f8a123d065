#include "supervisor/controllers/time_zone.h"

#include <absl/time/time.h>

#include <cstdlib>
#include <filesystem>

#include "base/error.h"

namespace podrun::controllers {
namespace {

constexpr const char* kZones = "/usr/share/zoneinfo/";
constexpr const char* kOwnZone = "/etc/localtime";

Seconds no_offset(WallTime) { return Seconds(0); }

/// As time.LoadLocation, which stays below its folder. Debian has a link there to kOwnZone.
bool is_name(const std::string& name) {
  return !name.empty() && name.front() != '/' && name.find("..") == std::string::npos &&
         name != "localtime";
}

std::string own_file() {
  const char* variable = std::getenv("TZ");  // NOLINT(concurrency-mt-unsafe): nobody sets it
  if (variable == nullptr) return kOwnZone;
  const std::string name = *variable == ':' ? variable + 1 : variable;
  return name.starts_with('/') ? name : kZones + name;
}

}  // namespace

std::optional<ZoneOffset> read_zone(const std::string& path) {
  // Abseil remembers for good what it did not find.
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return std::nullopt;
  absl::TimeZone zone;
  if (!absl::LoadTimeZone(path, &zone)) return std::nullopt;
  return [zone](WallTime at) {
    const auto seconds = std::chrono::floor<Seconds>(at).time_since_epoch().count();
    return Seconds(zone.At(absl::FromUnixSeconds(seconds)).offset);
  };
}

ZoneOffset zone_named(const std::string& name) {
  if (name == "UTC") return no_offset;
  if (name.empty()) return read_zone(own_file()).value_or(no_offset);
  // By its path: Abseil knows names that Go does not, as "Fixed/UTC+05:00:00" and "libc:localtime".
  const auto zone = is_name(name) ? read_zone(kZones + name) : std::nullopt;
  if (!zone) throw BadInput("unknown time zone " + name);
  return *zone;
}

}  // namespace podrun::controllers
