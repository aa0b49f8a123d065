#include "supervisor/store/database_file.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <optional>
#include <thread>

#include "base/clock.h"
#include "base/files.h"
#include "supervisor/store/log_file.h"
#include "supervisor/store/schema.h"

namespace podrun::store {
namespace {

constexpr mode_t kMode = 0600;  // Secrets are in it

std::string wal_of(const std::string& path) { return path + "-wal"; }

/// The size in bytes; nothing where there is no such file.
std::optional<off_t> size_of(const std::string& path) {
  struct stat facts {};
  if (::stat(path.c_str(), &facts) == 0) return facts.st_size;
  if (errno == ENOENT) return std::nullopt;
  throw_errno("look at " + path);
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

void remove_if_exists(const std::string& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) throw_errno("remove " + path);
}

/// Made under another name and renamed: a database that is there is a whole one, and an empty file
/// is always damage.
void create(const std::string& path) {
  if (size_of(wal_of(path))) {
    // SQLite would play an old log into the new database.
    throw Error(wal_of(path) + " is there without " + path, 0,
                "put the database back beside it, or move it away to start with an empty one");
  }
  const std::string fresh = path + ".new";
  remove_if_exists(fresh);
  remove_if_exists(wal_of(fresh));
  remove_if_exists(fresh + "-journal");
  open_path(fresh, O_RDWR | O_CREAT | O_EXCL, kMode);
  {
    Connection connection(fresh);
    connection.execute("PRAGMA locking_mode = EXCLUSIVE");
    connection.execute("PRAGMA synchronous = OFF");  // once, in the end
    connection.execute("PRAGMA application_id = " + std::to_string(kApplicationId));
    connection.execute("PRAGMA journal_mode = WAL");
    migrate(connection, steps());
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)");
  }
  const Fd whole = open_path(fresh, O_RDWR);
  if (::fsync(whole.get()) != 0) throw_errno("fsync " + fresh);
  if (::rename(fresh.c_str(), path.c_str()) != 0) throw_errno("rename " + fresh + " to " + path);
  const Fd folder = open_path(folder_of(path), O_RDONLY | O_DIRECTORY);
  if (::fsync(folder.get()) != 0) throw_errno("fsync " + folder_of(path));
}

/// What SQLite is too lenient with: it takes an empty file for a new database and then removes the
/// log beside it, and reads zeros where the last page is cut.
void check_header(const std::string& path, off_t size) {
  constexpr std::string_view kMagic("SQLite format 3\0", 16);
  constexpr off_t kSmallestPage = 512;
  if (size < kSmallestPage) {
    throw damaged(path, "it has " + std::to_string(size) + " bytes, which is too short");
  }
  std::string header(kMagic.size() + 2, '\0');
  const Fd file = open_path(path, O_RDWR);
  if (::pread(file.get(), header.data(), header.size(), 0) != ssize_t(header.size())) {
    throw_errno("read " + path);
  }
  if (header.compare(0, kMagic.size(), kMagic) != 0) {
    throw damaged(path, "it is not an SQLite database");
  }
  // Big-endian; 1 means 65536 (sqlite.org/fileformat2.html). A log may hold the rest of a page.
  const auto byte = [&header](std::size_t at) { return static_cast<unsigned char>(header[at]); };
  const off_t page = byte(16) * 256 + byte(17);
  if (page > 1 && size % page != 0 && size_of(wal_of(path)).value_or(0) == 0) {
    throw damaged(path, "it ends within a page");
  }
}

Connection connect(const std::string& path) {
  Connection connection(path);
  connection.checkpoint_on_close(false);
  // Exclusive: no -shm file, and no system calls for locks. The lock file is what others run into;
  // this keeps `sqlite3 podrun.db` from writing beside us.
  connection.execute(
      "PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = FULL; PRAGMA cell_size_check = ON;"
      "PRAGMA journal_size_limit = 16777216");
  if (connection.number("PRAGMA application_id") != kApplicationId) {
    throw damaged(path, "it is not a database of podrun");
  }
  if (connection.text("PRAGMA journal_mode") != "wal" ||
      connection.number("PRAGMA user_version") < 1) {
    throw damaged(path, "its header is wrong");
  }
  migrate(connection, steps());
  return connection;
}

/// Who wrote its number into the lock file; "" where it has not yet.
std::string owner_in(int lock, const std::string& path) {
  char digits[16];
  const ssize_t got = ::pread(lock, digits, sizeof digits, 0);
  if (got < 0) throw_errno("read " + path);
  return {digits, static_cast<std::size_t>(got)};
}

bool is_gone(const std::string& pid) {
  return !pid.empty() && ::access(("/proc/" + pid).c_str(), F_OK) != 0;
}

/// False where another process has the lock. A daemon that was killed while it started a pod leaves
/// a child that holds a copy of all its descriptors until it is another program: that is waited
/// for.
bool take_lock(int lock, const std::string& path) {
  constexpr Nanoseconds kLongest = std::chrono::seconds(5), kStep = std::chrono::milliseconds(1);
  const SystemClock clock;
  const Moment end = clock.now() + kLongest;
  while (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) throw_errno("lock " + path);
    if (!is_gone(owner_in(lock, path)) || clock.now() >= end) return false;
    std::this_thread::sleep_for(kStep);
  }
  return true;
}

}  // namespace

Fd lock_database(const std::string& path) {
  const std::string lock_path = path + ".lock";
  Fd lock = open_path(lock_path, O_RDWR | O_CREAT, kMode);
  if (!take_lock(lock.get(), lock_path)) {
    const std::string owner = owner_in(lock.get(), lock_path);
    throw Error(path + " is in use by " + (owner.empty() ? "another process" : "process " + owner),
                0, "one daemon per data folder: stop that one, or give this one another folder");
  }
  if (::ftruncate(lock.get(), 0) != 0) throw_errno("truncate " + lock_path);
  write_all(lock.get(), std::to_string(::getpid()), lock_path);
  return lock;
}

Connection open_database(const std::string& path) {
  std::optional<off_t> size = size_of(path);
  if (!size) {
    create(path);
    size = size_of(path);
  }
  check_header(path, size.value_or(0));
  const std::string in_log = damage_of_log(wal_of(path));
  if (!in_log.empty()) throw damaged(path, in_log);
  try {
    return connect(path);
  } catch (const SqliteError& error) {
    throw_explained(path, error);
  }
}

void throw_explained(const std::string& path, const SqliteError& error) {
  if (error.is_damage()) throw damaged(path, error.what());
  if (error.code() == SQLITE_BUSY) {
    throw Error(path + " is in use by another process", 0,
                "end what has it open: `fuser " + path + "` shows it");
  }
  throw SqliteError(error);
}

EmptyLogRemover::~EmptyLogRemover() {
  struct stat facts {};
  if (::stat(log_.c_str(), &facts) == 0 && facts.st_size == 0) ::unlink(log_.c_str());
}

Damaged damaged(const std::string& path, const std::string& what) {
  return Damaged(path + " is damaged: " + what, 0,
                 "it was left as it is; move it and its -wal file, if there is one, away or put a "
                 "backup in their place, and start again: without them podrun starts with an empty "
                 "store, and ends the pods that it finds; until then running pods are unharmed");
}

}  // namespace podrun::store
