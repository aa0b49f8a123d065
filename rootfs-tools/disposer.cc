#include "rootfs-tools/disposer.h"

#include <pthread.h>

#include <csignal>
#include <utility>

namespace podrun::images {

SnapshotDisposer::~SnapshotDisposer() {
  wait();
  if (thread_.joinable()) thread_.join();
}

void SnapshotDisposer::dispose(Snapshot snapshot) {
  const std::lock_guard guard(mutex_);
  waiting_.push_back(std::move(snapshot));
  if (working_) return;
  // The thread before has ended, or ends without touching anything of this.
  if (thread_.joinable()) thread_.join();
  working_ = true;
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { work(); });
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void SnapshotDisposer::wait() {
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [this] { return !working_; });
}

void SnapshotDisposer::work() {
  std::unique_lock lock(mutex_);
  while (!waiting_.empty()) {
    Snapshot snapshot = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    snapshot = Snapshot();
    lock.lock();
  }
  working_ = false;
  idle_.notify_all();
}

}  // namespace podrun::images
