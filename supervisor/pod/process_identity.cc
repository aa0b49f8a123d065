#include "supervisor/pod/process_identity.h"

#include <unistd.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"

namespace podrun::pod {

std::optional<std::uint64_t> process_start_time(pid_t pid) {
  std::string stat;
  try {
    stat = read_file("/proc/" + std::to_string(pid) + "/stat");
  } catch (const Error&) {
    return std::nullopt;
  }
  // The command name (field 2) may hold anything: fields are counted from its closing parenthesis.
  std::size_t at = stat.rfind(')');
  // A zombie has ended, whoever has still to reap it.
  if (at == std::string::npos || at + 2 >= stat.size() || stat[at + 2] == 'Z' ||
      stat[at + 2] == 'X')
    return std::nullopt;
  for (int field = 2; field < 22 && at != std::string::npos; ++field) at = stat.find(' ', at + 1);
  if (at == std::string::npos) return std::nullopt;
  return std::strtoull(stat.c_str() + at + 1, nullptr, 10);
}

std::string supervisor_json(const std::string& cgroup) {
  return nlohmann::ordered_json{{"pid", ::getpid()},
                                {"startTime", process_start_time(::getpid()).value_or(0)},
                                {"cgroup", cgroup}}
      .dump();
}

}  // namespace podrun::pod
