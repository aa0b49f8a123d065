#include "supervisor/store/database.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "supervisor/store/checksum.h"

namespace podrun::store {
namespace {

/// Changes leave the history in steps: many that lie side by side cost little more than one.
constexpr std::int64_t kCompactionStep = 64;
/// At most so many at once, beyond twice what is written: no commit waits long for it.
constexpr std::int64_t kCompactionMost = 256;

/// A version, as checked_object wants it.
constexpr const char* kVersionColumns =
    "v.revision, v.kind, v.resource, v.namespace, v.name, v.previous, v.total, v.checksum, v.body";
enum VersionColumn {
  kRevision,
  kKind,
  kResource,
  kNamespace,
  kName,
  kPrevious,
  kTotal,
  kChecksum,
  kBody,
  kAfterVersion
};

std::int64_t number_of(ChangeKind kind) { return static_cast<std::int64_t>(kind); }

std::int64_t checksum_of(const ObjectKey& key, std::int64_t kind, std::int64_t revision,
                         std::int64_t previous, std::int64_t total, std::string_view body) {
  const std::int64_t numbers[] = {kind, revision, previous, total};
  std::uint64_t sum = checksum(0, {reinterpret_cast<const char*>(numbers), sizeof numbers});
  for (const std::string* part : {&key.resource, &key.namespace_, &key.name}) {
    sum = checksum(sum, *part);
  }
  return static_cast<std::int64_t>(checksum(sum, body));
}

ObjectKey key_at(const Statement& row, int column) {
  return {std::string(row.text(column)), std::string(row.text(column + 1)),
          std::string(row.text(column + 2))};
}

std::string to_text(const ObjectKey& key) {
  return key.resource + " " + (key.namespace_.empty() ? "" : key.namespace_ + "/") + key.name;
}

Damaged wrong_entry(const std::string& path, const ObjectKey& key) {
  return damaged(path, "the entry of " + to_text(key) + " is not as it was written");
}

Object from_text(ObjectKey key, std::int64_t revision, std::string text) {
  Object object{std::move(key), revision, LazyJson::of_text(std::move(text)), nullptr};
  object.text = object.json.text();
  return object;
}

}  // namespace

Database::Database(const std::string& path)
    : path_(path), lock_(lock_database(path)), log_(path), connection_(open_database(path)) {}

void Database::prepare() {
  put_change_ = connection_.prepare("INSERT INTO changes VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9)");
  put_object_ = connection_.prepare(
      "INSERT INTO objects VALUES (?1,?2,?3,?4) "
      "ON CONFLICT DO UPDATE SET revision = excluded.revision");
  drop_object_ = connection_.prepare(
      "DELETE FROM objects WHERE resource = ?1 AND namespace = ?2 AND name = ?3");
  drop_replaced_ = connection_.prepare(
      "DELETE FROM changes WHERE revision IN (SELECT previous FROM changes "
      "WHERE revision > ?1 AND revision <= ?2)");
  drop_deletions_ = connection_.prepare(
      "DELETE FROM changes WHERE revision > ?1 AND revision <= ?2 AND kind = ?3");
  put_compacted_ = connection_.prepare("UPDATE meta SET value = ?1 WHERE name = 'compacted'");
}

void Database::check(const Statement& row) const {
  const std::int64_t revision = row.number(kRevision);
  if (checksum_of(key_at(row, kResource), row.number(kKind), revision, row.number(kPrevious),
                  row.number(kTotal), row.text(kBody)) != row.number(kChecksum)) {
    throw damaged(path_, "revision " + std::to_string(revision) + " is not as it was written");
  }
}

Object Database::checked_object(const Statement& row) const {
  check(row);
  return from_text(key_at(row, kResource), row.number(kRevision), std::string(row.text(kBody)));
}

void Database::check_structure() {
  // A whole quick_check takes as long as all the rest of a start: `changes` is read through anyway,
  // and asking for the schema's table looks at the free pages, too.
  for (const char* table : {"sqlite_master", "objects", "meta"}) {
    const std::string found = connection_.text(std::string("PRAGMA quick_check(") + table + ")");
    if (found != "ok") throw damaged(path_, found.substr(found.rfind('\n') + 1));
  }
}

std::vector<Object> Database::read_entries() {
  std::vector<Object> entries;
  Statement rows = connection_.prepare(
      "SELECT resource, namespace, name, revision FROM objects ORDER BY resource, namespace, name");
  rows.start();
  while (rows.step()) {
    Object entry{key_at(rows, 0), rows.number(3), {}, nullptr};
    if (!entries.empty() && !(entries.back().key < entry.key)) throw wrong_entry(path_, entry.key);
    entries.push_back(std::move(entry));
  }
  return entries;
}

void Database::read_versions(std::vector<Object>& entries) {
  std::vector<Object*> wanted;
  wanted.reserve(entries.size());
  for (Object& entry : entries) wanted.push_back(&entry);
  std::stable_sort(wanted.begin(), wanted.end(),
                   [](const Object* a, const Object* b) { return a->revision < b->revision; });
  auto next = wanted.begin();
  std::int64_t before = 0;
  Statement rows = connection_.prepare(std::string("SELECT ") + kVersionColumns +
                                       " FROM changes v ORDER BY v.revision");
  rows.start();
  while (rows.step()) {
    check(rows);
    const std::int64_t revision = rows.number(kRevision);
    if (revision <= before) throw damaged(path_, "its revisions are out of order");
    before = revision;
    if (next == wanted.end() || (*next)->revision > revision) continue;
    if ((*next)->revision < revision) break;
    Object& entry = **next;
    if (entry.key != key_at(rows, kResource) ||
        rows.number(kKind) == number_of(ChangeKind::kDeleted)) {
      throw wrong_entry(path_, entry.key);
    }
    entry = from_text(std::move(entry.key), revision, std::string(rows.text(kBody)));
    ++next;
  }
  if (next == wanted.end()) return;
  throw damaged(path_, "revision " + std::to_string((*next)->revision) + " of " +
                           to_text((*next)->key) + " is missing");
}

std::vector<Object> Database::load() try {
  prepare();
  check_structure();
  compacted_ = connection_.number("SELECT value FROM meta WHERE name = 'compacted'");
  // The latest change is never compacted.
  revision_ = std::max<std::int64_t>(1, connection_.number("SELECT max(revision) FROM changes"));
  const std::int64_t total =
      connection_.number("SELECT total FROM changes ORDER BY revision DESC LIMIT 1");
  std::vector<Object> objects = read_entries();
  read_versions(objects);
  if (static_cast<std::int64_t>(objects.size()) != total) {
    throw damaged(path_, "it has " + std::to_string(objects.size()) + " objects and should have " +
                             std::to_string(total));
  }
  connection_.checkpoint_on_close(true);
  return objects;
} catch (const SqliteError& error) {
  throw_explained(path_, error);
}

void Database::put(const Change& change, std::int64_t total) {
  const Object& object = change.object;
  const ObjectKey& key = object.key;
  const std::int64_t kind = number_of(change.kind);
  const std::int64_t previous = change.previous ? change.previous->revision : 0;
  const std::int64_t sum = checksum_of(key, kind, object.revision, previous, total, *object.text);
  put_change_.run(object.revision, kind, key.resource, key.namespace_, key.name, previous, total,
                  sum, *object.text);
  if (change.kind == ChangeKind::kDeleted) {
    drop_object_.run(key.resource, key.namespace_, key.name);
  } else {
    put_object_.run(key.resource, key.namespace_, key.name, object.revision);
  }
}

void Database::compact(std::int64_t up_to) {
  drop_replaced_.run(compacted_, up_to);
  drop_deletions_.run(compacted_, up_to, number_of(ChangeKind::kDeleted));
  put_compacted_.run(up_to);
}

/// Once: it stays so until podrun starts with another file.
void Database::tell_damage(const std::string& what) {
  if (std::exchange(history_damaged_, true)) return;
  std::fprintf(
      stderr,
      "podrun: the history in %s is damaged: %s; it is not shortened any more, and watches "
      "that need it start anew\n",
      path_.c_str(), what.c_str());
}

bool Database::write_once(std::span<const Change> changes, std::int64_t count,
                          std::int64_t compact_to) {
  Transaction transaction(connection_);
  for (const Change& change : changes) {
    count += change.kind == ChangeKind::kAdded ? 1 : change.kind == ChangeKind::kDeleted ? -1 : 0;
    put(change, count);
  }
  if (compact_to > compacted_) {
    try {
      compact(compact_to);
    } catch (const SqliteError& error) {
      if (!error.is_damage()) throw;
      tell_damage(error.what());
      return false;
    }
  }
  transaction.commit();
  return true;
}

void Database::write(std::span<const Change> changes, std::size_t total, std::int64_t compactable) {
  if (changes.empty()) return;
  const std::int64_t latest = changes.back().object.revision;
  const std::int64_t count = static_cast<std::int64_t>(total);
  std::int64_t compact_to = compacted_;
  const std::int64_t target = std::min(compactable, latest - 1);
  if (!history_damaged_ && target - compacted_ >= kCompactionStep) {
    const std::int64_t written = static_cast<std::int64_t>(changes.size());
    compact_to = std::min(target, compacted_ + kCompactionMost + 2 * written);
  }
  // SQLite writes no more in a transaction that met damage.
  if (!write_once(changes, count, compact_to)) {
    compact_to = compacted_;
    write_once(changes, count, compact_to);
  }
  revision_ = latest;
  compacted_ = compact_to;
}

std::optional<std::vector<Change>> Database::read_changes(const std::string& resource,
                                                          std::int64_t revision) try {
  // A version that a change in the history replaced is there still: see compact().
  Statement rows =
      connection_.prepare(std::string("SELECT ") + kVersionColumns +
                          ", p.body FROM changes v LEFT JOIN changes p ON p.revision = v.previous "
                          "WHERE v.revision > ?1 AND v.resource = ?2 ORDER BY v.revision");
  rows.start(revision, resource);
  std::vector<Change> changes;
  while (rows.step()) {
    Change change{static_cast<ChangeKind>(rows.number(kKind)), checked_object(rows), {}};
    if (change.kind != ChangeKind::kAdded) {
      if (rows.is_null(kAfterVersion)) {
        throw damaged(path_, "revision " + std::to_string(rows.number(kPrevious)) + " is missing");
      }
      change.previous = from_text(change.object.key, rows.number(kPrevious),
                                  std::string(rows.text(kAfterVersion)));
    }
    changes.push_back(std::move(change));
  }
  return changes;
} catch (const SqliteError& error) {
  if (!error.is_damage()) throw;
  tell_damage(error.what());
  return std::nullopt;
} catch (const Damaged& error) {
  tell_damage(error.what());
  return std::nullopt;
}

}  // namespace podrun::store
