// The database's files: that one process uses them, that they are podrun's, that a new one appears
// whole. What is in the tables is not looked at here.
//
// podrun.db, podrun.db-wal (SQLite's log of what is not in podrun.db yet), podrun.db.lock.
#pragma once

#include <string>

#include "base/fd.h"
#include "supervisor/store/sqlite.h"

namespace podrun::store {

/// Locks `path` against other processes until the descriptor is closed. An Error names the process
/// that has it.
Fd lock_database(const std::string& path);

/// Opens the database at `path`, which the caller has locked; makes it where there is none.
/// Nothing is changed in a file that is damaged, foreign, or of a newer podrun: those are Errors.
/// The connection leaves database and log as they are when it is closed, until the caller says
/// otherwise (Connection::checkpoint_on_close).
Connection open_database(const std::string& path);

/// The database is not as it was written.
class Damaged : public Error {
  using Error::Error;
};
/// Names the file and says what to do.
Damaged damaged(const std::string& path, const std::string& what);

/// What SQLite says while the database is opened and read, in words that say what to do.
[[noreturn]] void throw_explained(const std::string& path, const SqliteError& error);

/// Removes an empty -wal file in the end: SQLite makes one when it only looks at a database.
class EmptyLogRemover {
 public:
  explicit EmptyLogRemover(const std::string& path) : log_(path + "-wal") {}
  EmptyLogRemover(const EmptyLogRemover&) = delete;
  EmptyLogRemover& operator=(const EmptyLogRemover&) = delete;
  ~EmptyLogRemover();

 private:
  std::string log_;
};

}  // namespace podrun::store
