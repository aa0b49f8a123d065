// Every operation on the disk fails once: a commit is done whole or not at all, in memory and on
// disk, and the next one works.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "store_fault_vfs.h"
#include "store_fixture.h"

namespace podrun::store {
namespace {

using Texts = std::vector<std::string>;

class StoreFaultTest : public StoreTest,
                       public testing::WithParamInterface<std::pair<Fault, bool>> {
 protected:
  ~StoreFaultTest() override {
    disk_.heal();
    store_.reset();  // before the disk
  }
  /// A new database with "a=1" and "c=1" and enough history that the next commit compacts.
  void start() {
    store_.reset();
    for (const char* suffix : {"", "-wal", ".lock"}) ::unlink((path() + suffix).c_str());
    reopen({.history = 1});
    create("a", "0");
    create("c", "1");
    for (int i = 0; i < 80; ++i) update("a", "1");
    store().commit();
  }
  void write() {
    update("a", "2");
    create("b", std::string(20'000, 'b'));
    store().remove(key_of("c"));
  }
  Texts before() const { return {"a=1", "c=1"}; }
  Texts after() const { return {"a=2", "b=" + std::string(20'000, 'b')}; }

  FaultVfs disk_;
};

TEST_P(StoreFaultTest, ACommitIsAllOrNothing) {
  const auto [fault, stays] = GetParam();
  int failed = 0;
  for (int nth = 1;; ++nth) {
    SCOPED_TRACE(nth);
    ASSERT_LT(nth, 1000);
    start();
    Texts heard;
    const auto subscription =
        store().subscribe([&](const Change& change) { heard.push_back(to_text(change)); });
    const std::int64_t revision = store().revision();
    write();
    disk_.fail_at(nth, fault, stays);
    bool acknowledged = true;
    try {
      store().commit();
    } catch (const Error& error) {
      acknowledged = false;
      ++failed;
      EXPECT_NE(std::string(error.what()).find(path()), std::string::npos) << error.what();
    }
    const bool met = disk_.met();
    disk_.heal();

    EXPECT_FALSE(store().has_uncommitted());
    EXPECT_EQ(content(store()), acknowledged ? after() : before());
    EXPECT_EQ(heard.size(), acknowledged ? 3u : 0u);
    EXPECT_EQ(store().revision(), revision + 3) << "revisions are not given twice";
    const auto changes = store().changes_since("configmaps", revision);
    if (acknowledged) {
      ASSERT_FALSE(changes) << "a history of one does not reach that far";
    } else {
      ASSERT_TRUE(changes);
      EXPECT_TRUE(changes->empty());
      // The disk is well again.
      write();
      store().commit();
      EXPECT_EQ(content(store()), after());
      EXPECT_EQ(heard.size(), 3u);
    }
    reopen({.history = 1});
    EXPECT_EQ(content(store()), after());
    if (!met) break;
  }
  EXPECT_GT(failed, 3);
}

// The process dies after the failure: what was refused may be there or not, but only as a whole.
TEST_P(StoreFaultTest, AFailedCommitIsWholeAfterARestart) {
  const auto [fault, stays] = GetParam();
  for (int nth = 1;; ++nth) {
    SCOPED_TRACE(nth);
    ASSERT_LT(nth, 1000);
    start();
    write();
    disk_.fail_at(nth, fault, stays);
    bool acknowledged = true;
    try {
      store().commit();
    } catch (const Error&) {
      acknowledged = false;
    }
    const bool met = disk_.met();
    store_.reset();  // with the fault, if it stays: closing cannot clean up
    disk_.heal();
    reopen();
    const Texts now = content(store());
    EXPECT_TRUE(now == after() || (!acknowledged && now == before()));
    if (!met) break;
  }
}

TEST_P(StoreFaultTest, AnOpenThatFailsHarmsNothing) {
  const auto [fault, stays] = GetParam();
  for (int nth = 1;; ++nth) {
    SCOPED_TRACE(nth);
    ASSERT_LT(nth, 1000);
    start();
    store_.reset();
    disk_.fail_at(nth, fault, stays);
    try {
      reopen();
      store_.reset();
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(path()), std::string::npos) << error.what();
    }
    const bool met = disk_.met();
    disk_.heal();
    reopen();
    EXPECT_EQ(content(store()), before());
    if (!met) break;
  }
}

TEST_P(StoreFaultTest, ACreationThatFailsIsNoHalfDatabase) {
  const auto [fault, stays] = GetParam();
  for (int nth = 1;; ++nth) {
    SCOPED_TRACE(nth);
    ASSERT_LT(nth, 1000);
    store_.reset();
    for (const char* suffix : {"", "-wal", ".lock"}) ::unlink((path() + suffix).c_str());
    disk_.fail_at(nth, fault, stays);
    try {
      reopen();
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(path()), std::string::npos) << error.what();
    }
    const bool met = disk_.met();
    store_.reset();
    disk_.heal();
    reopen();
    EXPECT_EQ(content(store()), Texts{});
    if (!met) break;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Faults, StoreFaultTest,
    testing::Values(std::pair(Fault::kIoError, false), std::pair(Fault::kIoError, true),
                    std::pair(Fault::kDiskFull, false), std::pair(Fault::kDiskFull, true)),
    [](const auto& each) {
      return std::string(each.param.first == Fault::kIoError ? "IoError" : "DiskFull") +
             (each.param.second ? "Stays" : "Once");
    });

// A real refusal by the kernel rather than a made one: the log may not grow any more.
TEST_F(StoreTest, AFileThatMayNotGrowIsAnErrorThatNamesIt) {
  create("a", "1");
  store().commit();
  store_.reset();
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    Store store = Store::open(path());
    const rlimit limit{20'000, 20'000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    store.create(key_of("b"), config_map("b", std::string(100'000, 'b')));
    int result = 1;
    try {
      store.commit();
    } catch (const Error& error) {
      const std::string text = error.what();
      if (text.find(path()) != std::string::npos) result = 2;
      if (result == 2 && store.find(key_of("b")) == nullptr) result = 3;
      store.create(key_of("c"), config_map("c", "1"));
      store.commit();
      if (result == 3) result = 0;
    }
    ::_exit(result);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(content(store()), (Texts{"a=1", "c=1"}));
}

}  // namespace
}  // namespace podrun::store
