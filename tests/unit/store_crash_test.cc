// kill -9 at random moments: what was acknowledged is there afterwards, and nothing half done.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <map>
#include <random>

#include "base/fd.h"
#include "store_fixture.h"

namespace podrun::store {
namespace {

constexpr int kKills = 30;
constexpr int kNames = 20;
constexpr std::size_t kHistory = 50;  // so that compaction is part of what is interrupted

using Model = std::map<std::string, std::string>;

/// The n-th batch of writes, the same for every process: on the store, and on what should be there.
template <typename Create, typename Update, typename Remove>
void batch(int n, Model& model, Create create, Update update, Remove remove) {
  std::minstd_rand random(static_cast<unsigned>(n) + 1);
  for (int left = 1 + static_cast<int>(random() % 5); left > 0; --left) {
    const std::string name = "o" + std::to_string(random() % kNames);
    const std::string value = std::to_string(n) + std::string(random() % 3000, 'x');
    const bool there = model.count(name) > 0;
    if (there && random() % 3 == 0) {
      remove(name);
      model.erase(name);
      continue;
    }
    there ? update(name, value) : create(name, value);
    model[name] = value;
  }
}

void apply(int n, Model& model) {
  const auto nothing = [](auto&&...) {};
  batch(n, model, nothing, nothing, nothing);
}

/// Commits batches from `first` on and tells each to `acknowledged`, until it is killed.
[[noreturn]] void write_until_killed(const std::string& path, int first, int acknowledged) {
  Model model;
  for (int n = 0; n < first; ++n) apply(n, model);
  Store store = Store::open(path, {.history = kHistory});
  for (int n = first;; ++n) {
    batch(
        n, model,
        [&](const std::string& name, const std::string& value) {
          store.create(key_of(name), config_map(name, value));
        },
        [&](const std::string& name, const std::string& value) {
          store.update(key_of(name), config_map(name, value));
        },
        [&](const std::string& name) { store.remove(key_of(name)); });
    store.commit();
    const std::int64_t revision = store.revision();
    if (::write(acknowledged, &revision, sizeof revision) != sizeof revision) ::_exit(1);
  }
}

Model model_of(const Store& store) {
  Model model;
  for (const Object& object : store.list("configmaps")) model[object.key.name] = value_of(object);
  return model;
}

TEST_F(StoreTest, AKilledWriterLosesNothingThatItAcknowledged) {
  std::minstd_rand random(::testing::UnitTest::GetInstance()->random_seed() + 1);
  Model model;
  int batches = 0;  // in the store
  for (int kill = 0; kill < kKills; ++kill) {
    SCOPED_TRACE(kill);
    Pipe pipe = make_pipe();
    const pid_t child = ::fork();
    if (child == 0) write_until_killed(path(), batches, pipe.write.get());
    pipe.write.reset();
    // It goes on after the acknowledgement that it is killed at: in the midst of anything.
    int acknowledged = 0;
    std::int64_t latest = 0;
    const int enough = static_cast<int>(random() % 40);
    std::int64_t revision = 0;
    while (acknowledged<enough&& ::read(pipe.read.get(), &revision, sizeof revision)> 0) {
      ++acknowledged;
      latest = revision;
    }
    ::usleep(static_cast<useconds_t>(random() % 10'000));
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself: " << status;
    while (::read(pipe.read.get(), &revision, sizeof revision) == sizeof revision) {
      ++acknowledged;
      latest = revision;
    }

    reopen({.history = kHistory});
    for (const int end = batches + acknowledged; batches < end; ++batches) apply(batches, model);
    if (model_of(store()) != model) apply(batches++, model);  // durable, but not acknowledged yet
    ASSERT_EQ(model_of(store()), model);
    ASSERT_GE(store().revision(), latest);
    store_.reset();
  }
  EXPECT_GT(batches, kKills);
}

}  // namespace
}  // namespace podrun::store
