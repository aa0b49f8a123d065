// Values by key, of which only the most recently used are kept.
#pragma once

#include <cstddef>
#include <iterator>
#include <list>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace podrun {

/// References stay valid until the value is the oldest and has to go. Not thread-safe.
template <typename Value>
class Lru {
 public:
  using Entry = std::pair<const std::string, Value>;

  /// `capacity`: at least 1.
  explicit Lru(std::size_t capacity) : capacity_(capacity) {}
  Lru(Lru&&) noexcept = default;
  Lru& operator=(Lru&&) noexcept = default;
  Lru(const Lru&) = delete;
  Lru& operator=(const Lru&) = delete;

  /// The key's value, which is the newest now; an empty one (true) where it had none, for which
  /// the oldest goes where there are too many.
  std::pair<Value&, bool> use(std::string_view key) {
    const auto found = places_.find(key);
    if (found != places_.end()) {
      entries_.splice(entries_.end(), entries_, found->second);
      return {entries_.back().second, false};
    }
    if (entries_.size() >= capacity_) {
      places_.erase(entries_.front().first);
      entries_.pop_front();
    }
    entries_.emplace_back(std::string(key), Value());
    places_.emplace(entries_.back().first, std::prev(entries_.end()));
    return {entries_.back().second, true};
  }

  std::size_t size() const { return entries_.size(); }
  /// Least recently used first.
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }

 private:
  std::size_t capacity_;
  std::list<Entry> entries_;
  std::map<std::string_view, typename std::list<Entry>::iterator> places_;  // keys are the list's
};

}  // namespace podrun
