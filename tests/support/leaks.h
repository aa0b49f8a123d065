// What a test left behind: descriptors, processes, mounts, cgroups, network namespaces, files.
//
//   const Leaks before = Leaks::take(scope);
//   ... the act ...
//   EXPECT_EQ(leaked_since(before, scope), "");
#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace podrun::test {

/// What is looked at.
struct LeakScope {
  /// Processes, mounts, cgroups and network namespaces count when this text occurs in them: in a
  /// process's command line, environment, cgroup or (in a mount namespace of its own) mounts, in a
  /// mount's line, in a cgroup's path. Empty counts all of the machine's, for a machine that does
  /// nothing else.
  std::string marker;
  /// Trees whose files are listed.
  std::vector<std::string> folders;
  /// The process whose descriptors are listed; 0 is the caller.
  pid_t descriptors_of = 0;
  /// Cgroups whose path contains this count, too, with the processes in them; empty: none more.
  std::string cgroups;
};

/// The state of the machine within a scope, as lines that a person can read, by kind.
class Leaks {
 public:
  static Leaks take(const LeakScope& scope);

  /// One line for each thing that is in `after` and not here ("left: mount: …") or the other way
  /// round ("gone: …"); empty when the two are alike.
  std::string difference(const Leaks& after) const;

  /// The things of one kind: "descriptor", "process", "mount", "cgroup", "netns", "file".
  const std::multiset<std::string>& of(const std::string& kind) const;

 private:
  std::map<std::string, std::multiset<std::string>> things_;
};

/// Takes snapshots until there is no difference to `before`, or `limit` has passed; returns the
/// last difference. The kernel finishes some removals after the call that began them.
std::string leaked_since(const Leaks& before, const LeakScope& scope,
                         std::chrono::milliseconds limit = std::chrono::seconds(5));

}  // namespace podrun::test
