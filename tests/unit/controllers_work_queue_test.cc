#include <gtest/gtest.h>

#include <string>

#include "supervisor/controllers/work_queue.h"

namespace podrun::controllers {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Moment kStart{std::chrono::hours(1)};

TEST(WorkQueue, HoldsAKeyOnceInOrder) {
  WorkQueue<std::string> queue;
  queue.add("b", kStart);
  queue.add("a", kStart);
  queue.add("b", kStart);
  EXPECT_EQ(queue.size(), 2U);
  EXPECT_EQ(queue.take(kStart), "b");
  EXPECT_EQ(queue.take(kStart), "a");
  EXPECT_EQ(queue.take(kStart), std::nullopt);
}

TEST(WorkQueue, AddedWhileWorkedOnComesAfterwards) {
  WorkQueue<std::string> queue;
  queue.add("a", kStart);
  ASSERT_EQ(queue.take(kStart), "a");
  queue.add_at("a", kStart + seconds(5));
  queue.add("a", kStart);
  EXPECT_EQ(queue.take(kStart), std::nullopt);
  EXPECT_EQ(queue.next_deadline(), std::nullopt);
  queue.done("a");
  EXPECT_EQ(queue.next_deadline(), kStart);
  EXPECT_EQ(queue.take(kStart), "a");
  queue.done("a");
  EXPECT_EQ(queue.take(kStart + seconds(9)), std::nullopt);
}

TEST(WorkQueue, TheEarlierOfTwoTimesCounts) {
  WorkQueue<std::string> queue;
  queue.add_at("a", kStart + seconds(5));
  queue.add_at("a", kStart + seconds(2));
  queue.add_at("a", kStart + seconds(9));
  EXPECT_EQ(queue.next_deadline(), kStart + seconds(2));
  EXPECT_EQ(queue.take(kStart + seconds(1)), std::nullopt);
  EXPECT_EQ(queue.take(kStart + seconds(2)), "a");
  EXPECT_EQ(queue.size(), 0U);
}

TEST(WorkQueue, FailuresWaitLongerEachTime) {
  WorkQueue<std::string> queue;
  Moment now = kStart;
  const auto fail = [&] {
    queue.add_after_failure("a", now);
    const Nanoseconds wait = *queue.next_deadline() - now;
    now = *queue.next_deadline();
    EXPECT_EQ(queue.take(now), "a");
    queue.done("a");
    return wait;
  };
  EXPECT_EQ(fail(), milliseconds(5));
  EXPECT_EQ(fail(), milliseconds(10));
  EXPECT_EQ(fail(), milliseconds(20));
  for (int i = 0; i < 14; ++i) fail();
  EXPECT_EQ(fail(), milliseconds(655360));
  EXPECT_EQ(fail(), seconds(1000));
  EXPECT_EQ(fail(), seconds(1000));
  queue.forget("a");
  EXPECT_EQ(fail(), milliseconds(5));
}

TEST(WorkQueue, BackoffIsPerKey) {
  WorkQueue<std::string> queue;
  for (int i = 0; i < 5; ++i) queue.add_after_failure("a", kStart);
  queue.add_after_failure("b", kStart);
  EXPECT_EQ(queue.take(kStart + milliseconds(5)), "a");  // its first one is the earliest
  EXPECT_EQ(queue.take(kStart + milliseconds(5)), "b");
}

}  // namespace
}  // namespace podrun::controllers
