// Which writable layers there are, and which image each one stands on.
#pragma once

#include <string>
#include <vector>

namespace podrun::images {

struct SnapshotUse {
  std::string container_id;
  std::string image_id;  // "sha256:<hex>"
};

std::vector<std::string> snapshot_ids(const std::string& data_dir);
/// Also of the nodes that were added to the machine: they share its images.
std::vector<SnapshotUse> snapshots_in_use(const std::string& data_dir);

}  // namespace podrun::images
