// Unpacks and verifies one layer.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "rootfs-tools/budget.h"
#include "rootfs-tools/notes.h"
#include "rootfs-tools/source_image.h"
#include "rootfs-tools/store_change.h"

namespace podrun::images {

struct LayerFacts {
  std::string diff_id;
  std::uint64_t size = 0;        // bytes of its files
  std::int64_t newest_time = 0;  // of its entries, seconds since 1970
};

/// Called with the bytes of the source read since the last call.
using BytesRead = std::function<void(std::uint64_t)>;

class LayerImporter {
 public:
  LayerImporter(StoreChange& change, Budget& budget, Notes& notes, BytesRead bytes_read)
      : change_(change), budget_(budget), notes_(notes), bytes_read_(std::move(bytes_read)) {}

  /// A layer of an image, with digests to hold it to. Where the store has it, it is only verified.
  LayerFacts import_layer(const SourceLayer& layer, const FileSet& files, const std::string& what);
  /// A plain tar that is a whole root file system.
  LayerFacts import_rootfs(ByteSource& tar, const std::string& what);

 private:
  LayerFacts unpack(ByteSource& tar, const std::string& what);
  LayerFacts walk(ByteSource& tar, const std::string& what);

  StoreChange& change_;
  Budget& budget_;
  Notes& notes_;
  BytesRead bytes_read_;
};

}  // namespace podrun::images
