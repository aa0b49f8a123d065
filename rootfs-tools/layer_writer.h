// Turns the entries of a layer's tar into a folder that overlayfs takes as a lower layer: whiteouts
// become character devices 0:0, opaque folders get trusted.overlay.opaque (kernel:
// filesystems/overlayfs.rst, "whiteouts and opaque directories").
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/fd.h"
#include "rootfs-tools/budget.h"
#include "rootfs-tools/notes.h"
#include "rootfs-tools/tar_reader.h"

namespace podrun::images {

class LayerWriter {
 public:
  /// `root` is an empty folder; `what` names the layer in errors.
  LayerWriter(Fd root, std::string what, Budget& budget, Notes& notes);

  /// Writes one entry, reading a file's data from `reader`. Throws BadInput for an entry that a
  /// layer may not have.
  void add(const TarEntry& entry, TarReader& reader);
  /// Sets the folders' times, which every file in them had changed.
  void finish();

 private:
  void add_folder(const TarEntry& entry);
  void add_file(const TarEntry& entry, TarReader& reader);
  void add_hard_link(const TarEntry& entry);
  void add_special(const TarEntry& entry);
  void add_whiteout(const TarEntry& entry, const std::string& hidden);
  void make_opaque(const std::string& folder);

  /// An O_PATH descriptor of a folder; missing ones are made.
  const Fd& folder(const std::string& path, const TarEntry& entry);
  Fd make_folder(const std::string& path, const TarEntry& entry);
  /// Clears the way where a whiteout stands at `path`; true where one did.
  bool take_whiteout_away(const std::string& path, const TarEntry& entry);
  [[noreturn]] void refuse(const TarEntry& entry, const std::string& why) const;
  [[noreturn]] void failed(const TarEntry& entry, const char* doing) const;

  Fd root_;
  std::string what_;
  Budget& budget_;
  Notes& notes_;
  std::string open_folder_path_;  // the folder of the entry before
  Fd open_folder_;
  std::vector<std::pair<std::string, timespec>> folder_times_;
};

}  // namespace podrun::images
