// Archives that an import must refuse, each broken in one way.
#include <functional>

#include "tests/support/archives.h"

namespace podrun::test {

namespace {

using Items = std::vector<TarItem>;

/// Collects the cases; each group below is one kind of damage.
class Cases {
 public:
  void add(const std::string& name, const std::string& bytes, const std::string& complaint) {
    all.push_back({name, bytes, complaint});
  }
  /// A rootfs with these entries after a harmless one.
  void rootfs(const std::string& name, Items items, const std::string& complaint) {
    items.insert(items.begin(), TarItem::file("good", "good"));
    add(name, make_tar(items), complaint);
  }
  std::vector<BrokenArchive> all;
};

TarItem with(TarItem item, const std::function<void(TarItem&)>& change) {
  change(item);
  return item;
}

Items replaced(Items items, const std::string& path_end, const std::string& content) {
  for (TarItem& item : items) {
    if (item.path.size() >= path_end.size() &&
        item.path.compare(item.path.size() - path_end.size(), path_end.size(), path_end) == 0)
      item.content = content;
  }
  return items;
}

Items without(const Items& items, const std::string& path) {
  Items rest;
  for (const TarItem& item : items) {
    if (item.path != path) rest.push_back(item);
  }
  return rest;
}

std::string swapped(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

const std::string& good_layer() {
  static const std::string layer =
      make_tar({TarItem::folder("etc"), TarItem::file("etc/name", "value\n")});
  return layer;
}

void paths(Cases& cases) {
  const auto file = [](const std::string& path) { return TarItem::file(path, "evil"); };
  cases.rootfs("traversal", {file("../evil")}, "leads out of the root");
  cases.rootfs("traversal-deep", {file("a/b/../../../evil")}, "leads out of the root");
  cases.rootfs("traversal-inside", {file("a/../b")}, "leads out of the root");
  cases.rootfs("traversal-end", {TarItem::folder("a/..")}, "leads out of the root");
  cases.rootfs("absolute", {file("/etc/evil")}, "absolute path");
  cases.rootfs("absolute-double", {file("//etc/evil")}, "absolute path");
  cases.rootfs("traversal-folder", {TarItem::folder("../evil/")}, "leads out of the root");
  cases.rootfs("traversal-symlink", {TarItem::symlink("../evil", "x")}, "leads out of the root");
  cases.rootfs("traversal-pax",
               {with(file("harmless"),
                     [](TarItem& i) {
                       i.pax = {{"path", "../../evil"}};
                     })},
               "leads out of the root");
  cases.rootfs("name-too-long", {file("d/" + std::string(300, 'n'))}, "longer than 255");
  std::string deep = "f";
  for (int i = 0; i < 400; ++i) deep.insert(0, "d/");
  cases.rootfs("too-deep", {file(deep)}, "deeper than");
  cases.rootfs("path-too-long", {file(std::string(2500, 'x') + "/" + std::string(2500, 'y'))},
               "longer than");
  cases.rootfs("root-is-a-file", {file("./")}, "");
}

void links(Cases& cases) {
  cases.rootfs("symlink-then-file",
               {TarItem::symlink("link", "/tmp"), TarItem::file("link/evil", "evil")},
               "symbolic link");
  cases.rootfs("symlink-up-then-file",
               {TarItem::symlink("link", ".."), TarItem::file("link/evil", "evil")},
               "symbolic link");
  cases.rootfs("symlink-deep-then-file",
               {TarItem::folder("a"), TarItem::symlink("a/link", "../../.."),
                TarItem::file("a/link/x/evil", "evil")},
               "symbolic link");
  cases.rootfs("symlink-then-folder-through",
               {TarItem::symlink("link", "/tmp"), TarItem::folder("link/evil")}, "symbolic link");
  cases.rootfs("symlink-then-same-file",
               {TarItem::symlink("link", "/tmp/evil"), TarItem::file("link", "evil")},
               "appears twice");
  cases.rootfs("symlink-then-same-folder",
               {TarItem::symlink("link", "/tmp"), TarItem::folder("link")}, "appears twice");
  cases.rootfs("hard-link-absolute", {TarItem::hard_link("evil", "/etc/passwd")},
               "leads out of the root");
  cases.rootfs("hard-link-up", {TarItem::hard_link("evil", "../../../../etc/passwd")},
               "leads out of the root");
  cases.rootfs("hard-link-through-symlink",
               {TarItem::symlink("link", "/etc"), TarItem::hard_link("evil", "link/passwd")},
               "hard link");
  cases.rootfs("hard-link-to-nothing", {TarItem::hard_link("evil", "nothing")}, "hard link");
  cases.rootfs("hard-link-to-folder", {TarItem::folder("d"), TarItem::hard_link("evil", "d")},
               "hard link");
  cases.rootfs("hard-link-to-itself", {TarItem::hard_link("evil", "evil")}, "hard link");
  cases.rootfs("hard-link-with-data",
               {with(TarItem::hard_link("evil", "good"), [](TarItem& i) { i.content = "data"; })},
               "");
  cases.rootfs("symlink-empty", {TarItem::symlink("link", "")}, "target");
}

void entries(Cases& cases) {
  cases.rootfs("file-twice", {TarItem::file("f", "1"), TarItem::file("f", "2")}, "appears twice");
  cases.rootfs("file-as-folder", {TarItem::file("f", "1"), TarItem::file("f/g", "2")},
               "not a folder");
  cases.rootfs("folder-then-file", {TarItem::folder("d"), TarItem::file("d", "2")},
               "appears twice");
  cases.rootfs("file-then-folder", {TarItem::file("d", "2"), TarItem::folder("d")},
               "appears twice");
  const auto device = [](char type, const std::string& path, unsigned major, unsigned minor) {
    return with(TarItem::file(path, ""), [&](TarItem& i) {
      i.type = type;
      i.major = major;
      i.minor = minor;
    });
  };
  cases.rootfs("device-0-0", {device('3', "x", 0, 0)}, "0:0");
  cases.rootfs("device-number-too-large", {device('3', "x", 4096, 0)}, "cannot be made");
  cases.rootfs("device-twice", {device('3', "x", 1, 3), device('3', "x", 1, 3)}, "appears twice");
  cases.rootfs("whiteout-of-nothing", {TarItem::file(".wh.", "")}, "whiteout");
  cases.rootfs("whiteout-of-parent", {TarItem::file("a/.wh...", "")}, "whiteout");
  cases.rootfs("whiteout-of-itself", {TarItem::file("a/.wh..", "")}, "whiteout");
  cases.rootfs("whiteout-with-data", {TarItem::file(".wh.x", "data")}, "whiteout");
  cases.rootfs("in-a-whiteout", {TarItem::file(".wh.x/y", "")}, "whiteout");
  cases.rootfs("unknown-type", {with(TarItem::file("x", "data"), [](TarItem& i) { i.type = 'Q'; })},
               "");
  cases.rootfs("huge-file-claimed",
               {with(TarItem::file("x", ""), [](TarItem& i) { i.claimed_size = 1ull << 32; })}, "");
  cases.rootfs("absurd-size",
               {with(TarItem::file("x", ""),
                     [](TarItem& i) {
                       i.pax = {{"size", "9223372036854775807"}};
                     })},
               "");
  cases.rootfs("negative-size",
               {with(TarItem::file("x", ""),
                     [](TarItem& i) {
                       i.pax = {{"size", "-5"}};
                     })},
               "");
  cases.rootfs("sparse-bomb",
               {with(TarItem::file("x", "0\n"),
                     [](TarItem& i) {
                       i.pax = {{"GNU.sparse.major", "1"},
                                {"GNU.sparse.minor", "0"},
                                {"GNU.sparse.name", "x"},
                                {"GNU.sparse.realsize", "1000000000000000"}};
                     })},
               "");
  cases.rootfs("huge-xattr",
               {with(TarItem::file("x", ""),
                     [](TarItem& i) {
                       i.pax = {{"SCHILY.xattr.user.big", std::string(100000, 'v')}};
                     })},
               "attribute");
  cases.rootfs("long-xattr-name",
               {with(TarItem::file("x", ""),
                     [](TarItem& i) {
                       i.pax = {{"SCHILY.xattr.user." + std::string(300, 'n'), "v"}};
                     })},
               "attribute");
  cases.rootfs("capability-garbage",
               {with(TarItem::file("x", ""),
                     [](TarItem& i) {
                       i.pax = {{"SCHILY.xattr.security.capability", "garbage"}};
                     })},
               "attribute");
  cases.rootfs("owner-out-of-range",
               {with(TarItem::file("x", ""),
                     [](TarItem& i) {
                       i.pax = {{"uid", "4294967295"}};
                     })},
               "owner");
}

void damage(Cases& cases) {
  const std::string tar = make_tar(
      {TarItem::file("a", std::string(3000, 'a')), TarItem::file("b", std::string(3000, 'b'))});
  cases.add("empty", "", "empty file");
  cases.add("text", "this is no archive\n", "not a tar");
  cases.add("zeros-only-text", std::string(600, 'z') + std::string(1024, '\0'), "");
  cases.add("cut-in-data", tar.substr(0, 2000), "truncated");
  cases.add("cut-in-header", tar.substr(0, 512 + 3072 + 100), "truncated");
  cases.add("cut-between-entries", tar.substr(0, 512 + 3072), "truncated");
  cases.add("gzip-cut", gzip(tar).substr(0, 60), "");
  std::string flipped = gzip(tar);
  flipped[flipped.size() / 2] = static_cast<char>(flipped[flipped.size() / 2] ^ 0x55);
  cases.add("gzip-damaged", flipped, "");
  cases.add("zstd-cut", zstd(tar).substr(0, 30), "");
  cases.add("gzip-of-text", gzip("this is no archive\n"), "not a tar");
  std::string checksum = tar;
  checksum[0] = 'z';
  cases.add("wrong-checksum", checksum, "");
  std::string huge = make_tar({with(TarItem::file("x", ""), [](TarItem& i) {
    i.pax = {{"comment", std::string(3 << 20, 'c')}};
  })});
  cases.add("huge-header", huge, "");
  cases.add("bomb-gzip", gzip(std::string(280u << 20, '\0')), "bomb");
  cases.add("bomb-zstd", zstd(std::string(280u << 20, '\0')), "bomb");
  cases.add("bomb-in-layer",
            make_tar(oci_items({make_tar({TarItem::file("x", std::string(280u << 20, '\0'))})})),
            "bomb");
}

void docker_archives(Cases& cases) {
  const Items good = docker_items({good_layer()});
  const auto manifest = [&](const std::string& name, const std::string& text,
                            const std::string& complaint) {
    cases.add(name, make_tar(replaced(good, "manifest.json", text)), complaint);
  };
  const std::string text = good.back().content;
  manifest("docker-not-json", "{", "not valid JSON");
  manifest("docker-number", "7", "lists no image");
  manifest("docker-empty", "[]", "lists no image");
  manifest("docker-string-items", R"(["x"])", "not a JSON object");
  manifest("docker-no-config", R"([{"Layers":[]}])", "");
  manifest("docker-nested-json", std::string(100000, '['), "nested too deep");
  manifest("docker-config-missing", R"([{"Config":"none.json","Layers":[]}])", "has no file");
  manifest("docker-config-outside", R"([{"Config":"../../etc/passwd","Layers":[]}])",
           "leads out of the root");
  manifest("docker-config-nul", "[{\"Config\":\"a\\u0000b\",\"Layers\":[]}]", "NUL");
  manifest("docker-layer-missing", swapped(text, "layer1/", "layer9/"), "is not there");
  manifest("docker-layer-outside", swapped(text, "layer1/layer.tar", "/etc/passwd"), "absolute");
  manifest("docker-layers-too-few", swapped(text, "\"layer1/layer.tar\"", ""), "layers");
  manifest("docker-layers-not-strings", swapped(text, "\"layer1/layer.tar\"", "5"), "strings");
  manifest("docker-bad-tag", swapped(text, "test/image:1", "Test/IMAGE:1"), "lowercase");
  cases.add("docker-wrong-diff-id",
            make_tar(replaced(good, "layer.tar", make_tar({TarItem::file("other", "x")}))),
            "digest");
  cases.add("docker-wrong-config-digest",
            make_tar(replaced(good, sha256_hex(make_config({good_layer()})) + ".json",
                              make_config({good_layer()}, R"({"Cmd":["/evil"]})"))),
            "digest");
  Items twice = good;
  twice.push_back(good.back());
  cases.add("docker-manifest-twice", make_tar(twice), "appears twice");
  Items linked = without(good, "layer1/layer.tar");
  linked.push_back(TarItem::symlink("layer1/layer.tar", "../../../../etc/passwd"));
  cases.add("docker-layer-link-outside", make_tar(linked), "is not there");
  Items loop = without(good, "layer1/layer.tar");
  loop.push_back(TarItem::symlink("layer1/layer.tar", "layer.tar"));
  cases.add("docker-layer-link-loop", make_tar(loop), "is not there");
  cases.add("docker-layer-truncated", make_tar(docker_items({good_layer().substr(0, 700)})),
            "runcated");
  cases.add("docker-layer-traversal",
            make_tar(docker_items({good_layer(), make_tar({TarItem::file("../x", "evil")})})),
            "leads out of the root");
  cases.add("docker-huge-config", make_tar(replaced(good, ".json", std::string(6u << 20, ' '))),
            "larger than");
  const auto config = [&](const std::string& name, const std::string& document,
                          const std::string& complaint) {
    cases.add(name,
              make_tar({TarItem::file("c.json", document),
                        TarItem::file("manifest.json", R"([{"Config":"c.json","Layers":[]}])")}),
              complaint);
  };
  config("config-list", "[]", "not a JSON object");
  config("config-no-rootfs", "{}", "not an image configuration");
  config("config-bad-digest", R"({"rootfs":{"type":"layers","diff_ids":["sha256:../../x"]}})",
         "not a sha256 digest");
  config("config-env-number", R"({"config":{"Env":[1]},"rootfs":{"type":"layers"}})", "strings");
  config("config-labels-list", R"({"config":{"Labels":[]},"rootfs":{"type":"layers"}})", "Labels");
  config("config-windows", R"({"os":"windows","rootfs":{"type":"layers","diff_ids":[]}})",
         "not for linux");
}

void oci_layouts(Cases& cases) {
  const Items good = oci_items({good_layer()});
  const auto index = [&](const std::string& name, const std::string& text,
                         const std::string& complaint) {
    cases.add(name, make_tar(replaced(good, "index.json", text)), complaint);
  };
  const std::string text = good.back().content;
  cases.add("oci-version", make_tar(replaced(good, "oci-layout", R"({"imageLayoutVersion":"7"})")),
            "version 1");
  cases.add("oci-no-index", make_tar(without(good, "index.json")), "has no file");
  index("oci-index-not-json", "]", "not valid JSON");
  index("oci-index-empty", R"({"manifests":[]})", "lists no image");
  index("oci-no-digest", R"({"manifests":[{"size":3}]})", "not a sha256 digest");
  index("oci-digest-path", R"({"manifests":[{"digest":"sha256:../../../etc/passwd","size":3}]})",
        "not a sha256 digest");
  index("oci-missing-blob",
        R"({"manifests":[{"digest":"sha256:)" + std::string(64, 'a') + R"(","size":3}]})",
        "has no file");
  index("oci-wrong-size", swapped(text, "\"size\":", "\"size\":1"), "bytes");
  index("oci-bad-name", swapped(text, "test/image:1", "test//image"), "reference");
  const std::string& blob = good[1].path;  // the layer
  cases.add("oci-wrong-blob", make_tar(replaced(good, blob, gzip("something else"))), "");
  std::string longer = good[1].content + "trailing";
  cases.add("oci-blob-with-more", make_tar(replaced(good, blob, longer)), "");
  std::string other = good[1].content;
  other[4] = static_cast<char>(other[4] ^ 1);  // gzip's time: the same data, another digest
  cases.add("oci-wrong-blob-digest", make_tar(replaced(good, blob, other)), "digest");
  cases.add("oci-blob-missing", make_tar(without(good, blob)), "is not there");
  const std::string foreign = R"({"manifests":[{"mediaType":"x","digest":"D","size":2,
      "platform":{"os":"plan9","architecture":"mips"}}]})";
  cases.add("oci-other-platform",
            make_tar({TarItem::file("oci-layout", R"({"imageLayoutVersion":"1.0.0"})"),
                      TarItem::file("blobs/sha256/" + sha256_hex(foreign), foreign),
                      TarItem::file("index.json", R"({"manifests":[{"digest":")" + sha256(foreign) +
                                                      R"(","size":)" +
                                                      std::to_string(foreign.size()) + "}]}")}),
            "no image for");
}

}  // namespace

std::vector<BrokenArchive> broken_archives() {
  Cases cases;
  paths(cases);
  links(cases);
  entries(cases);
  damage(cases);
  docker_archives(cases);
  oci_layouts(cases);
  return std::move(cases.all);
}

}  // namespace podrun::test
