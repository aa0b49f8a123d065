// What of the store outlives the process: reads all objects at the start, writes changes in
// transactions, reads the history. It decides nothing about what may be written.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/fd.h"
#include "supervisor/store/database_file.h"
#include "supervisor/store/sqlite.h"
#include "supervisor/store/store.h"

namespace podrun::store {

class Database {
 public:
  /// Errors as Store::open.
  explicit Database(const std::string& path);

  /// All objects in the order of their keys, each checked. To be called once, before the others.
  std::vector<Object> load();
  /// Of the latest change; 1 where there was none yet.
  std::int64_t revision() const { return revision_; }
  /// Changes up to this revision are not in the history any more.
  std::int64_t compacted() const { return compacted_; }

  /// All or none of `changes` (in order, newer than revision()), durable. `total`: the number of
  /// objects before them. Changes up to `compactable` may leave the history; each call removes a
  /// bounded number. Damage there fails no write: the history is then kept as it is.
  void write(std::span<const Change> changes, std::size_t total, std::int64_t compactable);

  /// The changes of a resource after `revision`, in order; nothing where they are damaged.
  std::optional<std::vector<Change>> read_changes(const std::string& resource,
                                                  std::int64_t revision);

 private:
  void prepare();
  void put(const Change& change, std::int64_t total);
  void compact(std::int64_t up_to);
  /// False where compacting met damage: then nothing is written.
  bool write_once(std::span<const Change> changes, std::int64_t count, std::int64_t compact_to);
  void tell_damage(const std::string& what);
  void check_structure();
  /// Keys and revisions of all objects, in the order of their keys.
  std::vector<Object> read_entries();
  /// Checks every version, and completes the entries from theirs.
  void read_versions(std::vector<Object>& entries);
  void check(const Statement& row) const;
  Object checked_object(const Statement& row) const;

  std::string path_;
  Fd lock_;  // outlives the connection
  EmptyLogRemover log_;
  Connection connection_;
  Statement put_change_, put_object_, drop_object_;
  Statement drop_replaced_, drop_deletions_, put_compacted_;
  std::int64_t revision_ = 1;
  std::int64_t compacted_ = 0;
  bool history_damaged_ = false;
};

}  // namespace podrun::store
