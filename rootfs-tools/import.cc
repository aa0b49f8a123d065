#include "rootfs-tools/import.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/clock.h"
#include "base/error.h"
#include "base/files.h"
#include "rootfs-tools/changes.h"
#include "rootfs-tools/decompress.h"
#include "rootfs-tools/document.h"
#include "rootfs-tools/folder_tar.h"
#include "rootfs-tools/layer_import.h"
#include "rootfs-tools/sha256.h"
#include "rootfs-tools/store.h"
#include "rootfs-tools/store_change.h"
#include "rootfs-tools/tar_writer.h"

namespace podrun::images {

namespace {

constexpr std::uint64_t kReportEvery = 256 << 10;  // bytes

/// Gathers small steps into calls of the progress function.
class Meter {
 public:
  explicit Meter(const ProgressFunction& function) : function_(function) {}
  void start(const std::string& what, std::uint64_t total) {
    progress_.what = what;
    progress_.total = total;
    progress_.done = 0;
    report();
  }
  void rename(const std::string& what) {
    progress_.what = what;
    report();
  }
  void add(std::uint64_t bytes) {
    progress_.done += bytes;
    if (progress_.done - reported_ >= kReportEvery) report();
  }
  void report() {
    reported_ = progress_.done;
    if (function_) function_(progress_);
  }

 private:
  const ProgressFunction& function_;
  Progress progress_;
  std::uint64_t reported_ = 0;
};

class Importer {
 public:
  Importer(const std::string& data_dir, std::string source, const ImportOptions& options)
      : data_dir_(data_dir),
        source_(std::move(source)),
        options_(options),
        store_(data_dir),
        meter_(options.progress),
        notes_(options.note),
        budget_(options.limits),
        change_(data_dir, [this] { meter_.start("waiting for another change of the store", 0); }) {}

  std::vector<Image> run() {
    struct stat status {};
    if (source_ == "-") {
      import_tar(spool(STDIN_FILENO, 0));
    } else if (::stat(source_.c_str(), &status) != 0) {
      throw BadInput(errno_text(errno));
    } else if (S_ISDIR(status.st_mode)) {
      import_folder();
    } else {
      import_file();
    }
    change_.commit();
    std::vector<Image> images;
    for (const std::string& id : ids_) images.push_back(store_.find(id).value());
    meter_.report();
    return images;
  }

 private:
  void import_folder() {
    const FolderFileSet files(source_);
    if (files.has("oci-layout"))
      return import_archive(files, read_oci_layout(files, budget_.limits(), notes_));
    const Fd tar = change_.temporary_file();
    meter_.start("reading " + source_, 0);
    pack_folder(source_, fd_sink(tar.get(), "a temporary file"), notes_);
    import_rootfs(tar.get());
  }

  void import_file() {
    Fd file = open_path(source_, O_RDONLY);
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) throw_errno("look at it");
    std::array<char, 4> start{};
    if (!S_ISREG(status.st_mode)) return import_tar(spool(file.get(), 0));
    const ssize_t n = ::pread(file.get(), start.data(), start.size(), 0);
    if (n > 0 && looks_compressed({start.data(), static_cast<std::size_t>(n)}))
      return import_tar(spool(file.get(), static_cast<std::uint64_t>(status.st_size)));
    import_tar(std::move(file));
  }

  /// What cannot be read twice, or not from the middle, as a plain file.
  Fd spool(int fd, std::uint64_t total) {
    meter_.start("unpacking", total);
    FdSource file(fd, source_);
    HashingSource counted(file, [&](const char*, std::size_t size) { meter_.add(size); });
    DecompressingSource tar(counted, budget_, "archive");
    Budget spooled(budget_.limits());
    Fd result = change_.temporary_file();
    std::vector<char> buffer(256 << 10);
    while (const std::size_t n = tar.read(buffer.data(), buffer.size())) {
      spooled.count_bytes(n, "archive");
      write_all(result.get(), {buffer.data(), n}, "a temporary file");
    }
    return result;
  }

  void import_tar(Fd file) {
    check_end(file.get());
    const TarFileSet files(file.get(), "archive");
    const bool layout = files.has("oci-layout");
    if (!layout && !files.has("manifest.json")) return import_rootfs(file.get());
    files.check_unique();
    import_archive(files, layout ? read_oci_layout(files, budget_.limits(), notes_)
                                 : read_docker_archive(files, budget_.limits(), notes_));
  }

  /// A tar ends with two blocks of zeros: what was cut off between two entries has none.
  static void check_end(int fd) {
    const off_t size = ::lseek(fd, 0, SEEK_END);
    std::array<char, 512> block{};
    if (size == 0) throw BadInput("empty file");
    const ssize_t n = size < 512 ? 0 : ::pread(fd, block.data(), block.size(), size - 512);
    if (n != 512 || std::any_of(block.begin(), block.end(), [](char c) { return c != 0; }))
      throw BadInput("not a tar archive, or a truncated one");
  }

  void import_archive(const FileSet& files, const std::vector<SourceImage>& images) {
    if (!options_.changes.empty())
      throw BadInput("changes apply to a folder or a rootfs tar, not to an image");
    if (options_.name && images.size() > 1)
      throw BadInput("holds " + std::to_string(images.size()) + " images: a name fits only one");
    std::uint64_t total = 0;
    for (const SourceImage& image : images) {
      for (const SourceLayer& layer : image.layers) total += files.size(layer.file);
    }
    meter_.start("layers", total);
    LayerImporter layers(change_, budget_, notes_, [&](std::uint64_t n) { meter_.add(n); });
    for (const SourceImage& image : images) import_image_layers(files, image, layers);
  }

  void import_image_layers(const FileSet& files, const SourceImage& image, LayerImporter& layers) {
    IndexEntry entry{image.id, image.names, {}, 0};
    if (options_.name) entry.names = {normalize_reference(*options_.name)};
    for (std::size_t i = 0; i < image.layers.size(); ++i) {
      const SourceLayer& layer = image.layers[i];
      const std::string what =
          "layer " + std::to_string(i + 1) + "/" + std::to_string(image.layers.size());
      meter_.rename(what);
      auto seen = verified_.find(layer.file + " " + layer.diff_id);
      if (seen == verified_.end()) {
        const LayerFacts facts = layers.import_layer(layer, files, what);
        seen = verified_.emplace(layer.file + " " + layer.diff_id, facts.size).first;
      }
      entry.layers.push_back(layer.diff_id);
      entry.size += seen->second;
    }
    add(entry, image.config_text);
  }

  void import_rootfs(int tar) {
    Json config = Json::object();
    apply_changes(config, options_.changes);
    struct stat status {};
    if (::fstat(tar, &status) != 0) throw_errno("look at the archive");
    meter_.start("layer 1/1", static_cast<std::uint64_t>(status.st_size));
    FdSource file(tar, "archive");
    LayerImporter layers(change_, budget_, notes_, [&](std::uint64_t n) { meter_.add(n); });
    const LayerFacts facts = layers.import_rootfs(file, "archive");
    // Of what is inside, so that the same input makes the same image.
    Json document;
    document["created"] = rfc3339(WallTime(std::chrono::seconds(facts.newest_time)));
    document["architecture"] = machine_architecture();
    document["os"] = "linux";
    document["config"] = std::move(config);
    document["rootfs"] = {{"type", "layers"}, {"diff_ids", {facts.diff_id}}};
    IndexEntry entry{"", {}, {facts.diff_id}, facts.size};
    if (options_.name) entry.names = {normalize_reference(*options_.name)};
    const std::string text = document.dump();
    entry.id = digest_of(text);
    add(entry, text);
  }

  void add(const IndexEntry& entry, const std::string& config_text) {
    change_.stage_config(entry.id, config_text);
    change_.add_image(entry);
    if (std::find(ids_.begin(), ids_.end(), entry.id) == ids_.end()) ids_.push_back(entry.id);
  }

  std::string data_dir_;
  std::string source_;
  const ImportOptions& options_;
  Store store_;
  Meter meter_;
  Notes notes_;
  Budget budget_;
  StoreChange change_;
  std::map<std::string, std::uint64_t> verified_;  // sizes of layers, by file and diff id
  std::vector<std::string> ids_;
};

}  // namespace

std::vector<Image> import_images(const std::string& data_dir, const std::string& source,
                                 const ImportOptions& options) {
  try {
    // What the user asks for is looked at before the store is.
    if (options.name) normalize_reference(*options.name);
    Json scratch = Json::object();
    apply_changes(scratch, options.changes);
    return Importer(data_dir, source, options).run();
  } catch (const BadInput& error) {
    throw BadInput("import " + source + ": " + error.what());
  } catch (const Error& error) {
    throw error.within("import " + source);
  }
}

Image import_image(const std::string& data_dir, const std::string& source,
                   const ImportOptions& options) {
  return import_images(data_dir, source, options).front();
}

}  // namespace podrun::images
