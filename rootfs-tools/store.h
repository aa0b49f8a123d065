// The image store: content-addressed layers and images by name. Reading it needs no archive
// library.
//
//   <data-dir>/images/
//     layers/sha256/<diff-id hex>/      one unpacked layer, overlay whiteouts inside
//     configs/sha256/<hex>.json         image configurations
//     mount-points/                     what every container needs places for, as its lowest layer
//     token-in-{run,var-run}/           the place of a service account's token, as the next one
//     index.json                        names and images; replaced by rename, under a lock file
//     tmp/                              imports under way; emptied by the next import
//   <data-dir>/snapshots/<container id>/{upper,work}
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/fd.h"
#include "rootfs-tools/image.h"

namespace podrun::images {

/// A state of the store's index: it differs after each change of names and images.
struct Revision {
  std::uint64_t inode = 0;
  std::int64_t changed_ns = 0;
  bool operator==(const Revision&) const = default;
};

class Store {
 public:
  /// Opens (and makes, mode 0700) the folders below `data_dir`.
  explicit Store(const std::string& data_dir);

  /// By name (normalized by the call), or by id or unique id prefix. Nothing where there is none.
  std::optional<Image> find(const std::string& reference) const;
  std::vector<Image> list() const;
  /// One system call: what find() gave at the same revision, it would give again.
  Revision revision() const;
  /// Folders of an image's layers, lowest first.
  std::vector<std::string> layer_folders(const Image& image) const;
  const std::string& data_dir() const { return data_dir_; }

 private:
  std::string data_dir_;
};

/// For what else than /dev, /etc/hosts and their like there are places that cost no file in the
/// writable layer.
enum class MountPoints { kUsual, kServiceAccountToken };

/// A container's root file system: an overlay of an image's layers and an empty writable layer of
/// its own, mounted detached (fsmount): it is visible nowhere on the host. Destroying it closes the
/// mount and removes the writable layer.
class Snapshot {
 public:
  Snapshot() = default;
  static Snapshot create(const Store& store, const Image& image, const std::string& container_id,
                         MountPoints mount_points = MountPoints::kUsual);
  Snapshot(Snapshot&&) noexcept;
  Snapshot& operator=(Snapshot&&) noexcept;
  ~Snapshot();

  bool valid() const { return mount_.valid(); }
  int mount_fd() const { return mount_.get(); }
  /// Closes this process's hold on the mount, keeping the writable layer until destruction.
  void close_mount();

 private:
  Fd mount_;
  Fd hold_;  // a lock in the folder: a death gives it back
  std::string data_dir_, folder_;
};

/// Removes writable layers whose container id is not in `alive`: left by a killed supervisor.
void prune_snapshots(const std::string& data_dir, const std::vector<std::string>& alive);
/// Removes writable layers whose Snapshot object no living process has. Safe at any time.
void prune_dead_snapshots(const std::string& data_dir);

}  // namespace podrun::images
