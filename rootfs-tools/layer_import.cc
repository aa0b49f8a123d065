#include "rootfs-tools/layer_import.h"

#include <fcntl.h>

#include <algorithm>

#include "base/error.h"
#include "rootfs-tools/decompress.h"
#include "rootfs-tools/layer_writer.h"
#include "rootfs-tools/recipe.h"
#include "rootfs-tools/tar_reader.h"

namespace podrun::images {

LayerFacts LayerImporter::import_layer(const SourceLayer& layer, const FileSet& files,
                                       const std::string& what) {
  const auto file = files.open(layer.file);
  HashingSource blob(*file, [&](const char*, std::size_t size) { bytes_read_(size); });
  DecompressingSource tar(blob, budget_, what);
  LayerFacts facts = change_.has_layer(layer.diff_id) ? walk(tar, what) : unpack(tar, what);
  blob.drain();
  if (layer.size && blob.count() != *layer.size)
    throw BadInput(what + ": has " + std::to_string(blob.count()) + " bytes, not " +
                   std::to_string(*layer.size));
  if (layer.digest) {
    const std::string digest = blob.digest();
    if (digest != *layer.digest)
      throw BadInput(what + ": the digest is " + digest + ", not " + *layer.digest);
  }
  if (facts.diff_id != layer.diff_id)
    throw BadInput(what + ": the unpacked digest is " + facts.diff_id + ", not " + layer.diff_id);
  return facts;
}

LayerFacts LayerImporter::import_rootfs(ByteSource& tar, const std::string& what) {
  HashingSource counted(tar, [&](const char*, std::size_t size) { bytes_read_(size); });
  return unpack(counted, what);
}

LayerFacts LayerImporter::unpack(ByteSource& tar, const std::string& what) {
  const StoreChange::Staging staging = change_.stage_layer();
  RecipeWriter recipe(open_path(staging.recipe, O_WRONLY | O_CREAT | O_EXCL, 0600), what);
  HashingSource hashed(tar, [&](const char* data, std::size_t size) { recipe.feed(data, size); });
  LayerWriter writer(open_path(staging.folder, O_RDONLY | O_DIRECTORY), what, budget_, notes_);
  TarReader reader(hashed, what);
  LayerFacts facts;
  TarEntry entry;
  while (reader.next(entry)) {
    if (entry.type == EntryType::kFile && entry.size > 0) recipe.file(entry.path, entry.size);
    writer.add(entry, reader);
    facts.size += entry.size;
    facts.newest_time = std::max<std::int64_t>(facts.newest_time, entry.mtime.tv_sec);
  }
  hashed.drain();
  if (hashed.count() == 0) throw BadInput(what + ": empty file");
  recipe.finish();
  writer.finish();
  facts.diff_id = hashed.digest();
  change_.adopt_layer(staging, facts.diff_id);
  return facts;
}

/// Reads a layer that the store has: it is held to its digest like any other.
LayerFacts LayerImporter::walk(ByteSource& tar, const std::string& what) {
  HashingSource hashed(tar);
  TarReader reader(hashed, what);
  LayerFacts facts;
  TarEntry entry;
  while (reader.next(entry)) {
    budget_.count_entry(what);
    budget_.count_bytes(entry.size, what);
    facts.size += entry.size;
  }
  hashed.drain();
  facts.diff_id = hashed.digest();
  return facts;
}

}  // namespace podrun::images
