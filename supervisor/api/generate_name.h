// metadata.generateName: a prefix and five characters that spell no words.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace podrun::api {

/// Uniform random 32 bits; a test gives a fixed sequence.
using Random = std::function<std::uint32_t()>;
/// From the kernel.
Random system_random();

/// The characters of generated names (apimachinery/pkg/util/rand).
inline constexpr std::string_view kNameLetters = "bcdfghjklmnpqrstvwxz2456789";

/// More of metadata.generateName is cut: with five characters it is a DNS label.
inline constexpr std::size_t kLongestNamePrefix = 58;
/// Five of kNameLetters.
std::string random_suffix(const Random& random);
/// `prefix`, cut so that the name stays a DNS label of 63 characters, and a suffix
/// (apiserver/pkg/storage/names).
std::string generate_name(std::string prefix, const Random& random);

}  // namespace podrun::api
