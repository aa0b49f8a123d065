#include "supervisor/store/sqlite.h"

#include <sqlite3.h>

namespace podrun::store {
namespace {

/// SQLITE_FULL and SQLITE_IOERR_* are of the disk, SQLITE_READONLY and others of the file.
std::string hint_of(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL:
      return "free space on this file system";
    case SQLITE_IOERR:
      return "look at the kernel's log for errors of the disk";
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return "look at the owner and mode of the file and its folder";
    default:
      return "";
  }
}

/// Only these come from the operating system; of others the errno is an old one.
bool has_errno(int code) {
  const int primary = code & 0xff;
  return primary == SQLITE_IOERR || primary == SQLITE_FULL || primary == SQLITE_CANTOPEN;
}

[[noreturn]] void fail(sqlite3* handle, int code, const std::string& doing) {
  const int errno_value = handle && has_errno(code) ? sqlite3_system_errno(handle) : 0;
  throw SqliteError(doing + ": " + (handle ? sqlite3_errmsg(handle) : sqlite3_errstr(code)), code,
                    errno_value, hint_of(code));
}

}  // namespace

SqliteError::SqliteError(const std::string& doing, int code, int errno_value,
                         const std::string& hint)
    : Error(doing, errno_value, hint), code_(code & 0xff) {}

bool SqliteError::is_damage() const {
  // SQLITE_ERROR: a schema that does not have what every version has.
  return code_ == SQLITE_CORRUPT || code_ == SQLITE_NOTADB || code_ == SQLITE_ERROR ||
         code_ == SQLITE_FORMAT;
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

void Statement::reset() { sqlite3_reset(handle_.get()); }

void Statement::bind(int index, std::int64_t value) {
  sqlite3_bind_int64(handle_.get(), index, value);
}

void Statement::bind(int index, std::string_view value) {
  const int code = sqlite3_bind_text64(handle_.get(), index, value.data() ? value.data() : "",
                                       value.size(), SQLITE_STATIC, SQLITE_UTF8);
  if (code != SQLITE_OK) fail(sqlite3_db_handle(handle_.get()), code, "write " + path_);
}

bool Statement::step() {
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    reset();
    return false;
  }
  const bool reads = sqlite3_stmt_readonly(handle_.get()) != 0;
  try {
    fail(sqlite3_db_handle(handle_.get()), code, (reads ? "read " : "write ") + path_);
  } catch (...) {
    reset();
    throw;
  }
}

std::int64_t Statement::number(int column) const {
  return sqlite3_column_int64(handle_.get(), column);
}

std::string_view Statement::text(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(handle_.get(), column));
  const int size = sqlite3_column_bytes(handle_.get(), column);
  return data ? std::string_view(data, static_cast<std::size_t>(size)) : std::string_view();
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL;
}

Connection::Connection(const std::string& path) : path_(path) {
  sqlite3* handle = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  handle_.reset(handle);
  if (code != SQLITE_OK) fail(handle, code, "open " + path);
}

void Connection::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }

Statement Connection::prepare(std::string_view sql) {
  Statement statement;
  statement.path_ = path_;
  sqlite3_stmt* handle = nullptr;
  const int code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
  statement.handle_.reset(handle);
  if (code != SQLITE_OK) fail(handle_.get(), code, "read " + path_);
  return statement;
}

void Connection::execute(const std::string& sql) {
  const int code = sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(handle_.get(), code, "write " + path_);
}

std::int64_t Connection::number(std::string_view sql) {
  Statement statement = prepare(sql);
  return statement.step() ? statement.number(0) : 0;
}

std::string Connection::text(std::string_view sql) {
  Statement statement = prepare(sql);
  return statement.step() ? std::string(statement.text(0)) : "";
}

bool Connection::in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }

void Connection::checkpoint_on_close(bool yes) {
  sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, yes ? 0 : 1, nullptr);
}

Transaction::Transaction(Connection& connection) : connection_(connection) {
  connection_.execute("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
  // Some failures of the disk roll back by themselves.
  if (!connection_.in_transaction()) return;
  try {
    connection_.execute("ROLLBACK");
  } catch (const SqliteError&) {
    // In WAL mode a rollback forgets pages in memory: what fails here fails again at the next
    // BEGIN.
  }
}

void Transaction::commit() { connection_.execute("COMMIT"); }

}  // namespace podrun::store
