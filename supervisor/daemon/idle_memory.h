// What a daemon that has nothing to do gives back: memory that a burst left free in the heap, and
// pages of program text that only a start or a burst ran through. They come back by themselves.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace podrun::daemon {

/// Text mapped from a file: it is never written, so that letting go of it loses nothing.
struct TextMapping {
  std::uintptr_t begin = 0, end = 0;
  bool operator==(const TextMapping&) const = default;
};
/// The executable, read-only, file-backed lines of /proc/self/maps (proc(5)).
std::vector<TextMapping> text_mappings(const std::string& maps);

/// Does it for this process; a few milliseconds.
void give_memory_back();

}  // namespace podrun::daemon
