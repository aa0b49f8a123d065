// Memory that a parent shares with the children it forks: plans live in it. Pages cost only once
// touched.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

namespace podrun::runtime {

/// A bump allocator in one MAP_SHARED mapping. Plans are short-lived: when the last one has ended,
/// allocation starts over.
class Arena {
 public:
  explicit Arena(std::size_t capacity);
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  ~Arena();

  /// One birth that uses the arena.
  void begin_use() { ++users_; }
  void end_use();

  /// Throws Error when the capacity is used up. Objects are never destroyed.
  void* allocate(std::size_t size, std::size_t alignment);
  const char* copy(std::string_view text);  // null-terminated
  const void* copy_bytes(const void* data, std::size_t size, std::size_t alignment);

  template <typename T, typename... Arguments>
  T* make(Arguments&&... arguments) {
    static_assert(std::is_trivially_destructible_v<T>);
    return new (allocate(sizeof(T), alignof(T))) T{std::forward<Arguments>(arguments)...};
  }
  template <typename T>
  const T* copy_array(const T* items, std::size_t count) {
    return static_cast<const T*>(copy_bytes(items, count * sizeof(T), alignof(T)));
  }

 private:
  char* base_ = nullptr;
  std::size_t capacity_ = 0, used_ = 0;
  int users_ = 0;
};

/// One birth's share of an arena.
class ArenaUse {
 public:
  ArenaUse() = default;
  explicit ArenaUse(std::shared_ptr<Arena> arena) : arena_(std::move(arena)) {
    arena_->begin_use();
  }
  ArenaUse(ArenaUse&&) noexcept = default;
  ArenaUse& operator=(ArenaUse&& other) noexcept {
    std::swap(arena_, other.arena_);
    return *this;
  }
  ~ArenaUse() {
    if (arena_ != nullptr) arena_->end_use();
  }

 private:
  std::shared_ptr<Arena> arena_;
};

}  // namespace podrun::runtime
