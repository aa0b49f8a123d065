// /proc/PID/mountinfo as data (man 5 proc).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace podrun::cgroups {

struct MountLine {
  int id = 0, parent = 0;
  std::string root;         // the folder of the file system that is mounted, "/" for the whole
  std::string mount_point;  // as this process sees it
  std::string type;
  std::string super_options;  // "rw,cpu,cpuacct"
};

/// Lines that are not understood are left out.
std::vector<MountLine> parse_mountinfo(std::string_view text);

/// False where a later mount covers it: on the same folder or on one above.
bool is_visible(const MountLine& mount, const std::vector<MountLine>& all);

/// "\040" to " ": the kernel writes blanks, newlines and backslashes as three octal digits.
std::string unescape_octal(std::string_view text);

}  // namespace podrun::cgroups
