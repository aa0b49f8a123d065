// What is done with images that are in the store: name, remove, prune, export, show.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "rootfs-tools/image.h"
#include "rootfs-tools/import.h"

namespace podrun::images {

/// Gives an image one more name; a name that another image had moves here.
/// Throws BadInput "no such image: …".
void tag(const std::string& data_dir, const std::string& reference, const std::string& new_name);

/// Removes a name, and with its last name the image and the layers that no other image uses. By id,
/// an image with several names is removed only with `force`; one that a snapshot uses is refused
/// (with `force` it is only untagged: the files of a running container stay).
/// Returns lines to print: "Untagged: docker.io/luksa/kubia:latest", "Deleted: sha256:…".
std::vector<std::string> remove_image(const std::string& data_dir, const std::string& reference,
                                      bool force);

struct PruneResult {
  std::vector<std::string> lines;  // as remove_image
  std::uint64_t reclaimed = 0;     // bytes
};
/// Removes images without a name that no snapshot uses, and layers of no image; with `all`, named
/// images that no snapshot uses too.
PruneResult prune(const std::string& data_dir, bool all);

enum class ExportFormat { kDockerArchive, kOciLayout };
struct ExportOptions {
  ExportFormat format = ExportFormat::kDockerArchive;
  ProgressFunction progress;
};
/// Writes an image as a tar to `out_fd` (a file or a pipe); the id and the diff ids stay the same.
void export_image(const std::string& data_dir, const std::string& reference, int out_fd,
                  const ExportOptions& options = {});

/// For `podrun image inspect`: the fields of `docker image inspect` that the store knows.
nlohmann::ordered_json inspect(const Image& image);

}  // namespace podrun::images
