#include "rootfs-tools/build_rootfs.h"

#include <elf.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/files.h"
#include "rootfs-tools/changes.h"
#include "rootfs-tools/digest.h"
#include "rootfs-tools/document.h"
#include "rootfs-tools/entry_path.h"
#include "rootfs-tools/image.h"
#include "rootfs-tools/sha256.h"
#include "rootfs-tools/source_image.h"
#include "rootfs-tools/tar_writer.h"

namespace podrun::images {

namespace {

constexpr std::size_t kLargestProgram = 1u << 30;

constexpr std::string_view kPasswd =
    "root:x:0:0:root:/root:/bin/sh\n"
    "daemon:x:1:1:daemon:/usr/sbin:/bin/false\n"
    "www-data:x:33:33:www-data:/var/www:/bin/false\n"
    "nobody:x:65534:65534:nobody:/home:/bin/false\n";
constexpr std::string_view kGroup =
    "root:x:0:\n"
    "daemon:x:1:\n"
    "tty:x:5:\n"
    "www-data:x:33:\n"
    "users:x:100:\n"
    "nogroup:x:65534:\n";
constexpr std::string_view kNsswitch = "passwd: files\ngroup: files\nhosts: files dns\n";

/// Throws where the program needs a dynamic linker (an ELF segment PT_INTERP, man 5 elf).
void check_static(std::string_view program, const std::string& name) {
  Elf64_Ehdr header{};
  if (program.size() < sizeof header || program.substr(0, SELFMAG) != ELFMAG)
    throw BadInput(name + ": not an ELF program");
  std::memcpy(&header, program.data(), sizeof header);
  if (header.e_ident[EI_CLASS] != ELFCLASS64) throw BadInput(name + ": not a 64-bit ELF program");
  for (unsigned i = 0; i < header.e_phnum; ++i) {
    const std::uint64_t at = header.e_phoff + std::uint64_t{i} * header.e_phentsize;
    Elf64_Phdr segment{};
    if (at > program.size() || program.size() - at < sizeof segment)
      throw BadInput(name + ": truncated ELF program");
    std::memcpy(&segment, program.data() + at, sizeof segment);
    if (segment.p_type == PT_INTERP)
      throw BadInput(name + ": is linked dynamically, its libraries would be missing",
                     "link it with -static");
  }
}

/// Entries by path, so that a folder comes before what is in it and the order is always the same.
class Rootfs {
 public:
  void folder(const std::string& path, mode_t mode = 0755) {
    TarEntry entry;
    entry.type = EntryType::kFolder;
    entry.mode = mode;
    put(path, entry, "");
  }
  void file(const std::string& path, std::string_view content, mode_t mode = 0644) {
    TarEntry entry;
    entry.mode = mode;
    entry.size = content.size();
    put(path, entry, content);
  }
  void link(const std::string& path, const std::string& target) {
    TarEntry entry;
    entry.type = EntryType::kHardLink;
    entry.mode = 0755;
    entry.target = clean_entry_path(target, "rootfs");
    put(path, entry, "");
  }
  /// Hard links last: what they link to has to come before them.
  std::string tar(std::int64_t time) const {
    std::string bytes;
    TarWriter writer([&](const char* data, std::size_t size) { bytes.append(data, size); });
    for (const bool links : {false, true}) {
      for (const auto& [path, item] : items_) {
        TarEntry entry = item.entry;
        if ((entry.type == EntryType::kHardLink) != links) continue;
        entry.path = path;
        entry.mtime.tv_sec = time;
        writer.add(entry);
        writer.write(item.content.data(), item.content.size());
      }
    }
    writer.finish();
    return bytes;
  }

 private:
  struct Item {
    TarEntry entry;
    std::string_view content;
  };
  void put(const std::string& path, const TarEntry& entry, std::string_view content) {
    if (path.empty() || path.front() != '/') throw BadInput("\"" + path + "\" is not absolute");
    const std::string clean = clean_entry_path(path.substr(1) + "/", "rootfs");
    if (clean.empty()) throw BadInput("\"" + path + "\" names no file");
    for (auto slash = clean.find('/'); slash != std::string::npos;
         slash = clean.find('/', slash + 1)) {
      TarEntry above;
      above.type = EntryType::kFolder;
      above.mode = 0755;
      items_.try_emplace(clean.substr(0, slash), Item{above, ""});
    }
    items_.insert_or_assign(clean, Item{entry, content});
  }
  std::map<std::string, Item> items_;
};

/// The time to give files, as reproducible builds do: SOURCE_DATE_EPOCH, else 1970.
std::int64_t build_time() {
  const char* text = ::getenv("SOURCE_DATE_EPOCH");
  return text != nullptr ? std::strtoll(text, nullptr, 10) : 0;
}

void add_accounts(Rootfs& rootfs) {
  rootfs.file("/etc/passwd", kPasswd);
  rootfs.file("/etc/group", kGroup);
  rootfs.file("/etc/nsswitch.conf", kNsswitch);
  rootfs.folder("/root", 0700);
  rootfs.folder("/home");
  rootfs.folder("/tmp", 01777);
  rootfs.folder("/var/tmp", 01777);
  rootfs.folder("/run");
  for (const char* mount_point : {"/dev", "/proc", "/sys"}) rootfs.folder(mount_point);
}

std::string config_text(const std::string& program_path, const std::string& diff_id,
                        std::int64_t time, const std::vector<std::string>& changes) {
  Json config = Json::object();
  config["Env"] = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"};
  apply_changes(config, changes);
  if (!config.contains("Entrypoint") && !config.contains("Cmd")) config["Cmd"] = {program_path};
  Json document;
  document["created"] = rfc3339(WallTime(std::chrono::seconds(time)));
  document["architecture"] = machine_architecture();
  document["os"] = "linux";
  document["config"] = std::move(config);
  document["rootfs"] = {{"type", "layers"}, {"diff_ids", {diff_id}}};
  return document.dump();
}

}  // namespace

void build_rootfs(const std::string& program, const RootfsOptions& options, int out_fd) {
  const std::string binary = read_file(program, kLargestProgram);
  check_static(binary, program);
  const std::string path = options.program_path.empty()
                               ? "/" + program.substr(program.rfind('/') + 1)
                               : options.program_path;
  std::vector<std::string> names;
  for (const std::string& name : options.names) names.push_back(normalize_reference(name));
  Rootfs rootfs;
  if (options.accounts) add_accounts(rootfs);
  rootfs.file(path, binary, 0755);
  for (const std::string& link : options.links) rootfs.link(link, path.substr(1));
  const std::int64_t time = build_time();
  const std::string layer = rootfs.tar(time);
  const std::string diff_id = digest_of(layer);
  const std::string config = config_text(path, diff_id, time, options.changes);
  const std::string config_hex = digest_hex(digest_of(config), program);
  const std::string layer_file = digest_hex(diff_id, program) + ".tar";
  TarWriter archive(fd_sink(out_fd, "the archive"));
  archive.add_text(config_hex + ".json", config);
  archive.add_text(layer_file, layer);
  Json item;
  item["Config"] = config_hex + ".json";
  item["RepoTags"] = names;
  item["Layers"] = {layer_file};
  archive.add_text("manifest.json", Json::array({item}).dump());
  archive.finish();
}

}  // namespace podrun::images
