// Any bytes: an import takes them or throws BadInput. What it took it exports with the same
// digests, and what it refused left nothing behind.
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/fd.h"
#include "base/files.h"
#include "rootfs-tools/import.h"
#include "rootfs-tools/manage.h"
#include "rootfs-tools/store.h"

namespace {

using podrun::BadInput;
using podrun::Fd;

/// A store in memory: imports sync.
class Folder {
 public:
  Folder() {
    if (::mkdtemp(path_.data()) == nullptr) podrun::throw_errno("mkdtemp");
  }
  ~Folder() { podrun::remove_tree(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_ = "/dev/shm/podrun-archive-fuzz-XXXXXX";
};

podrun::images::ImportOptions small() {
  podrun::images::ImportOptions options;
  options.limits.unpacked_bytes = 8 << 20;
  options.limits.entries = 300;
  options.limits.ratio = 100;
  options.limits.ratio_from = 1 << 20;
  options.limits.document_bytes = 64 << 10;
  options.limits.layers = 16;
  return options;
}

void check_and_remove(const std::string& data_dir, const std::string& id) {
  const Fd out = podrun::open_path("/dev/null", O_WRONLY);
  podrun::images::export_image(data_dir, id, out.get());
  podrun::images::remove_image(data_dir, id, true);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Folder folder;
  const Fd file(::memfd_create("archive", MFD_CLOEXEC));
  podrun::write_all(file.get(), {reinterpret_cast<const char*>(data), size}, "input");
  try {
    const auto images = podrun::images::import_images(
        folder.path(), "/proc/self/fd/" + std::to_string(file.get()), small());
    for (const auto& image : images) check_and_remove(folder.path(), image.id);
  } catch (const BadInput& error) {
    if (std::string_view(error.what()).find('\n') != std::string_view::npos) std::abort();
  } catch (const podrun::Error& error) {
    // Without root an archive may ask for owners and devices that cannot be had.
    if (::geteuid() == 0) std::abort();
  }
  if (!podrun::images::Store(folder.path()).list().empty()) std::abort();
  return 0;
}
