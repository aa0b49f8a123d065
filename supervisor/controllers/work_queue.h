// Keys to look at: each at most once in the queue, later again after a failure, never two at once.
// client-go's rate-limited delaying queue as a value; the time is passed in.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/clock.h"

namespace podrun::controllers {

/// client-go's DefaultControllerRateLimiter per item: 5 ms, doubled with each failure, at most 1000
/// s.
struct BackoffFigures {
  Nanoseconds first = std::chrono::milliseconds(5);
  Nanoseconds most = std::chrono::seconds(1000);
};

template <typename Key>
class WorkQueue {
 public:
  explicit WorkQueue(BackoffFigures figures = {}) : figures_(figures) {}

  /// Due now. One that is being worked on is due when it is done.
  void add(const Key& key, Moment now) { add_at(key, now); }
  /// Due at `when`, unless it is due earlier already.
  void add_at(const Key& key, Moment when) {
    if (working_.count(key) > 0) {
      const auto [found, is_new] = again_.emplace(key, when);
      if (!is_new) found->second = std::min(found->second, when);
      return;
    }
    schedule(key, when);
  }
  /// Due after its backoff, which this makes longer.
  void add_after_failure(const Key& key, Moment now) { add_at(key, now + next_backoff(key)); }
  /// It went well: its backoff starts over.
  void forget(const Key& key) { failures_.erase(key); }

  /// The next one that is due; it is being worked on until done().
  std::optional<Key> take(Moment now) {
    if (due_.empty() || due_.begin()->first.first > now) return std::nullopt;
    Key key = due_.begin()->second;
    due_.erase(due_.begin());
    when_.erase(key);
    working_.insert(key);
    return key;
  }
  void done(const Key& key) {
    working_.erase(key);
    const auto found = again_.find(key);
    if (found == again_.end()) return;
    const Moment when = found->second;
    again_.erase(found);
    schedule(key, when);
  }

  /// When the next one is due; may be past.
  std::optional<Moment> next_deadline() const {
    if (due_.empty()) return std::nullopt;
    return due_.begin()->first.first;
  }
  std::size_t size() const { return due_.size(); }
  template <typename Matches>
  std::size_t count_if(const Matches& matches) const {
    return static_cast<std::size_t>(std::count_if(
        due_.begin(), due_.end(), [&](const auto& each) { return matches(each.second); }));
  }

 private:
  /// A moment, and a count that keeps the order in which keys came.
  using Turn = std::pair<Moment, std::uint64_t>;

  void schedule(const Key& key, Moment when) {
    const auto found = when_.find(key);
    if (found != when_.end()) {
      if (found->second.first <= when) return;
      due_.erase(found->second);
      when_.erase(found);
    }
    const Turn turn{when, ++count_};
    due_.emplace(turn, key);
    when_.emplace(key, turn);
  }
  Nanoseconds next_backoff(const Key& key) {
    const int failures = failures_[key]++;
    Nanoseconds wait = figures_.first;
    for (int i = 0; i < failures && wait < figures_.most; ++i) wait *= 2;
    return std::min(wait, figures_.most);
  }

  BackoffFigures figures_;
  std::uint64_t count_ = 0;
  std::map<Turn, Key> due_;
  std::map<Key, Turn> when_;
  std::set<Key> working_;
  std::map<Key, Moment> again_;
  std::map<Key, int> failures_;
};

}  // namespace podrun::controllers
