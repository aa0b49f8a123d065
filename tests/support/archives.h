// Archives made byte by byte, good ones and broken ones: independent of the library that reads
// them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace podrun::test {

/// One entry of a tar. The fields that make an entry broken can be set to anything.
struct TarItem {
  char type = '0';
  std::string path;
  std::string content;
  std::string link;
  unsigned mode = 0644;
  unsigned uid = 0, gid = 0;
  std::int64_t mtime = 1700000000;
  unsigned major = 0, minor = 0;
  /// Records of an extended header before the entry.
  std::vector<std::pair<std::string, std::string>> pax;
  std::optional<std::uint64_t> claimed_size;

  static TarItem file(const std::string& path, const std::string& content, unsigned mode = 0644);
  static TarItem folder(const std::string& path, unsigned mode = 0755);
  static TarItem symlink(const std::string& path, const std::string& target);
  static TarItem hard_link(const std::string& path, const std::string& target);
};

/// A tar of the entries; `end` are the marks that close it.
std::string make_tar(const std::vector<TarItem>& items, bool end = true);
std::string gzip(std::string_view data);
std::string zstd(std::string_view data);

/// "sha256:<hex>".
std::string sha256(std::string_view data);
std::string sha256_hex(std::string_view data);

/// A configuration document for layers with these unpacked tars.
std::string make_config(const std::vector<std::string>& layer_tars,
                        const std::string& config = R"({"Cmd":["/bin/true"]})");

/// The members of a docker-archive; the last is manifest.json.
std::vector<TarItem> docker_items(const std::vector<std::string>& layer_tars,
                                  const std::string& tags = R"(["test/image:1"])");
/// The members of an OCI layout with one image. Layers are stored as `pack` makes them.
std::vector<TarItem> oci_items(const std::vector<std::string>& layer_tars,
                               std::string (*pack)(std::string_view) = gzip,
                               const std::string& name = "test/image:1");

/// An archive that an import must refuse.
struct BrokenArchive {
  std::string name;
  std::string bytes;
  std::string complaint;  // part of the error's text
};
/// More than fifty, each broken in another way.
std::vector<BrokenArchive> broken_archives();

}  // namespace podrun::test
