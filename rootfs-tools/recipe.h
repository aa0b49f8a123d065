// How to write a layer's tar again from its unpacked folder, byte for byte, so that an exported
// image has the digests it was imported with. A recipe holds all bytes of the stream that are not a
// file's data, and for the data the name of the file: records "V" <u32 size> <bytes> and "F" <u64
// size> <u16 length> <path>, little endian, the whole in gzip.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>

#include "base/fd.h"

// NOLINTNEXTLINE(readability-identifier-naming): zlib's own name
struct gzFile_s;

namespace podrun::images {

/// Watches a plain tar stream go by. Its reading of the headers is independent of libarchive's: a
/// tar that the two understand differently is refused.
class RecipeWriter {
 public:
  /// `what` names the layer in errors.
  RecipeWriter(Fd file, std::string what);
  ~RecipeWriter();
  RecipeWriter(const RecipeWriter&) = delete;
  RecipeWriter& operator=(const RecipeWriter&) = delete;

  /// The next bytes of the stream.
  void feed(const char* data, std::size_t size);
  /// The next file in the stream that has data is this one, of this size; called before its data
  /// are read.
  void file(const std::string& path, std::uint64_t size);
  /// The stream has ended.
  void finish();

 private:
  enum class State { kHeader, kSparseHeader, kExtended, kVerbatim, kPayload, kTrailer };
  enum class Kind { kVerbatim, kPayload, kSparseFile };
  struct Record {
    Kind kind = Kind::kVerbatim;
    std::uint64_t size = 0;
    std::string bytes;
  };

  std::size_t take(const char* data, std::size_t size);
  void part_complete();
  void take_header();
  void take_extended();
  void start_body(char type, std::uint64_t size);
  void enter(State state, std::uint64_t size);
  void next_header() { enter(State::kHeader, 512); }
  void keep(std::string_view bytes);
  void flush_verbatim();
  void write_verbatim(std::string_view bytes);
  void write(const void* data, std::size_t size);
  [[noreturn]] void refuse(const std::string& why) const;

  std::string what_;
  gzFile_s* out_ = nullptr;
  State state_ = State::kHeader;
  std::uint64_t left_ = 512;       // bytes of the current part still to come
  std::uint64_t padding_ = 0;      // after a payload, up to a block
  std::string part_;               // a header or extended header, so far
  std::size_t extended_size_ = 0;  // of an extended header without its padding
  std::uint64_t sparse_body_ = 0;  // bytes after a sparse file's headers
  std::int64_t pax_size_ = -1;     // what an extended header said of the next file
  bool pax_sparse_ = false;
  std::deque<Record> pending_;  // what libarchive has not come to yet
  std::size_t pending_bytes_ = 0;
};

/// Where a recipe's output goes.
using ByteSink = std::function<void(const char* data, std::size_t size)>;

/// How long the tar is that a recipe makes.
std::uint64_t recipe_length(const std::string& recipe_file);
/// Writes the tar, taking files from `layer_folder`. Throws where a file is missing or has another
/// size than it had.
void replay_recipe(const std::string& recipe_file, const std::string& layer_folder,
                   const ByteSink& sink);

}  // namespace podrun::images
