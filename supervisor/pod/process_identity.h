// Which process a supervisor.json means: a pid alone may have been reused, a pid with its start
// time has not.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

namespace podrun::pod {

/// Field 22 of /proc/PID/stat, in clock ticks since boot; nothing where there is no such process
/// (man 5 proc).
std::optional<std::uint64_t> process_start_time(pid_t pid);

/// The content of supervisor.json for the calling process.
std::string supervisor_json(const std::string& cgroup);

}  // namespace podrun::pod
