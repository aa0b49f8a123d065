// The options of an OCI mount, parsed: what is for the mount, what for the file system.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace podrun::runtime {

struct MountOptions {
  std::uint64_t set = 0, clear = 0;                      // MOUNT_ATTR_… of the mount itself
  std::uint64_t recursive_set = 0, recursive_clear = 0;  // of it and all below ("rro")
  std::uint64_t propagation = 0;                         // MS_PRIVATE, MS_SLAVE …; 0: not named
  bool propagation_recursive = false;
  bool bind = false, recursive_bind = false;
  /// For the file system: "mode" with "755", "sync" with nothing.
  std::vector<std::pair<std::string, std::optional<std::string>>> data;
};

/// Throws BadInput for an option that contradicts itself or is not supported. What is not a word of
/// mount(8) is given to the file system.
MountOptions parse_mount_options(const std::vector<std::string>& options);

/// The MS_… of "private", "rslave" and the like; nothing for another word.
struct Propagation {
  std::uint64_t flag;
  bool recursive;
};
std::optional<Propagation> parse_propagation(const std::string& word);

}  // namespace podrun::runtime
