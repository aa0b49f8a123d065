// A disk that fails: the n-th operation that SQLite asks of its files gives an error. A write that
// fails leaves its first half behind. Syncs are counted and not done: tests are faster without.
#pragma once

#include <memory>

namespace podrun::store {

enum class Fault {
  kIoError,   // of any operation
  kDiskFull,  // of one that may need space
};

struct FaultPlan;

/// SQLite's default file system while it lives. One at a time; it must outlive what is open.
class FaultVfs {
 public:
  FaultVfs();
  FaultVfs(const FaultVfs&) = delete;
  FaultVfs& operator=(const FaultVfs&) = delete;
  ~FaultVfs();

  /// The `nth` operation from now on fails (1: the next); with `stays`, all after it, too.
  void fail_at(int nth, Fault fault, bool stays);
  /// No more faults.
  void heal();
  /// Whether the planned fault was met.
  bool met() const;

 private:
  std::unique_ptr<FaultPlan> plan_;
};

}  // namespace podrun::store
