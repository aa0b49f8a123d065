#include "runtime/mount_options.h"

#include <linux/mount.h>

#include <string_view>

#include "base/error.h"

namespace podrun::runtime {

namespace {

struct Attribute {
  std::string_view word;
  std::uint64_t set, clear;
};

// Times: a new value takes the whole field's place (man 2 mount_setattr).
constexpr Attribute kAttributes[] = {
    {"ro", MOUNT_ATTR_RDONLY, 0},
    {"rw", 0, MOUNT_ATTR_RDONLY},
    {"nosuid", MOUNT_ATTR_NOSUID, 0},
    {"suid", 0, MOUNT_ATTR_NOSUID},
    {"nodev", MOUNT_ATTR_NODEV, 0},
    {"dev", 0, MOUNT_ATTR_NODEV},
    {"noexec", MOUNT_ATTR_NOEXEC, 0},
    {"exec", 0, MOUNT_ATTR_NOEXEC},
    {"nosymfollow", MOUNT_ATTR_NOSYMFOLLOW, 0},
    {"symfollow", 0, MOUNT_ATTR_NOSYMFOLLOW},
    {"nodiratime", MOUNT_ATTR_NODIRATIME, 0},
    {"diratime", 0, MOUNT_ATTR_NODIRATIME},
    {"relatime", MOUNT_ATTR_RELATIME, MOUNT_ATTR__ATIME},
    {"norelatime", MOUNT_ATTR_STRICTATIME, MOUNT_ATTR__ATIME},
    {"noatime", MOUNT_ATTR_NOATIME, MOUNT_ATTR__ATIME},
    {"atime", MOUNT_ATTR_RELATIME, MOUNT_ATTR__ATIME},
    {"strictatime", MOUNT_ATTR_STRICTATIME, MOUNT_ATTR__ATIME},
    {"nostrictatime", MOUNT_ATTR_RELATIME, MOUNT_ATTR__ATIME},
};

const Attribute* find_attribute(std::string_view word) {
  for (const Attribute& attribute : kAttributes)
    if (attribute.word == word) return &attribute;
  return nullptr;
}

void apply(const Attribute& attribute, std::uint64_t& set, std::uint64_t& clear) {
  set = (set & ~(attribute.clear | attribute.set)) | attribute.set;
  clear = (clear & ~attribute.set) | attribute.clear;
}

bool take_attribute(MountOptions& options, const std::string& word) {
  if (const Attribute* attribute = find_attribute(word)) {
    apply(*attribute, options.set, options.clear);
    return true;
  }
  if (word.size() < 2 || word[0] != 'r') return false;
  if (const Attribute* attribute = find_attribute(std::string_view(word).substr(1))) {
    apply(*attribute, options.recursive_set, options.recursive_clear);
    return true;
  }
  return false;
}

}  // namespace

std::optional<Propagation> parse_propagation(const std::string& word) {
  std::string_view name = word;
  const bool recursive = !name.empty() && name[0] == 'r';
  if (recursive) name.remove_prefix(1);
  if (name == "private") return Propagation{MS_PRIVATE, recursive};
  if (name == "slave") return Propagation{MS_SLAVE, recursive};
  if (name == "shared") return Propagation{MS_SHARED, recursive};
  if (name == "unbindable") return Propagation{MS_UNBINDABLE, recursive};
  return std::nullopt;
}

MountOptions parse_mount_options(const std::vector<std::string>& options) {
  MountOptions parsed;
  for (const std::string& word : options) {
    if (word.empty() || word == "defaults") continue;
    if (const auto propagation = parse_propagation(word)) {
      parsed.propagation = propagation->flag;
      parsed.propagation_recursive = propagation->recursive;
    } else if (word == "bind" || word == "rbind") {
      parsed.bind = true;
      parsed.recursive_bind = word == "rbind";
    } else if (word == "idmap" || word == "ridmap" || word == "tmpcopyup") {
      throw BadInput("mount option \"" + word + "\" is not supported");
    } else if (!take_attribute(parsed, word)) {
      const auto equals = word.find('=');
      if (equals == std::string::npos)
        parsed.data.emplace_back(word, std::nullopt);
      else
        parsed.data.emplace_back(word.substr(0, equals), word.substr(equals + 1));
    }
  }
  return parsed;
}

}  // namespace podrun::runtime
