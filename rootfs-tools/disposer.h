// Takes snapshots down beside what matters: the end of an overlay waits for the kernel (RCU), and
// removing its files for the disk, together up to tens of milliseconds.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "rootfs-tools/store.h"

namespace podrun::images {

/// Destroys snapshots one after another in a thread of its own, which lives only while there is
/// something to do and gets no signals.
class SnapshotDisposer {
 public:
  SnapshotDisposer() = default;
  /// Waits until all are gone.
  ~SnapshotDisposer();
  SnapshotDisposer(const SnapshotDisposer&) = delete;
  SnapshotDisposer& operator=(const SnapshotDisposer&) = delete;

  /// Returns at once.
  void dispose(Snapshot snapshot);
  /// Returns when nothing is left to do.
  void wait();

 private:
  void work();

  std::mutex mutex_;
  std::condition_variable idle_;
  std::deque<Snapshot> waiting_;
  bool working_ = false;
  std::thread thread_;
};

}  // namespace podrun::images
