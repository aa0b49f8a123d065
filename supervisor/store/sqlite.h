// SQLite's C interface with owners: a connection and its statements. Errors name the file.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

struct sqlite3;
struct sqlite3_stmt;

namespace podrun::store {

/// SQLite refused. The text is "<doing>: <SQLite's text>", with the errno's where there is one.
class SqliteError : public Error {
 public:
  SqliteError(const std::string& doing, int code, int errno_value, const std::string& hint);
  /// The result code without its extension: SQLITE_FULL, SQLITE_CORRUPT …
  int code() const { return code_; }
  /// The file is not what SQLite wrote.
  bool is_damage() const;

 private:
  int code_;
};

/// A prepared statement. Belongs to a Connection that must outlive it.
class Statement {
 public:
  /// Binds `values` (integers and texts) to ?1, ?2 … and forgets rows of an earlier start. Texts
  /// must live until the last step.
  template <typename... Values>
  void start(const Values&... values) {
    reset();
    int index = 0;
    (bind(++index, values), ...);
  }
  /// The next row; false after the last.
  bool step();
  /// For statements without rows.
  template <typename... Values>
  void run(const Values&... values) {
    start(values...);
    while (step()) {
    }
  }

  std::int64_t number(int column) const;
  /// Valid until the next step.
  std::string_view text(int column) const;
  bool is_null(int column) const;

 private:
  friend class Connection;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  void reset();
  void bind(int index, std::int64_t value);
  void bind(int index, std::string_view value);

  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
  std::string path_;
};

/// An open database file.
class Connection {
 public:
  /// The file must exist, if only empty.
  explicit Connection(const std::string& path);

  Statement prepare(std::string_view sql);
  /// One or more statements without parameters; rows are dropped.
  void execute(const std::string& sql);
  /// The first column of the first row; 0 or "" where there is none.
  std::int64_t number(std::string_view sql);
  std::string text(std::string_view sql);
  bool in_transaction() const;
  /// Whether closing moves the -wal file's content into the database and removes it (as it does
  /// unless told otherwise).
  void checkpoint_on_close(bool yes);

  const std::string& path() const { return path_; }

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  std::string path_;
  std::unique_ptr<sqlite3, Close> handle_;
};

/// Rolls back what was not committed in the end.
class Transaction {
 public:
  explicit Transaction(Connection& connection);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();
  void commit();

 private:
  Connection& connection_;
};

}  // namespace podrun::store
