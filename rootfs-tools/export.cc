#include <algorithm>
#include <memory>

#include "base/error.h"
#include "base/files.h"
#include "rootfs-tools/digest.h"
#include "rootfs-tools/document.h"
#include "rootfs-tools/lock.h"
#include "rootfs-tools/manage.h"
#include "rootfs-tools/paths.h"
#include "rootfs-tools/recipe.h"
#include "rootfs-tools/resolve.h"
#include "rootfs-tools/sha256.h"
#include "rootfs-tools/store.h"
#include "rootfs-tools/tar_writer.h"

namespace podrun::images {

namespace {

std::string hex_of(const std::string& digest) { return digest_hex(digest, "digest"); }

class Exporter {
 public:
  Exporter(const std::string& data_dir, const IndexEntry& entry, std::vector<std::string> names,
           int out_fd, const ExportOptions& options)
      : data_dir_(data_dir),
        entry_(entry),
        names_(std::move(names)),
        options_(options),
        tar_(fd_sink(out_fd, "the archive")),
        config_(read_file(configs_folder(data_dir) + "/" + hex_of(entry.id) + ".json")) {}

  void run() {
    std::vector<std::uint64_t> lengths;
    for (const std::string& layer : entry_.layers) {
      lengths.push_back(recipe_length(recipe(layer)));
      progress_.total += lengths.back();
    }
    if (options_.format == ExportFormat::kOciLayout) {
      write_oci(lengths);
    } else {
      write_docker(lengths);
    }
    tar_.finish();
  }

 private:
  std::string recipe(const std::string& layer) const {
    return recipes_folder(data_dir_) + "/" + hex_of(layer);
  }

  void write_docker(const std::vector<std::uint64_t>& lengths) {
    Json files = Json::array();
    tar_.add_text(hex_of(entry_.id) + ".json", config_);
    for (std::size_t i = 0; i < entry_.layers.size(); ++i) {
      const std::string file = hex_of(entry_.layers[i]) + ".tar";
      // An image may have the same layer twice; the archive has it once.
      if (std::find(files.begin(), files.end(), file) == files.end())
        write_layer(i, file, lengths[i]);
      files.push_back(file);
    }
    Json item;
    item["Config"] = hex_of(entry_.id) + ".json";
    item["RepoTags"] = names_;
    item["Layers"] = files;
    tar_.add_text("manifest.json", Json::array({item}).dump());
  }

  void write_oci(const std::vector<std::uint64_t>& lengths) {
    tar_.add_text("oci-layout", R"({"imageLayoutVersion":"1.0.0"})");
    Json layers = Json::array();
    for (std::size_t i = 0; i < entry_.layers.size(); ++i) {
      const std::string& diff_id = entry_.layers[i];
      const bool again =
          std::find(entry_.layers.begin(), entry_.layers.begin() + static_cast<long>(i), diff_id) !=
          entry_.layers.begin() + static_cast<long>(i);
      if (!again) write_layer(i, "blobs/sha256/" + hex_of(diff_id), lengths[i]);
      layers.push_back(descriptor("application/vnd.oci.image.layer.v1.tar", diff_id, lengths[i]));
    }
    tar_.add_text("blobs/sha256/" + hex_of(entry_.id), config_);
    Json manifest;
    manifest["schemaVersion"] = 2;
    manifest["mediaType"] = "application/vnd.oci.image.manifest.v1+json";
    manifest["config"] =
        descriptor("application/vnd.oci.image.config.v1+json", entry_.id, config_.size());
    manifest["layers"] = layers;
    const std::string text = manifest.dump();
    const std::string digest = digest_of(text);
    tar_.add_text("blobs/sha256/" + hex_of(digest), text);
    Json index;
    index["schemaVersion"] = 2;
    index["mediaType"] = "application/vnd.oci.image.index.v1+json";
    index["manifests"] = Json::array();
    Json item = descriptor("application/vnd.oci.image.manifest.v1+json", digest, text.size());
    for (const std::string& name : names_) {
      item["annotations"] = {{"io.containerd.image.name", name},
                             {"org.opencontainers.image.ref.name", name}};
      index["manifests"].push_back(item);
    }
    if (names_.empty()) index["manifests"].push_back(item);
    tar_.add_text("index.json", index.dump());
  }

  static Json descriptor(const char* type, const std::string& digest, std::uint64_t size) {
    return {{"mediaType", type}, {"digest", digest}, {"size", size}};
  }

  void write_layer(std::size_t number, const std::string& file, std::uint64_t length) {
    const std::string& diff_id = entry_.layers[number];
    progress_.what =
        "layer " + std::to_string(number + 1) + "/" + std::to_string(entry_.layers.size());
    TarEntry header;
    header.path = file;
    header.mode = 0644;
    header.size = length;
    tar_.add(header);
    Sha256 hash;
    replay_recipe(recipe(diff_id), layers_folder(data_dir_) + "/" + hex_of(diff_id),
                  [&](const char* data, std::size_t size) {
                    hash.update(data, size);
                    tar_.write(data, size);
                    progress_.done += size;
                    if (options_.progress) options_.progress(progress_);
                  });
    if (std::string(kSha256Prefix) + hash.hex() != diff_id)
      throw Error("layer " + diff_id + " was changed in the store");
  }

  std::string data_dir_;
  const IndexEntry& entry_;
  std::vector<std::string> names_;
  const ExportOptions& options_;
  TarWriter tar_;
  std::string config_;
  Progress progress_;
};

}  // namespace

void export_image(const std::string& data_dir, const std::string& reference, int out_fd,
                  const ExportOptions& options) {
  const Store store(data_dir);
  // The layers stay while they are read.
  const Fd hold = lock_shared(in_use_lock_file(data_dir));
  const auto entry = resolve(IndexText(data_dir).view(), reference);
  if (!entry) throw BadInput("no such image: " + reference);
  const std::vector<std::string> names =
      is_by_id(*entry, reference) ? entry->names
                                  : std::vector<std::string>{normalize_reference(reference)};
  try {
    Exporter(data_dir, *entry, names, out_fd, options).run();
  } catch (const Error& error) {
    throw error.within("export " + reference);
  }
}

}  // namespace podrun::images
