// Minimal images from one static program, the same bytes each time.
#pragma once

#include <string>
#include <vector>

namespace podrun::images {

struct RootfsOptions {
  std::string program_path;          // in the image; empty: "/<file name of the program>"
  std::vector<std::string> links;    // absolute paths that become links to the program
  bool accounts = true;              // /etc/passwd, /etc/group, /root, /tmp and the like
  std::vector<std::string> names;    // names of the image
  std::vector<std::string> changes;  // Dockerfile words (rootfs-tools/import.h)
};

/// Writes a docker-archive of an image that holds `program` to `out_fd`. Throws BadInput where the
/// program is not a static ELF executable: its libraries would be missing in the image.
void build_rootfs(const std::string& program, const RootfsOptions& options, int out_fd);

}  // namespace podrun::images
