#include "supervisor/scheduling/queue.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace podrun::scheduling {

void Queue::activate(const store::ObjectKey& key, Pod& pod) {
  wait_no_more(key, pod);
  active_.emplace(-pod.priority, pod.turn, key);
}

void Queue::wait(const store::ObjectKey& key, Pod& pod, Moment until) {
  if (pod.due) waiting_.erase({*pod.due, key});
  pod.due = until;
  waiting_.emplace(until, key);
  in_line_.emplace(-pod.priority, pod.turn, key);
}

void Queue::wait_no_more(const store::ObjectKey& key, Pod& pod) {
  if (!pod.due) return;
  waiting_.erase({*std::exchange(pod.due, std::nullopt), key});
  in_line_.erase({-pod.priority, pod.turn, key});
  asleep_.erase(key);
}

Moment Queue::backoff_end(const Pod& pod) {
  Seconds backoff = kFirstBackoff;
  for (int i = 1; i < pod.refusals && backoff < kLongestBackoff; ++i) backoff *= 2;
  return pod.refused_at + std::min(backoff, kLongestBackoff);
}

void Queue::add(const store::ObjectKey& key, std::int64_t priority) {
  const auto [found, is_new] = pods_.try_emplace(key);
  Pod& pod = found->second;
  if (is_new) pod.turn = ++turns_;
  active_.erase({-pod.priority, pod.turn, key});
  wait_no_more(key, pod);
  pod.priority = priority;
  activate(key, pod);
}

void Queue::forget(const store::ObjectKey& key) {
  const auto found = pods_.find(key);
  if (found == pods_.end()) return;
  Pod& pod = found->second;
  active_.erase({-pod.priority, pod.turn, key});
  wait_no_more(key, pod);
  pods_.erase(found);
  company_.erase(key);
}

bool Queue::refused(const store::ObjectKey& key, const std::string& message, Moment now,
                    Moment until) {
  const auto found = pods_.find(key);
  if (found == pods_.end()) return false;
  Pod& pod = found->second;
  ++pod.refusals;
  pod.refused_at = now;
  wait(key, pod, until);
  asleep_.insert(key);
  const bool tell = pod.told != message || now - pod.told_at >= kFlush;
  if (tell) {
    pod.told = message;
    pod.told_at = now;
  }
  return tell;
}

void Queue::wake(Moment now) {
  company_.clear();
  for (std::size_t i = 0; i < kEager && !in_line_.empty(); ++i) {
    const store::ObjectKey key = std::get<store::ObjectKey>(*in_line_.begin());
    activate(key, pods_.at(key));
  }
  for (const store::ObjectKey& key : std::exchange(asleep_, {})) {
    Pod& pod = pods_.at(key);
    wait(key, pod, std::min(*pod.due, std::max(now, backoff_end(pod))));
  }
}

void Queue::wake_company() {
  for (const store::ObjectKey& key : std::exchange(company_, {})) {
    const auto found = pods_.find(key);
    if (found != pods_.end() && found->second.due) activate(key, found->second);
  }
}

std::optional<store::ObjectKey> Queue::take(Moment now) {
  while (!waiting_.empty() && waiting_.begin()->first <= now) {
    const store::ObjectKey key = waiting_.begin()->second;
    activate(key, pods_.at(key));
  }
  if (active_.empty()) return std::nullopt;
  store::ObjectKey key = std::get<store::ObjectKey>(*active_.begin());
  active_.erase(active_.begin());
  return key;
}

std::optional<Moment> Queue::next_deadline() const {
  if (!active_.empty()) return Moment{};
  if (waiting_.empty()) return std::nullopt;
  return waiting_.begin()->first;
}

}  // namespace podrun::scheduling
