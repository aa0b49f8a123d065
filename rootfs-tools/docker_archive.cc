#include <sys/utsname.h>

#include "base/error.h"
#include "rootfs-tools/config.h"
#include "rootfs-tools/digest.h"
#include "rootfs-tools/document.h"
#include "rootfs-tools/entry_path.h"
#include "rootfs-tools/sha256.h"
#include "rootfs-tools/source_image.h"

namespace podrun::images {

namespace {

constexpr std::size_t kMostImages = 1000;

/// The digest that a file's name promises: "blobs/sha256/<hex>" or "<hex>.json".
std::optional<std::string> promised_digest(const std::string& file) {
  const std::string blobs = "blobs/sha256/";
  std::string hex = file.rfind(blobs, 0) == 0 ? file.substr(blobs.size()) : file;
  if (hex.size() > 5 && hex.substr(hex.size() - 5) == ".json") hex.resize(hex.size() - 5);
  if (!is_sha256_hex(hex)) return std::nullopt;
  return std::string(kSha256Prefix) + hex;
}

SourceImage read_item(const FileSet& files, const Json& item, const ImportLimits& limits,
                      Notes& notes) {
  const std::string what = "manifest.json";
  SourceImage image;
  const std::string config_file = clean_entry_path(text_member(item, "Config", what), what);
  adopt_config(image, files.text(config_file, limits.document_bytes), config_file, limits, notes);
  const auto promised = promised_digest(config_file);
  if (promised && *promised != image.id)
    throw BadInput(config_file + ": the content's digest is " + image.id);
  const auto layers = list_member(item, "Layers", what);
  if (layers.size() != image.layers.size())
    throw BadInput(what + ": lists " + std::to_string(layers.size()) +
                   " layers, the configuration " + std::to_string(image.layers.size()));
  for (std::size_t i = 0; i < layers.size(); ++i) {
    SourceLayer& layer = image.layers[i];
    layer.file = clean_entry_path(layers[i], what);
    layer.digest = layer.file.rfind("blobs/", 0) == 0 ? promised_digest(layer.file) : std::nullopt;
    if (!files.has(layer.file))
      throw BadInput(what + ": layer " + in_quotes(layer.file) + " is not there");
  }
  for (const std::string& tag : list_member(item, "RepoTags", what)) {
    image.names.push_back(normalize_reference(tag));
  }
  return image;
}

}  // namespace

std::vector<SourceImage> read_docker_archive(const FileSet& files, const ImportLimits& limits,
                                             Notes& notes) {
  const std::string what = "manifest.json";
  const Json manifest = parse_document(files.text(what, limits.document_bytes), what);
  if (!manifest.is_array() || manifest.empty()) throw BadInput(what + ": lists no image");
  if (manifest.size() > kMostImages) throw BadInput(what + ": lists more than 1000 images");
  std::vector<SourceImage> images;
  for (const Json& item : manifest) images.push_back(read_item(files, item, limits, notes));
  return images;
}

void adopt_config(SourceImage& image, std::string config_text, const std::string& what,
                  const ImportLimits& limits, Notes& notes) {
  const Image config = read_config(config_text, what);
  if (!config.os.empty() && config.os != "linux")
    throw BadInput(what + ": the image is for " + in_quotes(config.os) + ", not for linux");
  if (!config.architecture.empty() && config.architecture != machine_architecture())
    notes.add("the image is for " + in_quotes(config.architecture) + ", this machine is " +
              machine_architecture());
  if (config.layers.size() > limits.layers)
    throw BadInput(what + ": more than " + std::to_string(limits.layers) + " layers");
  for (const std::string& diff_id : config.layers) {
    image.layers.push_back({"", diff_id, std::nullopt, std::nullopt});
  }
  image.id = digest_of(config_text);
  image.config_text = std::move(config_text);
}

std::string machine_architecture() {
  utsname names{};
  ::uname(&names);
  std::string machine = names.machine;
  if (machine == "x86_64") return "amd64";
  if (machine == "aarch64") return "arm64";
  if (machine.rfind("arm", 0) == 0) return "arm";
  if (machine == "i686" || machine == "i386") return "386";
  return machine;
}

}  // namespace podrun::images
