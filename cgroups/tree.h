// Making and removing folders in one cgroup hierarchy (v2, or one v1 mount).
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "cgroups/folder.h"
#include "cgroups/layout.h"

namespace podrun::cgroups {

/// Folders that are being made in one hierarchy. Until keep(), the destructor removes them again.
class Making {
 public:
  /// `root` is the hierarchy's root folder and must outlive this object.
  explicit Making(const Folder& root) : root_(&root) {}
  Making(Making&& other) noexcept;
  Making(const Making&) = delete;
  Making& operator=(const Making&) = delete;
  Making& operator=(Making&&) = delete;
  ~Making();

  /// mkdir -p, except that the last folder must not exist yet, unless it may.
  Folder make(const std::string& path, bool may_exist = false);
  /// Every folder made, parents first, relative to the root.
  const std::vector<std::string>& made() const { return made_; }
  void keep() { made_.clear(); }

 private:
  void make_parents(const std::string& path);
  const Folder* root_;
  std::vector<std::string> made_;
};

/// v2: sees to it that `folder`, at `path` below `root`, has `controllers`, by writing
/// cgroup.subtree_control of its parents. One read where they are there already.
void hand_down(const Folder& root, const std::string& path, const Folder& folder,
               const std::set<Controller>& controllers);

/// v1 cpuset: a new folder has no CPUs and no memory nodes, and takes no process until it has.
/// Copies the parent's into `path` and each folder above it that has none.
void fill_cpuset(const Folder& root, const std::string& path, const Folder& folder);

/// v1 memory before Linux 5.11: makes the folder count what is below it.
void use_hierarchy(const Folder& root, const std::string& top);

/// Removes the folder `path` (absolute) and all below it; a missing one is fine. On EBUSY, waits
/// for the last process to leave until `patience` is over, then throws Error.
void remove_folder(const std::string& path, Nanoseconds patience);

}  // namespace podrun::cgroups
