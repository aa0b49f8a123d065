// Pods that are measured: their manifests, and `podrun run` with the moment of its exec.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "tests/support/pod_run.h"

namespace podrun::bench {

/// Folders, the image bench/stamp, and the folder out/ that its pods and the floor stamp into.
class Bench {
 public:
  explicit Bench(const std::string& stamp_program);

  std::string rootfs() const { return home_.dir() / "rootfs"; }
  test::PodHome& home() { return home_; }
  /// A pod of one container that runs `/bin/stamp MODE /out/stamp`. `more`: further lines of the
  /// container, indented by four.
  std::string manifest(const std::string& mode, const std::string& policy,
                       const std::string& more = "") const;
  /// The times stamped since the last call, in ns.
  std::vector<long> take_stamps() const;
  /// Runs the words to their end; returns the moment just before the exec, in ns. Throws Error
  /// where the exit code is another one, with what was printed.
  long run(const std::vector<std::string>& words, int expected_code = 0) const;
  long run_podrun(const std::string& manifest, int expected_code = 0) const;
  /// The same bundle by crun; needs the v1 or v2 layout that crun takes.
  long run_crun() const;

 private:
  void make_bundle() const;
  // /run is a tmpfs on the machines that podrun is made for.
  test::PodHome home_{std::vector<std::string>{}, "/dev/shm"};
};

}  // namespace podrun::bench
