// One change of the store, by one process at a time: staged below images/tmp, then made visible all
// at once. A kill at any moment leaves the state before or the state after.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/fd.h"
#include "rootfs-tools/index.h"

namespace podrun::images {

class StoreChange {
 public:
  /// Waits for the writer lock (calling `waiting` once if someone has it) and empties images/tmp.
  explicit StoreChange(const std::string& data_dir, const std::function<void()>& waiting = nullptr);
  /// Removes what was staged and not committed.
  ~StoreChange();
  StoreChange(const StoreChange&) = delete;
  StoreChange& operator=(const StoreChange&) = delete;

  /// The index as it is to be after the commit.
  std::vector<IndexEntry>& entries() { return entries_; }
  /// Adds an image, or names to one that is there; names that others had move to it.
  void add_image(const IndexEntry& image);
  /// Finds what a user calls a reference; throws BadInput "no such image: …".
  IndexEntry& require(const std::string& reference);

  bool has_layer(const std::string& diff_id) const;

  /// A folder to unpack a layer into, and the file for its recipe.
  struct Staging {
    std::string folder, recipe;
  };
  Staging stage_layer();
  /// What was staged is this layer. Where the store has it already the staged one is dropped.
  void adopt_layer(const Staging& staging, const std::string& diff_id);
  void stage_config(const std::string& id, const std::string& text);
  /// A file without a name below images/tmp.
  Fd temporary_file() const;

  /// Makes the staged and the index durable and visible.
  void commit();
  /// Moves layers and configurations that no entry uses out of sight; they are removed with the
  /// staged. Returns the diff ids of the layers. Only after commit(), under the in-use lock.
  std::vector<std::string> take_unused_away();
  /// Bytes of the files that will be removed at destruction.
  std::uint64_t bytes_to_remove() const;

 private:
  std::string new_name();

  std::string data_dir_;
  Fd lock_;
  std::vector<IndexEntry> entries_;
  std::map<std::string, Staging> staged_layers_;       // by diff id
  std::map<std::string, std::string> staged_configs_;  // id to file
  int names_ = 0;
};

}  // namespace podrun::images
