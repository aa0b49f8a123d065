// The object store: all objects in memory, every write in SQLite (WAL) before it is told to anyone.
//
// Writes take effect at once for readers in this process and are gathered into one transaction;
// commit() makes them durable and only then hands the changes to subscribers. Who answers a client
// waits for the commit: an acknowledged write survives a power cut, and many share one fsync.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "supervisor/store/object.h"

namespace podrun::store {

/// An object with this key is there already.
class AlreadyExists : public Error {
  using Error::Error;
};
/// No object has this key.
class NotFound : public Error {
  using Error::Error;
};
/// The object is at another revision than expected.
class Conflict : public Error {
  using Error::Error;
};

enum class ChangeKind { kAdded, kModified, kDeleted };

/// One write. A deletion has a revision of its own, which `object` carries with its last state.
struct Change {
  ChangeKind kind = ChangeKind::kAdded;
  Object object;
  std::optional<Object> previous;  // of kModified and kDeleted
};

struct Options {
  /// Changes kept for watches that resume; older ones answer "gone".
  std::size_t history = 10'000;
  /// Resources that are written often and looked at seldom: of their objects only the texts stay in
  /// memory, and who looks at one parses it.
  std::vector<std::string> text_only;
};

/// Not thread-safe: one thread owns it and the objects that it gives.
class Store {
 public:
  /// Opens or creates the database at `path`, migrates its schema and reads all objects. A damaged
  /// file is an Error that names it and says what to do; the file is left as it is.
  static Store open(const std::string& path, const Options& options = {});
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;
  ~Store();  // commits nothing: what was not committed was never acknowledged

  /// Null where there is none. Valid until the next write.
  const Object* find(const ObjectKey& key) const;
  /// Ordered by namespace and name; an empty `namespace_` means all.
  std::vector<Object> list(const std::string& resource, const std::string& namespace_ = "") const;
  /// The revision of the latest write, committed or not; 1 in an empty store. Never goes back, also
  /// where a commit fails.
  std::int64_t revision() const;

  /// Each sets metadata.resourceVersion to the write's revision and returns the stored version.
  Object create(const ObjectKey& key, Json json);
  /// `expected`: the revision that it must be at now; none means any.
  Object update(const ObjectKey& key, Json json, std::optional<std::int64_t> expected = {});
  Object remove(const ObjectKey& key, std::optional<std::int64_t> expected = {});

  bool has_uncommitted() const;
  /// Durable, then told to the subscribers in order. Where the disk fails, throws: all uncommitted
  /// writes are undone (in memory, too) and nobody is told of them. From inside a callback, the
  /// changes are told when those before them are.
  void commit();

  /// The callback lives until the returned handle is destroyed, which it may do itself. It may
  /// write: such writes belong to the next commit. It must not throw. It hears every change that is
  /// told after this call, of which some may be older than what list() shows now: compare
  /// revisions.
  using Callback = std::function<void(const Change&)>;
  class Subscription {
   public:
    Subscription() = default;
    explicit Subscription(std::shared_ptr<void> life) : life_(std::move(life)) {}
    void reset() { life_.reset(); }

   private:
    std::shared_ptr<void> life_;
  };
  [[nodiscard]] Subscription subscribe(Callback callback);

  /// Committed changes of a resource after `revision`, in order; nothing where the history no
  /// longer reaches that far (410 Gone).
  std::optional<std::vector<Change>> changes_since(const std::string& resource,
                                                   std::int64_t revision) const;

 private:
  struct State;
  explicit Store(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace podrun::store
