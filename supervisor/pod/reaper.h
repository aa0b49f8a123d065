// Reaps children that nobody waits for any more: probes past their timeout, helpers.
#pragma once

#include <cstdint>
#include <map>

#include "base/pidfd.h"
#include "supervisor/pod/loop.h"

namespace podrun::pod {

class Reaper {
 public:
  explicit Reaper(Loop& loop) : loop_(loop) {}
  ~Reaper();  // kills and reaps what is left
  Reaper(const Reaper&) = delete;
  Reaper& operator=(const Reaper&) = delete;

  /// Takes over a child that was told to die (or soon ends by itself).
  void adopt(Process process);

 private:
  struct Entry {
    Process process;
    Loop::Watch watch;
  };
  Loop& loop_;
  std::map<std::uint64_t, Entry> entries_;
  std::uint64_t next_ = 0;
};

}  // namespace podrun::pod
