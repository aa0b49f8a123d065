#include "tests/support/archives.h"

#include <openssl/evp.h>
#include <zlib.h>
#include <zstd.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <stdexcept>

namespace podrun::test {

namespace {

std::string padded(std::string text) {
  text.resize((text.size() + 511) / 512 * 512, '\0');
  return text;
}

void put(std::string& block, std::size_t at, const std::string& text) {
  block.replace(at, text.size(), text);
}

std::string octal(std::uint64_t value, int digits) {
  char text[32];
  std::snprintf(text, sizeof text, "%0*llo", digits, static_cast<unsigned long long>(value));
  return text;
}

std::string header(const TarItem& item, char type, const std::string& path, std::uint64_t size) {
  std::string block(512, '\0');
  put(block, 0, path.substr(0, 100));
  put(block, 100, octal(item.mode, 7));
  put(block, 108, octal(item.uid, 7));
  put(block, 116, octal(item.gid, 7));
  put(block, 124, octal(size, 11));
  put(block, 136, octal(static_cast<std::uint64_t>(item.mtime), 11));
  block[156] = type;
  put(block, 157, item.link.substr(0, 100));
  put(block, 257, "ustar");
  put(block, 263, "00");
  put(block, 329, octal(item.major, 7));
  put(block, 337, octal(item.minor, 7));
  put(block, 148, "        ");
  unsigned sum = 0;
  for (const char c : block) sum += static_cast<unsigned char>(c);
  put(block, 148, octal(sum, 6));
  block[154] = '\0';
  return block;
}

std::string pax_record(const std::string& key, const std::string& value) {
  const std::size_t rest = key.size() + value.size() + 3;
  std::size_t length = rest + 1;
  while (std::to_string(length).size() + rest != length) ++length;
  return std::to_string(length) + " " + key + "=" + value + "\n";
}

}  // namespace

TarItem TarItem::file(const std::string& path, const std::string& content, unsigned mode) {
  TarItem item;
  item.path = path;
  item.content = content;
  item.mode = mode;
  return item;
}

TarItem TarItem::folder(const std::string& path, unsigned mode) {
  TarItem item;
  item.type = '5';
  item.path = path;
  item.mode = mode;
  return item;
}

TarItem TarItem::symlink(const std::string& path, const std::string& target) {
  TarItem item;
  item.type = '2';
  item.path = path;
  item.link = target;
  item.mode = 0777;
  return item;
}

TarItem TarItem::hard_link(const std::string& path, const std::string& target) {
  TarItem item = symlink(path, target);
  item.type = '1';
  item.mode = 0644;
  return item;
}

std::string make_tar(const std::vector<TarItem>& items, bool end) {
  std::string bytes;
  for (const TarItem& item : items) {
    auto pax = item.pax;
    if (item.path.size() > 100) pax.emplace_back("path", item.path);
    if (item.link.size() > 100) pax.emplace_back("linkpath", item.link);
    if (!pax.empty()) {
      std::string records;
      for (const auto& [key, value] : pax) records += pax_record(key, value);
      bytes += header({}, 'x', "PaxHeader", records.size()) + padded(records);
    }
    bytes += header(item, item.type, item.path, item.claimed_size.value_or(item.content.size()));
    bytes += padded(item.content);
  }
  if (end) bytes.append(1024, '\0');
  return bytes;
}

std::string gzip(std::string_view data) {
  z_stream stream{};
  if (::deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::runtime_error("deflateInit2");
  std::string packed(::deflateBound(&stream, data.size()), '\0');
  // zlib does not write to its input.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
  stream.avail_in = static_cast<uInt>(data.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  if (::deflate(&stream, Z_FINISH) != Z_STREAM_END) throw std::runtime_error("deflate");
  packed.resize(stream.total_out);
  ::deflateEnd(&stream);
  return packed;
}

std::string zstd(std::string_view data) {
  std::string packed(::ZSTD_compressBound(data.size()), '\0');
  const std::size_t size =
      ::ZSTD_compress(packed.data(), packed.size(), data.data(), data.size(), 3);
  if (::ZSTD_isError(size) != 0) throw std::runtime_error("ZSTD_compress");
  packed.resize(size);
  return packed;
}

std::string sha256_hex(std::string_view data) {
  std::array<unsigned char, 32> value{};
  unsigned length = 0;
  ::EVP_Digest(data.data(), data.size(), value.data(), &length, ::EVP_sha256(), nullptr);
  std::string text;
  for (const unsigned char byte : value) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", byte);
    text += digits;
  }
  return text;
}

std::string sha256(std::string_view data) { return "sha256:" + sha256_hex(data); }

std::string make_config(const std::vector<std::string>& layer_tars, const std::string& config) {
  std::string diff_ids;
  for (const std::string& tar : layer_tars) {
    diff_ids += (diff_ids.empty() ? "\"" : ",\"") + sha256(tar) + "\"";
  }
  return R"({"architecture":"amd64","os":"linux","config":)" + config +
         R"(,"rootfs":{"type":"layers","diff_ids":[)" + diff_ids + "]}}";
}

std::vector<TarItem> docker_items(const std::vector<std::string>& layer_tars,
                                  const std::string& tags) {
  const std::string config = make_config(layer_tars);
  const std::string config_file = sha256_hex(config) + ".json";
  std::vector<TarItem> items = {TarItem::file(config_file, config)};
  std::string files;
  std::size_t number = 0;
  for (const std::string& tar : layer_tars) {
    const std::string file = "layer" + std::to_string(++number) + "/layer.tar";
    items.push_back(TarItem::file(file, tar));
    files += (files.empty() ? "\"" : ",\"") + file + "\"";
  }
  items.push_back(TarItem::file("manifest.json", R"([{"Config":")" + config_file +
                                                     R"(","RepoTags":)" + tags + R"(,"Layers":[)" +
                                                     files + "]}]"));
  return items;
}

std::vector<TarItem> oci_items(const std::vector<std::string>& layer_tars,
                               std::string (*pack)(std::string_view), const std::string& name) {
  std::vector<TarItem> items = {TarItem::file("oci-layout", R"({"imageLayoutVersion":"1.0.0"})")};
  const auto blob = [&](const std::string& type, const std::string& bytes) {
    items.push_back(TarItem::file("blobs/sha256/" + sha256_hex(bytes), bytes));
    return R"({"mediaType":"application/vnd.oci.image.)" + type + R"(","digest":")" +
           sha256(bytes) + R"(","size":)" + std::to_string(bytes.size());
  };
  std::string layers;
  for (const std::string& tar : layer_tars) {
    layers += (layers.empty() ? "" : ",") + blob("layer.v1.tar+gzip", pack(tar)) + "}";
  }
  const std::string config = blob("config.v1+json", make_config(layer_tars)) + "}";
  const std::string manifest = blob("manifest.v1+json", R"({"schemaVersion":2,"config":)" + config +
                                                            R"(,"layers":[)" + layers + "]}");
  items.push_back(TarItem::file(
      "index.json", R"({"schemaVersion":2,"manifests":[)" + manifest +
                        R"(,"annotations":{"io.containerd.image.name":")" + name + R"("}}]})"));
  return items;
}

}  // namespace podrun::test
