#include <set>

#include "base/error.h"
#include "rootfs-tools/digest.h"
#include "rootfs-tools/document.h"
#include "rootfs-tools/entry_path.h"
#include "rootfs-tools/sha256.h"
#include "rootfs-tools/source_image.h"

namespace podrun::images {

namespace {

constexpr std::size_t kMostManifests = 1000;
constexpr int kDeepestIndex = 4;

/// A reference to a blob (OCI image-spec descriptor.md).
struct Descriptor {
  std::string media_type, digest, file;
  std::uint64_t size = 0;
};

Descriptor read_descriptor(const Json& item, const std::string& what) {
  Descriptor result;
  result.media_type = text_member(item, "mediaType", what);
  result.digest = text_member(item, "digest", what);
  result.file = "blobs/sha256/" + digest_hex(result.digest, what);
  const auto size = item.find("size");
  if (size == item.end() || !size->is_number_unsigned())
    throw BadInput(what + ": the descriptor of " + result.digest + " has no size");
  result.size = size->get<std::uint64_t>();
  return result;
}

std::string read_blob(const FileSet& files, const Descriptor& blob, const ImportLimits& limits) {
  std::string text = files.text(blob.file, limits.document_bytes);
  if (text.size() != blob.size)
    throw BadInput(blob.file + ": has " + std::to_string(text.size()) + " bytes, not " +
                   std::to_string(blob.size));
  const std::string digest = digest_of(text);
  if (digest != blob.digest) throw BadInput(blob.file + ": the content's digest is " + digest);
  return text;
}

bool is_index(const std::string& media_type, const Json& document) {
  return media_type == "application/vnd.oci.image.index.v1+json" ||
         media_type == "application/vnd.docker.distribution.manifest.list.v2+json" ||
         (media_type.empty() && document.contains("manifests"));
}

bool is_layer(const std::string& type) {
  static const std::set<std::string> known = {
      "application/vnd.oci.image.layer.v1.tar",
      "application/vnd.oci.image.layer.v1.tar+gzip",
      "application/vnd.oci.image.layer.v1.tar+zstd",
      "application/vnd.oci.image.layer.nondistributable.v1.tar",
      "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
      "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
      "application/vnd.docker.image.rootfs.diff.tar",
      "application/vnd.docker.image.rootfs.diff.tar.gzip",
      "application/vnd.docker.image.rootfs.diff.tar.zstd"};
  return known.contains(type);
}

class LayoutReader {
 public:
  LayoutReader(const FileSet& files, const ImportLimits& limits, Notes& notes)
      : files_(files), limits_(limits), notes_(notes) {}

  std::vector<SourceImage> read() {
    const std::string layout = "oci-layout";
    const Json version = parse_document(files_.text(layout, limits_.document_bytes), layout);
    if (text_member(version, "imageLayoutVersion", layout).rfind("1.", 0) != 0)
      throw BadInput(layout + ": not version 1 of the OCI image layout");
    const Json index =
        parse_document(files_.text("index.json", limits_.document_bytes), "index.json");
    for (const Json& item : array_member(index, "manifests", "index.json")) {
      read_named(item);
    }
    if (images_.empty()) throw BadInput("index.json: lists no image");
    return std::move(images_);
  }

 private:
  void read_named(const Json& item) {
    const Json& notes = object_member(item, "annotations", "index.json");
    std::string name = text_member(notes, "io.containerd.image.name", "index.json");
    const std::string ref = text_member(notes, "org.opencontainers.image.ref.name", "index.json");
    // A bare tag ("latest") says nothing of the repository.
    if (name.empty() && ref.find_first_of("/:") != std::string::npos) name = ref;
    SourceImage image = read_manifest(item, "index.json", 0);
    if (!name.empty()) image.names.push_back(normalize_reference(name));
    for (SourceImage& other : images_) {
      if (other.id == image.id) {
        other.names.insert(other.names.end(), image.names.begin(), image.names.end());
        return;
      }
    }
    images_.push_back(std::move(image));
  }

  SourceImage read_manifest(const Json& item, const std::string& what, int depth) {
    const Descriptor blob = read_descriptor(item, what);
    if (depth > kDeepestIndex || ++manifests_ > kMostManifests)
      throw BadInput(what + ": indexes nested too deep or too many");
    const Json document = parse_document(read_blob(files_, blob, limits_), blob.file);
    if (!document.is_object()) throw BadInput(blob.file + ": not a JSON object");
    if (is_index(blob.media_type, document))
      return read_manifest(choose_platform(document, blob.file), blob.file, depth + 1);
    return read_image(document, blob.file);
  }

  static const Json& choose_platform(const Json& index, const std::string& what) {
    const Json& manifests = array_member(index, "manifests", what);
    std::string others;
    for (const Json& item : manifests) {
      const Json& platform = object_member(item, "platform", what);
      const std::string os = text_member(platform, "os", what);
      const std::string architecture = text_member(platform, "architecture", what);
      if (os == "linux" && architecture == machine_architecture()) return item;
      if (manifests.size() == 1 && platform.empty()) return item;
      if (others.size() < 200) others += (others.empty() ? "" : ", ") + os + "/" + architecture;
    }
    throw BadInput(what + ": no image for linux/" + machine_architecture() + " (it has " +
                   (others.empty() ? "none" : others) + ")");
  }

  SourceImage read_image(const Json& manifest, const std::string& what) {
    SourceImage image;
    const Descriptor config = read_descriptor(object_member(manifest, "config", what), what);
    adopt_config(image, read_blob(files_, config, limits_), config.file, limits_, notes_);
    const Json& layers = array_member(manifest, "layers", what);
    if (layers.size() != image.layers.size())
      throw BadInput(what + ": lists " + std::to_string(layers.size()) +
                     " layers, the configuration " + std::to_string(image.layers.size()));
    std::size_t i = 0;
    for (const Json& item : layers) {
      const Descriptor blob = read_descriptor(item, what);
      if (!is_layer(blob.media_type))
        throw BadInput(what + ": layer of the unknown type " + in_quotes(blob.media_type));
      if (!files_.has(blob.file)) throw BadInput(what + ": layer " + blob.digest + " is not there");
      SourceLayer& layer = image.layers[i++];
      layer.file = blob.file;
      layer.digest = blob.digest;
      layer.size = blob.size;
    }
    return image;
  }

  const FileSet& files_;
  const ImportLimits& limits_;
  Notes& notes_;
  std::size_t manifests_ = 0;
  std::vector<SourceImage> images_;
};

}  // namespace

std::vector<SourceImage> read_oci_layout(const FileSet& files, const ImportLimits& limits,
                                         Notes& notes) {
  return LayoutReader(files, limits, notes).read();
}

}  // namespace podrun::images
