// The ends of generated names: characters that spell no words (apimachinery/pkg/util/rand).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace podrun::controllers {

/// Uniform random 32 bits; a test gives a fixed sequence.
using RandomSource = std::function<std::uint32_t()>;

/// Five characters of bcdfghjklmnpqrstvwxz2456789: what follows metadata.generateName.
std::string name_suffix(const RandomSource& random);
/// Each character replaced by one of that alphabet (rand.SafeEncodeString): for hashes in names.
std::string safe_encode(std::string_view text);

/// metadata.generateName of a controller's pods: "NAME-"; without the dash where the name is as
/// long as names may be (253).
std::string pod_name_prefix(const std::string& controller);

}  // namespace podrun::controllers
