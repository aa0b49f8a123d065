// Pods that have no node yet: those to be looked at, the most important and oldest first, and those
// that no node took, until something changes. A value; the time is passed in.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>

#include "base/clock.h"
#include "supervisor/store/object.h"

namespace podrun::scheduling {

/// kube-scheduler looks at refused pods again after this long though nothing seems to have changed.
inline constexpr Seconds kFlush{300};
/// What a pod waits after its first refusal, doubled by each further one, at most
/// (podInitialBackoffSeconds, podMaxBackoffSeconds of kube-scheduler).
inline constexpr Seconds kFirstBackoff{1}, kLongestBackoff{10};
/// So many of those that wait are looked at at once when something changes, whatever their backoff:
/// room that one pod leaves is another's without delay, and a thousand that wait cost no more.
inline constexpr std::size_t kEager = 16;

class Queue {
 public:
  /// To be looked at now; it may be waiting already.
  void add(const store::ObjectKey& key, std::int64_t priority);
  /// It is gone, or has a node.
  void forget(const store::ObjectKey& key);
  /// No node took it (`message` says why): it waits until wake() or `until`. True where it is to be
  /// told: the message is another one, or was told long ago.
  bool refused(const store::ObjectKey& key, const std::string& message, Moment now, Moment until);
  /// It waits for company (pod affinity).
  void wants_company(const store::ObjectKey& key) { company_.insert(key); }
  /// Something changed: those that wait are looked at, kEager of them now, the others when their
  /// backoff is over.
  void wake(Moment now);
  /// A pod came: those that want company are.
  void wake_company();

  std::optional<store::ObjectKey> take(Moment now);
  /// When take() has something; may be past.
  std::optional<Moment> next_deadline() const;
  std::size_t waiting() const { return waiting_.size(); }

 private:
  struct Pod {
    std::int64_t priority = 0;
    std::uint64_t turn = 0;
    std::string told;
    Moment told_at{};
    std::optional<Moment> due;  // where it waits
    Moment refused_at{};
    int refusals = 0;
  };
  using Turn = std::tuple<std::int64_t, std::uint64_t, store::ObjectKey>;  // the priority negative

  void activate(const store::ObjectKey& key, Pod& pod);
  void wait(const store::ObjectKey& key, Pod& pod, Moment until);
  void wait_no_more(const store::ObjectKey& key, Pod& pod);
  static Moment backoff_end(const Pod& pod);

  std::map<store::ObjectKey, Pod> pods_;
  std::set<Turn> active_;
  std::set<std::pair<Moment, store::ObjectKey>> waiting_;
  std::set<Turn> in_line_;             // those that wait, as in active_
  std::set<store::ObjectKey> asleep_;  // of these: nothing changed since they were refused
  std::set<store::ObjectKey> company_;
  std::uint64_t turns_ = 0;
};

}  // namespace podrun::scheduling
