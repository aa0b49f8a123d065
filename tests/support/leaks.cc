#include "tests/support/leaks.h"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <functional>
#include <sstream>

#include "base/error.h"
#include "base/files.h"
#include "tests/support/poll.h"

namespace podrun::test {
namespace {

namespace fs = std::filesystem;
using Things = std::multiset<std::string>;

// A process may end while it is looked at, so that nothing here throws for a missing file.
std::string content(const std::string& path) {
  try {
    return read_file_if_exists(path).value_or("");
  } catch (const Error&) {
    return "";
  }
}

std::string link_target(const std::string& path) {
  std::error_code ignored;
  return fs::read_symlink(path, ignored).string();
}

// Calls `visit` with each path below `folder`; without `deep`, with the direct entries alone.
// std::filesystem's iterators stop at an entry that vanishes, so folders are read one by one.
void each_entry(const std::string& folder, bool deep,
                const std::function<void(const fs::directory_entry&)>& visit) {
  std::error_code ignored;
  for (fs::directory_iterator it(folder, ignored), end; !ignored && it != end;
       it.increment(ignored)) {
    visit(*it);
    std::error_code unknown;
    if (deep && it->is_directory(unknown) && !it->is_symlink(unknown)) {
      each_entry(it->path().string(), true, visit);
    }
  }
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// "socket:[1234]" differs from run to run; "socket" does not.
std::string without_inode(const std::string& target) {
  const std::size_t at = target.find(":[");
  const bool numbered = at != std::string::npos && at + 2 < target.size() &&
                        std::isdigit(static_cast<unsigned char>(target[at + 2])) != 0;
  return numbered ? target.substr(0, at) : target;
}

Things descriptors(pid_t pid) {
  Things found;
  const std::string folder = "/proc/" + (pid == 0 ? "self" : std::to_string(pid)) + "/fd";
  each_entry(folder, false, [&](const fs::directory_entry& entry) {
    const std::string target = link_target(entry.path().string());
    // The descriptor of the iteration itself.
    if (target.empty() || (pid == 0 && target == "/proc/" + std::to_string(::getpid()) + "/fd")) {
      return;
    }
    found.insert(without_inode(target));
  });
  return found;
}

bool carries(const std::string& proc, const LeakScope& scope) {
  const std::string& marker = scope.marker;
  if (marker.empty()) return true;
  if (!scope.cgroups.empty() && contains(content(proc + "/cgroup"), scope.cgroups)) return true;
  if (contains(content(proc + "/cmdline"), marker) ||
      contains(content(proc + "/environ"), marker) || contains(content(proc + "/cgroup"), marker)) {
    return true;
  }
  return link_target(proc + "/ns/mnt") != link_target("/proc/self/ns/mnt") &&
         contains(content(proc + "/mountinfo"), marker);
}

// The folders in /proc of all processes within the scope but the caller.
std::vector<std::string> marked_processes(const LeakScope& scope) {
  std::vector<std::string> found;
  each_entry("/proc", false, [&](const fs::directory_entry& entry) {
    const std::string pid = entry.path().filename().string();
    if (!std::isdigit(static_cast<unsigned char>(pid[0])) || pid == std::to_string(::getpid())) {
      return;
    }
    const std::string proc = entry.path().string();
    // Threads of the kernel have no executable.
    if (link_target(proc + "/exe").empty() && content(proc + "/cmdline").empty()) return;
    if (carries(proc, scope)) found.push_back(proc);
  });
  return found;
}

Things processes(const std::vector<std::string>& procs) {
  Things found;
  for (const std::string& proc : procs) {
    std::string command = content(proc + "/cmdline");
    std::replace(command.begin(), command.end(), '\0', ' ');
    found.insert(fs::path(proc).filename().string() + " " + command);
  }
  return found;
}

Things mounts(const std::string& marker) {
  Things found;
  for (const std::string& line : lines_of(content("/proc/self/mountinfo"))) {
    if (contains(line, marker)) found.insert(line);
  }
  return found;
}

Things cgroups(const LeakScope& scope) {
  const auto counts = [&](const std::string& path) {
    return contains(path, scope.marker) ||
           (!scope.cgroups.empty() && contains(path, scope.cgroups));
  };
  Things found;
  for (const std::string& line : lines_of(content("/proc/self/mounts"))) {
    std::istringstream in(line);
    std::string source, target, type;
    in >> source >> target >> type;
    if (type != "cgroup" && type != "cgroup2") continue;
    each_entry(target, true, [&](const fs::directory_entry& entry) {
      std::error_code unknown;
      const std::string path = entry.path().string();
      if (entry.is_directory(unknown) && counts(path)) found.insert(path);
    });
  }
  return found;
}

// A network namespace lives through its processes, descriptors (also the caller's) and mounts.
Things network_namespaces(const std::vector<std::string>& procs, const std::string& marker) {
  std::set<std::string> unique;
  std::vector<std::string> holders = procs;
  holders.push_back("/proc/self");
  for (const std::string& proc : holders) {
    unique.insert(link_target(proc + "/ns/net"));
    each_entry(proc + "/fd", false, [&](const fs::directory_entry& entry) {
      const std::string target = link_target(entry.path().string());
      if (target.starts_with("net:[")) unique.insert(target);
    });
  }
  for (const std::string& line : lines_of(content("/proc/self/mountinfo"))) {
    const std::size_t at = line.find("net:[");
    if (at != std::string::npos && contains(line, marker)) {
      unique.insert(line.substr(at, line.find(']', at) + 1 - at));
    }
  }
  unique.erase("");
  unique.erase(link_target("/proc/self/ns/net"));
  return {unique.begin(), unique.end()};
}

Things files(const std::vector<std::string>& folders) {
  Things found;
  for (const std::string& folder : folders) {
    each_entry(folder, true,
               [&](const fs::directory_entry& entry) { found.insert(entry.path().string()); });
  }
  return found;
}

std::string lines_with(const std::string& label, const Things& some, const Things& others) {
  Things only;
  std::set_difference(some.begin(), some.end(), others.begin(), others.end(),
                      std::inserter(only, only.end()));
  std::string text;
  for (const std::string& thing : only) text += label + thing + "\n";
  return text;
}

}  // namespace

Leaks Leaks::take(const LeakScope& scope) {
  const std::vector<std::string> procs = marked_processes(scope);
  Leaks state;
  state.things_["descriptor"] = descriptors(scope.descriptors_of);
  state.things_["process"] = processes(procs);
  state.things_["mount"] = mounts(scope.marker);
  state.things_["cgroup"] = cgroups(scope);
  state.things_["netns"] = network_namespaces(procs, scope.marker);
  state.things_["file"] = files(scope.folders);
  return state;
}

std::string Leaks::difference(const Leaks& after) const {
  std::string text;
  for (const auto& [kind, things] : things_) {
    text += lines_with("left: " + kind + ": ", after.of(kind), things);
    text += lines_with("gone: " + kind + ": ", things, after.of(kind));
  }
  return text;
}

const Things& Leaks::of(const std::string& kind) const { return things_.at(kind); }

std::string leaked_since(const Leaks& before, const LeakScope& scope,
                         std::chrono::milliseconds limit) {
  std::string difference;
  poll_until(
      [&] {
        difference = before.difference(Leaks::take(scope));
        return difference.empty();
      },
      limit, std::chrono::milliseconds(50));
  return difference;
}

}  // namespace podrun::test
