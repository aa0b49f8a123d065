// Bringing an image into the store from a folder or an archive. Nothing is visible in the store
// until everything was unpacked, verified and made durable.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "rootfs-tools/image.h"

namespace podrun::images {

/// How far an import or an export is. `total` 0 means unknown; both count bytes read from the
/// source.
struct Progress {
  std::uint64_t done = 0;
  std::uint64_t total = 0;
  std::string what;  // "layer 2/3", "waiting for another import"
};
using ProgressFunction = std::function<void(const Progress&)>;

/// Something in the source that is allowed but worth a line to the user ("device node dev/sda").
using NoteFunction = std::function<void(const std::string&)>;

/// What an archive may claim of this machine before it is refused as a bomb.
struct ImportLimits {
  std::uint64_t unpacked_bytes = 64ull << 30;  // of all layers together, holes counted as data
  std::uint64_t entries = 2'000'000;           // files, folders, links of all layers together
  std::uint64_t ratio = 500;                   // unpacked to packed, once past `ratio_from`
  std::uint64_t ratio_from = 256ull << 20;     // bytes
  std::uint64_t document_bytes = 4ull << 20;   // one JSON document
  std::size_t layers = 256;                    // of one image
};

struct ImportOptions {
  /// Replaces the names that the source carries. Wrong for a source with several images.
  std::optional<std::string> name;
  /// Changes to the configuration, in Dockerfile words as `docker import --change` takes them:
  /// CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, STOPSIGNAL, USER, WORKDIR. For a folder or a rootfs tar
  /// only: the configuration of an image is covered by its digest.
  std::vector<std::string> changes;
  ProgressFunction progress;
  NoteFunction note;
  ImportLimits limits;
};

/// Imports every image of `source`: a folder (a rootfs, or an OCI layout where it has the file
/// oci-layout), a rootfs tar, a docker-archive or an OCI layout in a tar; a tar may be gzip or
/// zstd;
/// "-" is a tar on standard input. Throws BadInput for a bad source, having changed nothing.
std::vector<Image> import_images(const std::string& data_dir, const std::string& source,
                                 const ImportOptions& options);

/// As import_images, for a source from which one image is expected: its first.
Image import_image(const std::string& data_dir, const std::string& source,
                   const ImportOptions& options);

}  // namespace podrun::images
