// Images as tables, names and JSON: pure functions of what the store lists.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "rootfs-tools/image.h"

namespace podrun::cli {

struct ListForm {
  bool wide = false;      // also layers and platform
  bool full_ids = false;  // --no-trunc
};

/// REPOSITORY TAG IMAGE ID CREATED SIZE, a row per name; an image without one is <none>.
std::string image_table(const std::vector<images::Image>& images, const ListForm& form,
                        WallTime now);
/// A JSON array with an object per image.
std::string image_json(const std::vector<images::Image>& images);
/// A name a line.
std::string image_names(const std::vector<images::Image>& images);

/// "docker.io/luksa/kubia:v1" to {"luksa/kubia", "v1"}, as docker shows it.
struct ShownName {
  std::string repository, tag;
};
ShownName shown_name(const std::string& reference);
/// "sha256:0123456789ab…" to its first 12 digits.
std::string short_id(const std::string& id);
/// In decimal units with three figures, as docker: "77.8MB".
std::string size_text(std::uint64_t bytes);

}  // namespace podrun::cli
