#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <vector>

#include "base/error.h"
#include "rootfs-tools/beneath.h"
#include "rootfs-tools/recipe.h"

namespace podrun::images {

namespace {

/// The records of one recipe.
class RecipeFile {
 public:
  explicit RecipeFile(const std::string& path)
      : path_(path), in_(::gzopen(path.c_str(), "rbe"), ::gzclose) {
    if (!in_) throw_errno("open " + path);
  }

  /// The kind of the next record, or nothing at the end.
  char next() {
    char kind = 0;
    const int n = ::gzread(in_.get(), &kind, 1);
    if (n < 0 || (n == 1 && kind != 'V' && kind != 'F')) damaged();
    return n == 0 ? '\0' : kind;
  }
  template <typename Number>
  Number number() {
    Number value{};
    bytes(&value, sizeof value);
    return value;
  }
  void bytes(void* to, std::size_t size) {
    if (::gzread(in_.get(), to, static_cast<unsigned>(size)) != static_cast<int>(size)) damaged();
  }
  [[noreturn]] void damaged() const { throw Error("the layer's recipe " + path_ + " is damaged"); }

 private:
  std::string path_;
  std::unique_ptr<gzFile_s, int (*)(gzFile)> in_;
};

void send_file(int folder, const std::string& path, std::uint64_t size, const ByteSink& sink) {
  const Fd file = open_beneath(folder, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) throw_errno("look at " + path);
  if (!S_ISREG(status.st_mode) || static_cast<std::uint64_t>(status.st_size) != size)
    throw Error("layer file " + path + " was changed in the store");
  std::vector<char> buffer(256 << 10);
  for (std::uint64_t left = size; left > 0;) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left, buffer.size()));
    const ssize_t n = ::read(file.get(), buffer.data(), wanted);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw_errno("read " + path);
    if (n == 0) throw Error("layer file " + path + " was changed in the store");
    sink(buffer.data(), static_cast<std::size_t>(n));
    left -= static_cast<std::uint64_t>(n);
  }
}

/// Calls one of the two for each record.
template <typename Verbatim, typename File>
void walk(const std::string& recipe_file, Verbatim&& verbatim, File&& file) {
  RecipeFile recipe(recipe_file);
  std::vector<char> buffer;
  while (const char kind = recipe.next()) {
    if (kind == 'V') {
      const auto length = recipe.number<std::uint32_t>();
      if (length > (64u << 20)) recipe.damaged();
      buffer.resize(length);
      recipe.bytes(buffer.data(), length);
      verbatim(buffer.data(), buffer.size());
    } else {
      const auto size = recipe.number<std::uint64_t>();
      std::string path(recipe.number<std::uint16_t>(), '\0');
      recipe.bytes(path.data(), path.size());
      file(path, size);
    }
  }
}

}  // namespace

std::uint64_t recipe_length(const std::string& recipe_file) {
  std::uint64_t length = 0;
  walk(
      recipe_file, [&](const char*, std::size_t size) { length += size; },
      [&](const std::string&, std::uint64_t size) { length += size; });
  return length;
}

void replay_recipe(const std::string& recipe_file, const std::string& layer_folder,
                   const ByteSink& sink) {
  const Fd folder = open_path(layer_folder, O_PATH | O_DIRECTORY);
  walk(recipe_file, sink, [&](const std::string& path, std::uint64_t size) {
    send_file(folder.get(), path, size, sink);
  });
}

}  // namespace podrun::images
