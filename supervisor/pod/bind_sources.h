// Whether bind mounts that were prepared some time ago would be the same if they were made now.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/fd.h"
#include "runtime/spec.h"

namespace podrun::pod {

/// What lies at the sources of a container's bind mounts at one moment.
class BindSources {
 public:
  /// Takes it down, but for what lies below `own`, which nobody else changes. Mounts that come by
  /// descriptor (subPath) cannot be looked up again: with one of these, unchanged() is false.
  BindSources(const std::vector<runtime::Mount>& mounts, const std::string& own);
  /// The same files and folders are there, and nothing was mounted or unmounted since.
  bool unchanged() const;

 private:
  struct Source {
    std::string path;
    dev_t device;
    ino_t inode;
  };
  std::vector<Source> sources_;
  bool known_ = true;
  Fd mount_table_;  // polls as POLLPRI once this namespace's mounts have changed (proc(5))
};

}  // namespace podrun::pod
