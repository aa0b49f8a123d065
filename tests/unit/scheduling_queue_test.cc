#include <gtest/gtest.h>

#include "supervisor/scheduling/queue.h"

namespace podrun::scheduling {
namespace {

const Moment kNow = Moment(Seconds(1000));

store::ObjectKey key(const std::string& name) { return {"pods", "default", name}; }
std::string next(Queue& queue, Moment now = kNow) {
  const auto taken = queue.take(now);
  return taken ? taken->name : "";
}

TEST(SchedulingQueue, ImportantFirstThenOldest) {
  Queue queue;
  queue.add(key("b"), 0);
  queue.add(key("a"), 0);
  queue.add(key("important"), 1000);
  queue.add(key("b"), 0);
  EXPECT_EQ(next(queue), "important");
  EXPECT_EQ(next(queue), "b");
  EXPECT_EQ(next(queue), "a");
  EXPECT_EQ(next(queue), "");
}

TEST(SchedulingQueue, RefusedOnesWaitForAChangeOrTheFlush) {
  Queue queue;
  queue.add(key("a"), 0);
  ASSERT_EQ(next(queue), "a");
  EXPECT_TRUE(queue.refused(key("a"), "full", kNow, kNow + kFlush));
  EXPECT_EQ(next(queue), "");
  EXPECT_EQ(queue.next_deadline(), kNow + kFlush);
  EXPECT_EQ(queue.waiting(), 1U);
  queue.wake();
  EXPECT_EQ(next(queue), "a");
  // The same again is not told anew; another reason, and one told long ago, are.
  EXPECT_FALSE(queue.refused(key("a"), "full", kNow + Seconds(1), kNow + kFlush));
  EXPECT_EQ(next(queue, kNow + kFlush), "a");
  EXPECT_TRUE(queue.refused(key("a"), "full", kNow + kFlush, kNow + 2 * kFlush));
  queue.wake();
  EXPECT_EQ(next(queue), "a");
  EXPECT_TRUE(queue.refused(key("a"), "cordoned", kNow + kFlush, kNow + 2 * kFlush));
}

TEST(SchedulingQueue, CompanyWakesWhoWantsIt) {
  Queue queue;
  for (const char* name : {"a", "b"}) {
    queue.add(key(name), 0);
    ASSERT_EQ(next(queue), name);
    queue.refused(key(name), "no", kNow, kNow + kFlush);
  }
  queue.wants_company(key("b"));
  queue.wake_company();
  EXPECT_EQ(next(queue), "b");
  EXPECT_EQ(next(queue), "");
  queue.refused(key("b"), "no", kNow, kNow + kFlush);
  queue.wake_company();  // it did not say so again
  EXPECT_EQ(next(queue), "");
}

TEST(SchedulingQueue, ForgottenOnesAreGone) {
  Queue queue;
  queue.add(key("a"), 0);
  queue.add(key("b"), 5);
  queue.forget(key("b"));
  EXPECT_EQ(next(queue), "a");
  queue.forget(key("a"));
  EXPECT_FALSE(queue.refused(key("a"), "full", kNow, kNow + kFlush));
  queue.wake();
  EXPECT_EQ(next(queue), "");
  EXPECT_EQ(queue.next_deadline(), std::nullopt);
}

}  // namespace
}  // namespace podrun::scheduling
