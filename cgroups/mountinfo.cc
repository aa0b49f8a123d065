#include "cgroups/mountinfo.h"

#include <optional>

#include "cgroups/text.h"

namespace podrun::cgroups {

std::string unescape_octal(std::string_view text) {
  const auto digit = [&](std::size_t at) {
    return at < text.size() && text[at] >= '0' && text[at] <= '7';
  };
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && digit(i + 1) && digit(i + 2) && digit(i + 3)) {
      plain += static_cast<char>(((text[i + 1] - '0') << 6) | ((text[i + 2] - '0') << 3) |
                                 (text[i + 3] - '0'));
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

namespace {

// 36 35 98:0 /root /mount/point rw,noatime master:1 - type source super-options
std::optional<MountLine> parse_line(std::string_view line) {
  const std::vector<std::string_view> fields = split(line, ' ');
  std::size_t dash = 6;  // any number of optional fields stands before it
  while (dash < fields.size() && fields[dash] != "-") ++dash;
  if (dash + 3 >= fields.size()) return std::nullopt;
  const auto id = parse_u64(fields[0]);
  const auto parent = parse_u64(fields[1]);
  if (!id || !parent) return std::nullopt;
  return MountLine{static_cast<int>(*id),         static_cast<int>(*parent),
                   unescape_octal(fields[3]),     unescape_octal(fields[4]),
                   std::string(fields[dash + 1]), std::string(fields[dash + 3])};
}

bool is_at_or_below(const std::string& path, const std::string& folder) {
  if (folder == "/") return true;
  return path.compare(0, folder.size(), folder) == 0 &&
         (path.size() == folder.size() || path[folder.size()] == '/');
}

const MountLine* find_id(int id, const std::vector<MountLine>& all) {
  for (const MountLine& mount : all)
    if (mount.id == id) return &mount;
  return nullptr;
}

}  // namespace

std::vector<MountLine> parse_mountinfo(std::string_view text) {
  std::vector<MountLine> mounts;
  for (const std::string_view line : split(text, '\n'))
    if (auto mount = parse_line(line)) mounts.push_back(std::move(*mount));
  return mounts;
}

// Goes from the mount up to the root. On each mount on the way, another one may stand on the same
// folder as the step that was taken, or nearer to the root, and so be found first.
bool is_visible(const MountLine& mount, const std::vector<MountLine>& all) {
  for (const MountLine& other : all)
    if (other.parent == mount.id && other.mount_point == mount.mount_point && other.id != mount.id)
      return false;
  const MountLine* step = &mount;
  const MountLine* below = find_id(step->parent, all);
  for (std::size_t depth = 0; below != nullptr && below != step && depth < all.size(); ++depth) {
    for (const MountLine& other : all)
      if (other.parent == below->id && other.id != step->id && other.id != below->id &&
          is_at_or_below(step->mount_point, other.mount_point))
        return false;
    step = below;
    below = find_id(step->parent, all);
  }
  return true;
}

}  // namespace podrun::cgroups
