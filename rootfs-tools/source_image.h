// What an archive says it holds, before anything is unpacked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rootfs-tools/file_set.h"
#include "rootfs-tools/import.h"
#include "rootfs-tools/notes.h"

namespace podrun::images {

struct SourceLayer {
  std::string file;                   // in the FileSet
  std::string diff_id;                // of the unpacked tar, "sha256:<hex>"
  std::optional<std::string> digest;  // of the file as it lies there
  std::optional<std::uint64_t> size;
};

struct SourceImage {
  std::string id;  // digest of config_text, verified
  std::string config_text;
  std::vector<SourceLayer> layers;  // lowest first, one for each diff id
  std::vector<std::string> names;   // normalized
};

/// manifest.json and what it names (moby: image/spec/v1.2.md, "Combined Image JSON + Filesystem
/// Changeset Format"). Throws BadInput.
std::vector<SourceImage> read_docker_archive(const FileSet& files, const ImportLimits& limits,
                                             Notes& notes);

/// index.json, manifests and configurations (OCI image-spec image-layout.md). Of an image for
/// several platforms, this machine's. Throws BadInput.
std::vector<SourceImage> read_oci_layout(const FileSet& files, const ImportLimits& limits,
                                         Notes& notes);

/// Fills id and diff ids from the configuration; shared by both readers.
void adopt_config(SourceImage& image, std::string config_text, const std::string& what,
                  const ImportLimits& limits, Notes& notes);

/// As OCI names processors: "amd64", "arm64", …
std::string machine_architecture();

}  // namespace podrun::images
