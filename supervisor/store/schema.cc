#include "supervisor/store/schema.h"

#include <string>

namespace podrun::store {
namespace {

// A body is written once: `changes` holds each version, `objects` says which of them are current. A
// version stays while it is current, or while a change that replaced it is part of the history.
//
// kind      0 added, 1 modified, 2 deleted (the body is then the last state)
// previous  the revision of the version that this change replaced; 0 where there was none
// total     how many objects there are after this change
// checksum  of kind, revision, previous, total, key and body
//
// The texts before `body` are found without reading it.
constexpr const char* kVersion1 = R"(
  CREATE TABLE changes (
    revision INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,
    resource TEXT NOT NULL,
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    previous INTEGER NOT NULL,
    total INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    body TEXT NOT NULL
  );
  CREATE TABLE objects (
    resource TEXT NOT NULL,
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    revision INTEGER NOT NULL,
    PRIMARY KEY (resource, namespace, name)
  ) WITHOUT ROWID;
  -- 'compacted': changes up to this revision are not part of the history.
  CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
  ) WITHOUT ROWID;
  INSERT INTO meta VALUES ('compacted', 0);
)";

constexpr const char* kSteps[] = {kVersion1};

}  // namespace

std::span<const char* const> steps() { return kSteps; }

void migrate(Connection& connection, std::span<const char* const> steps) {
  const std::int64_t known = static_cast<std::int64_t>(steps.size());
  std::int64_t version = connection.number("PRAGMA user_version");
  if (version > known) {
    throw Error(connection.path() + " has schema version " + std::to_string(version) +
                    ", and this podrun knows versions up to " + std::to_string(known),
                0,
                "run the newer podrun that wrote it, or move the file away together with its -wal "
                "file to start with an empty one");
  }
  for (; version < known; ++version) {
    Transaction transaction(connection);
    connection.execute(steps[static_cast<std::size_t>(version)]);
    connection.execute("PRAGMA user_version = " + std::to_string(version + 1));
    transaction.commit();
  }
}

}  // namespace podrun::store
