// A container for tests: a busybox root file system in a temporary folder, and what ran in it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/fd.h"
#include "base/pidfd.h"
#include "cgroups/cgroup.h"
#include "runtime/birth.h"
#include "tests/support/temp_dir.h"

namespace podrun::test {

/// How a birth ended, and what the process said on stdout and stderr together.
struct Ran {
  bool started = false;
  std::string output;
  ExitStatus status;
  runtime::BirthFailure failure;
  std::vector<std::string> notes;
};

class Box {
 public:
  /// `in_cgroup`: births in a cgroup of its own.
  explicit Box(bool in_cgroup = false);

  const std::string& rootfs() const { return rootfs_; }
  std::string name() const { return folder_.name(); }
  std::string outside(const std::string& path) const { return folder_ / path; }
  runtime::Birthplace& place() { return place_; }
  cgroups::Cgroup& cgroup() { return *cgroup_; }
  void renew_place();

  /// The default container with new namespaces of every kind but user, running `script`.
  runtime::Spec spec(const std::string& script) const;
  /// Runs to the end.
  Ran run(const runtime::Spec& spec);
  Ran sh(const std::string& script) { return run(spec(script)); }
  /// Starts and leaves it running; throws where that fails. Output goes nowhere.
  Process start(const runtime::Spec& spec);
  Ran exec(const Process& container, const runtime::Spec& container_spec,
           const runtime::Process& process);
  /// Waits for a birth whose output comes through `pipe`.
  static Ran finish(runtime::Birth birth, Pipe pipe);

 private:
  TempDir folder_;
  std::string rootfs_;
  std::optional<cgroups::Cgroup> cgroup_;
  runtime::Birthplace place_;
  Fd root_fd_;
};

/// Kills and reaps.
void end(Process& process);

}  // namespace podrun::test
