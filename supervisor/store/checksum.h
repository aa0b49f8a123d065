// A checksum of stored bodies: SQLite has none, so a changed byte in a body would go unnoticed.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace podrun::store {

/// Every step is a bijection of the state, so one changed word always changes the result. Not
/// cryptographic. Chains: the result is a seed for what follows.
inline std::uint64_t checksum(std::uint64_t seed, std::string_view data) {
  constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15;  // 2^64 / golden ratio
  std::uint64_t state = (seed ^ data.size()) * kOdd;
  const auto mix = [&state](std::uint64_t word) {
    state = (state ^ word) * kOdd;
    state ^= state >> 32;
  };
  while (data.size() >= sizeof(std::uint64_t)) {
    std::uint64_t word;
    std::memcpy(&word, data.data(), sizeof word);
    mix(word);
    data.remove_prefix(sizeof word);
  }
  std::uint64_t rest = 0;
  if (!data.empty()) std::memcpy(&rest, data.data(), data.size());
  mix(rest);
  return state;
}

}  // namespace podrun::store
