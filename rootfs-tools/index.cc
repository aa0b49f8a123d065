#include "rootfs-tools/index.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/error.h"
#include "base/fd.h"
#include "rootfs-tools/digest.h"
#include "rootfs-tools/document.h"
#include "rootfs-tools/paths.h"

namespace podrun::images {

namespace {

constexpr std::string_view kIdMark = "{\"id\":\"sha256:";

IndexEntry entry_from(const Json& item) {
  IndexEntry entry;
  entry.id = text_member(item, "id", "index.json");
  entry.names = list_member(item, "names", "index.json");
  entry.layers = list_member(item, "layers", "index.json");
  digest_hex(entry.id, "index.json");
  for (const std::string& layer : entry.layers) digest_hex(layer, "index.json");
  const auto size = item.find("size");
  if (size != item.end() && size->is_number_unsigned()) entry.size = size->get<std::uint64_t>();
  return entry;
}

/// As text.find(what, from), at the speed of memmem(3).
std::size_t find_from(std::string_view text, std::string_view what, std::size_t from) {
  if (from >= text.size()) return std::string_view::npos;
  const void* hit = ::memmem(text.data() + from, text.size() - from, what.data(), what.size());
  if (hit == nullptr) return std::string_view::npos;
  return static_cast<std::size_t>(static_cast<const char*>(hit) - text.data());
}

/// The line around `position`, without its comma.
std::string_view line_at(std::string_view text, std::size_t position) {
  const auto before = text.rfind('\n', position);
  const auto start = before == std::string_view::npos ? 0 : before + 1;
  std::string_view line = text.substr(start, text.find('\n', position) - start);
  if (!line.empty() && line.back() == ',') line.remove_suffix(1);
  return line;
}

/// The store writes index.json itself: what does not parse was damaged, and is not the user's
/// input.
template <typename Function>
auto undamaged(Function&& function) {
  try {
    return function();
  } catch (const BadInput& error) {
    throw Error(std::string("the image index is damaged: ") + error.what());
  }
}

}  // namespace

IndexText::IndexText(const std::string& data_dir) {
  const std::string path = index_file(data_dir);
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file && errno == ENOENT) return;
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0) throw_errno("open " + path);
  if (status.st_size == 0) return;
  const auto size = static_cast<std::size_t>(status.st_size);
  const void* start = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file.get(), 0);
  if (start == MAP_FAILED) throw_errno("map " + path);
  text_ = {static_cast<const char*>(start), size};
}

IndexText::~IndexText() {
  // munmap(2) does not write; its parameter is only not const.
  if (!text_.empty()) ::munmap(const_cast<char*>(text_.data()), text_.size());
}

std::vector<IndexEntry> parse_index(std::string_view text) {
  std::vector<IndexEntry> entries;
  if (text.empty()) return entries;
  return undamaged([&] {
    const Json document = parse_document(text, "index.json");
    for (const Json& item : array_member(document, "images", "index.json")) {
      entries.push_back(entry_from(item));
    }
    return entries;
  });
}

std::string format_index(const std::vector<IndexEntry>& entries) {
  std::string text = "{\"version\":1,\"images\":[";
  const char* separator = "\n";
  for (const IndexEntry& entry : entries) {
    Json item;
    item["id"] = entry.id;
    item["names"] = entry.names;
    item["layers"] = entry.layers;
    item["size"] = entry.size;
    text += separator + item.dump();
    separator = ",\n";
  }
  return text + "\n]}\n";
}

std::optional<IndexEntry> find_name(std::string_view index_text, const std::string& name) {
  const std::string quoted = "\"" + name + "\"";
  for (auto at = find_from(index_text, quoted, 0); at != std::string_view::npos;
       at = find_from(index_text, quoted, at + 1)) {
    auto entry = undamaged(
        [&] { return entry_from(parse_document(line_at(index_text, at), "index.json")); });
    if (std::find(entry.names.begin(), entry.names.end(), name) != entry.names.end()) return entry;
  }
  return std::nullopt;
}

std::optional<IndexEntry> find_id(std::string_view index_text, std::string_view hex) {
  const std::string mark = std::string(kIdMark) + std::string(hex);
  const auto at = find_from(index_text, mark, 0);
  if (at == std::string_view::npos) return std::nullopt;
  if (find_from(index_text, mark, at + 1) != std::string_view::npos) return std::nullopt;
  return undamaged(
      [&] { return entry_from(parse_document(line_at(index_text, at), "index.json")); });
}

}  // namespace podrun::images
