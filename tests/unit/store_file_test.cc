// The database's files: damaged, foreign, newer, in use, half made, migrated.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <random>

#include "base/files.h"
#include "store_fault_vfs.h"
#include "store_fixture.h"
#include "supervisor/store/database_file.h"
#include "supervisor/store/schema.h"

namespace podrun::store {
namespace {

using Texts = std::vector<std::string>;
using testing::Test;

class StoreFileTest : public StoreTest {
 protected:
  bool exists(const std::string& suffix) const {
    return ::access((path() + suffix).c_str(), F_OK) == 0;
  }
  std::string bytes(const std::string& suffix = "") const { return read_file(path() + suffix); }
  void put(const std::string& content, const std::string& suffix = "") const {
    ::unlink((path() + suffix).c_str());  // to replace a file at once would wait for the disk
    const Fd file = open_path(path() + suffix, O_WRONLY | O_CREAT, 0600);
    write_all(file.get(), content, path() + suffix);
  }
  /// Some objects and some history, checkpointed: all is in the database file.
  void fill() {
    for (int i = 0; i < 40; ++i) create("o" + std::to_string(i), std::string(300, 'v'));
    for (int i = 0; i < 10; ++i) update("o3", std::to_string(i));
    for (int i = 0; i < 5; ++i) store().remove(key_of("o" + std::to_string(i + 20)));
    store().commit();
    expected_ = content(store());
    store_.reset();
    ASSERT_FALSE(exists("-wal"));
  }
  /// Copies the database and its log as a crash would leave them.
  void fill_with_log() {
    fill();
    create("late", "1");
    store().commit();
    expected_ = content(store());
    const std::string database = bytes(), log = bytes("-wal");
    store_.reset();
    put(database);
    put(log, "-wal");
  }
  /// The same with a log of ten transactions, the first of them the longest.
  void fill_with_transactions() {
    fill();
    for (int i = 0; i < 40; ++i) create("p" + std::to_string(i), std::string(300, 'w'));
    store().commit();
    for (int i = 1; i < 10; ++i) {
      update("p3", std::to_string(i));
      store().commit();
    }
    expected_ = content(store());
    const std::string database = bytes(), log = bytes("-wal");
    store_.reset();
    put(database);
    put(log, "-wal");
  }
  /// What opening throws; the files must stay as they are.
  std::string refusal() {
    const std::string database = bytes();
    const bool log_there = exists("-wal");
    const std::string log = log_there ? bytes("-wal") : "";
    const std::string text = error_of<Error>([this] { reopen(); });
    EXPECT_TRUE(bytes() == database) << "the database was changed";
    EXPECT_EQ(exists("-wal"), log_there);
    EXPECT_TRUE(!log_there || bytes("-wal") == log) << "the log was changed";
    EXPECT_FALSE(exists("-shm"));
    return text;
  }
  void expect_damaged() {
    const std::string text = refusal();
    EXPECT_EQ(text.rfind(path() + " is damaged: ", 0), 0u) << text;
    EXPECT_NE(text.find("move it and its -wal file"), std::string::npos) << text;
    EXPECT_NE(text.find("running pods are unharmed"), std::string::npos) << text;
  }

  Texts expected_;
};

TEST_F(StoreFileTest, OnlyRootReadsIt) {
  store();
  struct stat facts {};
  for (const char* suffix : {"", "-wal", ".lock"}) {
    ASSERT_EQ(::stat((path() + suffix).c_str(), &facts), 0) << suffix;
    EXPECT_EQ(facts.st_mode & 0777, 0600u) << suffix;
  }
  EXPECT_FALSE(exists("-shm"));
  EXPECT_FALSE(exists(".new"));
}

TEST_F(StoreFileTest, RefusesATruncatedDatabase) {
  fill();
  const std::string whole = bytes();
  for (std::size_t size :
       {std::size_t{0}, std::size_t{10}, std::size_t{100}, std::size_t{4096}, std::size_t{5000},
        whole.size() / 2, whole.size() - 4096, whole.size() - 1}) {
    SCOPED_TRACE(size);
    put(whole.substr(0, size));
    expect_damaged();
  }
  put(whole);
  reopen();
  EXPECT_EQ(content(store()), expected_);
}

TEST_F(StoreFileTest, RefusesATruncatedDatabaseWithALog) {
  fill_with_log();
  const std::string whole = bytes();
  for (std::size_t size : {std::size_t{0}, std::size_t{100}, std::size_t{4096}, whole.size() / 2}) {
    SCOPED_TRACE(size);
    put(whole.substr(0, size));
    expect_damaged();
  }
  put(whole);
  reopen();
  EXPECT_EQ(content(store()), expected_);
}

TEST_F(StoreFileTest, RefusesWhatIsNoDatabaseOrNotOurs) {
  put(std::string(8192, 'x'));
  expect_damaged();
  put("");
  {
    Connection foreign(path());
    foreign.execute("CREATE TABLE other (a); INSERT INTO other VALUES (1)");
  }
  const std::string text = refusal();
  EXPECT_NE(text.find("it is not a database of podrun"), std::string::npos) << text;
}

// All is either as it was written, or the store does not open.
TEST_F(StoreFileTest, NoChangedByteOfAnObjectGoesUnnoticed) {
  FaultVfs disk;  // only for its speed
  fill();
  const std::string whole = bytes();
  int refused = 0, unharmed = 0;
  for (std::size_t at = 0; at < whole.size(); at += at < 200 ? 1 : 97) {
    SCOPED_TRACE(at);
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ (1 << at % 8));
    put(changed);
    try {
      reopen();
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(path()), std::string::npos) << error.what();
      EXPECT_TRUE(bytes() == changed) << "the file was changed";
      EXPECT_FALSE(exists("-wal"));
      ++refused;
      continue;
    }
    ++unharmed;  // a byte of free space, or of the history
    EXPECT_EQ(content(store()), expected_);
    const auto changes = store().changes_since("configmaps", 1);
    EXPECT_TRUE(changes && changes->size() == 55);
    store_.reset();
  }
  EXPECT_GT(refused, 100);
  EXPECT_GT(unharmed, 10);
}

// Pages of objects, of the history alone, of long bodies and free ones: the store does not open, or
// all of it works.
TEST_F(StoreFileTest, ADamagedPageIsRefusedOrHarmless) {
  FaultVfs disk;  // only for its speed
  fill();
  for (int i = 0; i < 300; ++i) update("o5", std::string(9000, 'a'));
  for (int i = 0; i < 300; ++i) update("o" + std::to_string(i % 10), std::string(700, 'b'));
  store().commit();
  store_.reset();
  reopen({.history = 400});
  for (int i = 0; i < 10; ++i) {
    update("o6", std::to_string(i));
    store().commit();
  }
  expected_ = content(store());
  store_.reset();
  const std::string whole = bytes();
  constexpr std::size_t kPage = 4096;
  std::mt19937 random(1);
  int refused = 0, harmless = 0;
  for (std::size_t at = 0; at < whole.size(); at += kPage) {
    SCOPED_TRACE(at / kPage);
    std::string changed = whole;
    for (std::size_t i = at; i < at + kPage; ++i) changed[i] = static_cast<char>(random());
    put(changed);
    try {
      reopen({.history = 20});
    } catch (const Error& error) {
      EXPECT_EQ(std::string(error.what()).rfind(path() + " is damaged: ", 0), 0u) << error.what();
      EXPECT_TRUE(bytes() == changed) << "the file was changed";
      ++refused;
      continue;
    }
    ++harmless;
    EXPECT_EQ(content(store()), expected_);
    EXPECT_TRUE(store().changes_since("configmaps", store().revision() - 15));
    for (int i = 0; i < 6; ++i) {
      update("o7", std::string(20'000, 'c'));
      store().commit();
    }
    store_.reset();
  }
  EXPECT_GT(refused, 100);
  EXPECT_GT(harmless, 10);
}

// As when the disk forgets while podrun runs: pages that SQLite does not have in its memory.
TEST_F(StoreFileTest, DamageInTheHistoryFailsNoWrite) {
  FaultVfs disk;  // only for its speed
  fill();
  for (int i = 0; i < 600; ++i) update("o5", std::string(9000, 'a'));
  store().commit();
  reopen({.history = 20});
  const Fd file = open_path(path(), O_WRONLY);
  const std::string noise(std::size_t{100} * 4096, '\xa5');
  ASSERT_EQ(::pwrite(file.get(), noise.data(), noise.size(), off_t{50} * 4096),
            static_cast<ssize_t>(noise.size()));
  testing::internal::CaptureStderr();
  for (int i = 0; i < 20; ++i) {
    update("o5", std::to_string(i));
    store().commit();
  }
  const std::string told = testing::internal::GetCapturedStderr();
  EXPECT_NE(told.find("the history in " + path() + " is damaged: "), std::string::npos) << told;
  EXPECT_EQ(std::count(told.begin(), told.end(), '\n'), 1) << told;
  EXPECT_TRUE(store().changes_since("configmaps", store().revision() - 10));
  store_.reset();  // before its disk
}

TEST_F(StoreFileTest, ADamagedHistoryIsGone) {
  FaultVfs disk;  // only for its speed
  fill();
  for (int i = 0; i < 600; ++i) update("o5", std::string(9000, 'a'));
  store().commit();
  reopen();
  const Fd file = open_path(path(), O_WRONLY);
  const std::string noise(std::size_t{100} * 4096, '\xa5');
  ASSERT_EQ(::pwrite(file.get(), noise.data(), noise.size(), off_t{50} * 4096),
            static_cast<ssize_t>(noise.size()));
  EXPECT_FALSE(store().changes_since("configmaps", 1));
  store_.reset();
}

// What a wrong number in SQLite's own structures amounts to: a row less, or another's.
TEST_F(StoreFileTest, MissingAndExchangedRowsAreNoticed) {
  fill();
  const std::string whole = bytes();
  const std::pair<const char*, const char*> cases[] = {
      {"DELETE FROM objects WHERE name = 'o7'", "it has 34 objects and should have 35"},
      {"DELETE FROM changes WHERE revision = 2", "revision 2 of configmaps default/o0 is missing"},
      {"DELETE FROM changes WHERE revision = (SELECT max(revision) FROM changes)",
       "it has 35 objects and should have 36"},
      {"UPDATE objects SET revision = 3 WHERE name = 'o0'",
       "the entry of configmaps default/o0 is not as it was written"},
      {"UPDATE objects SET revision = (SELECT max(revision) FROM changes) WHERE name = 'o39'",
       "the entry of configmaps default/o39 is not as it was written"},
      {"UPDATE changes SET body = body || ' ' WHERE revision = 2",
       "revision 2 is not as it was written"},
      {"DROP TABLE meta", "no such table: meta"},
  };
  for (const auto& [sql, wrong] : cases) {
    SCOPED_TRACE(sql);
    put(whole);
    Connection(path()).execute(sql);
    const std::string text = refusal();
    EXPECT_EQ(text.rfind(path() + " is damaged: ", 0), 0u) << text;
    EXPECT_NE(text.find(wrong), std::string::npos) << text;
  }
}

constexpr std::size_t kLogHeader = 32, kLogFrame = 24 + 4096;

TEST_F(StoreFileTest, RefusesALogThatIsDamagedBeforeItsEnd) {
  fill_with_transactions();
  const std::string log = bytes("-wal");
  const std::pair<std::size_t, const char*> cases[] = {
      {0, "the header of its log"},
      {17, "the header of its log"},
      {31, "the header of its log"},
      {kLogHeader + 3, "frame 1 of its log"},
      {kLogHeader + 9, "frame 1 of its log"},
      {kLogHeader + kLogFrame + 18, "frame 2 of its log"},
      {kLogHeader + 2 * kLogFrame + 2000, "frame 3 of its log"},
  };
  for (const auto& [at, wrong] : cases) {
    SCOPED_TRACE(at);
    std::string changed = log;
    changed[at] = static_cast<char>(changed[at] ^ 0x40);
    put(changed, "-wal");
    expect_damaged();
    EXPECT_NE(refusal().find(wrong), std::string::npos) << refusal();
  }
  put(log, "-wal");
  reopen();
  EXPECT_EQ(content(store()), expected_);
}

// What a power cut leaves of the last transaction, and what an earlier turn of the log left.
TEST_F(StoreFileTest, ReadsALogWithATornEnd) {
  fill_with_transactions();
  const std::string database = bytes(), log = bytes("-wal");
  const std::size_t frames = (log.size() - kLogHeader) / kLogFrame;
  std::string changed = log;
  changed[kLogHeader + (frames - 1) * kLogFrame + 100] ^= 0x40;
  const std::string others = std::string(2 * kLogFrame, '\7');
  for (const std::string& torn : {changed, log.substr(0, log.size() - 1000), log + others}) {
    put(database);
    put(torn, "-wal");
    reopen();
    EXPECT_EQ(content(store()).size(), expected_.size());
    store_.reset();
  }
  for (std::size_t size = 0; size < log.size(); size += 1999) {
    SCOPED_TRACE(size);
    put(database);
    put(log.substr(0, size), "-wal");
    reopen();
    const std::size_t count = content(store()).size();
    EXPECT_TRUE(count == 35 || count == expected_.size()) << count;
    store_.reset();
  }
}

TEST_F(StoreFileTest, RefusesALogWithoutItsDatabase) {
  fill_with_log();
  ::unlink(path().c_str());
  const std::string log = bytes("-wal");
  const std::string text = error_of<Error>([this] { reopen(); });
  EXPECT_EQ(text.rfind(path() + "-wal is there without " + path(), 0), 0u) << text;
  EXPECT_FALSE(exists(""));
  EXPECT_TRUE(bytes("-wal") == log);
}

TEST_F(StoreFileTest, ReadsTheLogOfAKilledProcess) {
  fill_with_log();
  reopen();
  EXPECT_EQ(content(store()), expected_);
}

TEST_F(StoreFileTest, IgnoresAHalfMadeDatabase) {
  put("half", ".new");
  put("half", ".new-wal");
  put("half", ".new-journal");
  store();
  EXPECT_FALSE(exists(".new"));
  EXPECT_FALSE(exists(".new-wal"));
}

TEST_F(StoreFileTest, OneProcessAtATime) {
  create("a", "1");
  store().commit();
  EXPECT_EQ(error_of<Error>([this] { Store::open(path()); }),
            path() + " is in use by process " + std::to_string(::getpid()) +
                " (one daemon per data folder: stop that one, or give this one another folder)");
  const pid_t child = ::fork();
  if (child == 0) {
    int result = 1;
    try {
      Store::open(path());
    } catch (const Error&) {
      result = 0;
    }
    ::_exit(result);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  create("b", "1");
  store().commit();
  reopen();
  EXPECT_EQ(content(store()), (Texts{"a=1", "b=1"}));
}

// As a daemon that was killed while it started a pod leaves one.
TEST_F(StoreFileTest, AChildOfADeadOwnerIsWaitedFor) {
  create("a", "1");
  store().commit();
  store_.reset();
  const Pipe held = make_pipe();
  const pid_t owner = ::fork();
  if (owner == 0) {
    const Fd lock = lock_database(path());
    if (::fork() != 0) ::_exit(0);
    // It lets go when somebody else wants it.
    const int notify = ::inotify_init();
    ::inotify_add_watch(notify, (path() + ".lock").c_str(), IN_OPEN);
    write_all(held.write.get(), "x", "the pipe");
    char event[512];
    ::_exit(::read(notify, event, sizeof event) > 0 ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(owner, &status, 0), owner);
  char byte = 0;
  ASSERT_EQ(::read(held.read.get(), &byte, 1), 1);
  reopen();
  EXPECT_EQ(content(store()), Texts{"a=1"});
}

TEST_F(StoreFileTest, AnotherProgramInTheDatabaseIsNamed) {
  store();
  store_.reset();
  Connection other(path());
  other.execute("PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE");
  const std::string text = error_of<Error>([this] { reopen(); });
  EXPECT_EQ(text.rfind(path() + " is in use by another process", 0), 0u) << text;
}

TEST_F(StoreFileTest, AMissingFolderIsNamed) {
  const std::string text =
      error_of<Error>([this] { Store::open(folder_ / "missing" + "/podrun.db"); });
  EXPECT_NE(text.find("missing/podrun.db"), std::string::npos) << text;
  EXPECT_NE(text.find("No such file or directory"), std::string::npos) << text;
}

TEST_F(StoreFileTest, RefusesANewerSchema) {
  fill();
  const std::int64_t newer = static_cast<std::int64_t>(steps().size()) + 1;
  {
    Connection connection(path());
    connection.execute("PRAGMA user_version = " + std::to_string(newer));
  }
  const std::string text = refusal();
  EXPECT_EQ(text.rfind(path() + " has schema version " + std::to_string(newer) +
                           ", and this podrun knows versions up to " + std::to_string(newer - 1),
                       0),
            0u)
      << text;
  EXPECT_NE(text.find("run the newer podrun"), std::string::npos) << text;
}

TEST_F(StoreFileTest, MigratesStepByStep) {
  fill();
  Connection connection(path());
  const char* const three[] = {steps()[0], "ALTER TABLE meta ADD COLUMN note TEXT",
                               "UPDATE meta SET note = 'from two to three'"};
  migrate(connection, three);
  EXPECT_EQ(connection.number("PRAGMA user_version"), 3);
  EXPECT_EQ(connection.text("SELECT note FROM meta"), "from two to three");
  migrate(connection, three);
  EXPECT_EQ(connection.number("SELECT count(*) FROM objects"), 35);
}

TEST_F(StoreFileTest, AMigrationThatFailsLeavesTheVersionBefore) {
  fill();
  Connection connection(path());
  const char* const three[] = {steps()[0], "ALTER TABLE meta ADD COLUMN note TEXT",
                               "UPDATE meta SET note = 'x'; UPDATE missing SET a = 1"};
  EXPECT_NE(error_of<SqliteError>([&] { migrate(connection, three); }).find("missing"),
            std::string::npos);
  EXPECT_EQ(connection.number("PRAGMA user_version"), 2);
  EXPECT_EQ(connection.text("SELECT note FROM meta"), "");
}

}  // namespace
}  // namespace podrun::store
