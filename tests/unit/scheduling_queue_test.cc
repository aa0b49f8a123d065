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
  queue.wake(kNow);
  EXPECT_EQ(next(queue), "a");
  // The same again is not told anew; another reason, and one told long ago, are.
  EXPECT_FALSE(queue.refused(key("a"), "full", kNow + Seconds(1), kNow + kFlush));
  EXPECT_EQ(next(queue, kNow + kFlush), "a");
  EXPECT_TRUE(queue.refused(key("a"), "full", kNow + kFlush, kNow + 2 * kFlush));
  queue.wake(kNow);
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

TEST(SchedulingQueue, OfManyThatWaitAFewAreLookedAtAtOnce) {
  Queue queue;
  const int many = static_cast<int>(kEager) + 3;
  for (int i = 0; i < many; ++i) {
    const store::ObjectKey pod = key("pod" + std::to_string(100 + i));
    queue.add(pod, 0);
    ASSERT_EQ(next(queue), pod.name);
    queue.refused(pod, "full", kNow, kNow + kFlush);
  }
  const Moment soon = kNow + std::chrono::milliseconds(400);
  queue.wake(soon);
  for (int i = 0; i < static_cast<int>(kEager); ++i) {
    const std::string name = next(queue, soon);
    ASSERT_EQ(name, "pod" + std::to_string(100 + i)) << "the oldest first";
    queue.refused(key(name), "full", soon, soon + kFlush);
  }
  EXPECT_EQ(next(queue, soon), "") << "the others have their backoff";
  EXPECT_EQ(queue.next_deadline(), kNow + kFirstBackoff);
  EXPECT_EQ(next(queue, kNow + kFirstBackoff), "pod116");
  queue.refused(key("pod116"), "full", kNow + kFirstBackoff, kNow + kFlush);
  EXPECT_EQ(next(queue, kNow + kFirstBackoff), "pod117");
  queue.forget(key("pod118"));
  // Refused twice: two seconds, where nothing else woke it before.
  EXPECT_EQ(queue.next_deadline(), kNow + kFlush);
  queue.wake(kNow + kFirstBackoff);
  EXPECT_EQ(queue.waiting(), 1U);
  EXPECT_EQ(queue.next_deadline(), Moment{});
}

TEST(SchedulingQueue, ABackoffEndsAtTenSeconds) {
  Queue queue;
  for (int i = 0; i <= static_cast<int>(kEager); ++i) queue.add(key(std::to_string(100 + i)), 5);
  queue.add(key("last"), 0);
  Moment now = kNow;
  const auto refuse_all = [&] {
    for (std::string name = next(queue, now); !name.empty(); name = next(queue, now))
      queue.refused(key(name), "full", now, now + kFlush);
  };
  refuse_all();
  for (const int wait : {1, 2, 4, 8, 10, 10}) {
    queue.wake(now);
    refuse_all();
    now += Seconds(wait) - Nanoseconds(1);
    refuse_all();
    now += Nanoseconds(1);
    EXPECT_EQ(queue.next_deadline(), now) << wait;
    refuse_all();
  }
}

TEST(SchedulingQueue, ForgottenOnesAreGone) {
  Queue queue;
  queue.add(key("a"), 0);
  queue.add(key("b"), 5);
  queue.forget(key("b"));
  EXPECT_EQ(next(queue), "a");
  queue.forget(key("a"));
  EXPECT_FALSE(queue.refused(key("a"), "full", kNow, kNow + kFlush));
  queue.wake(kNow);
  EXPECT_EQ(next(queue), "");
  EXPECT_EQ(queue.next_deadline(), std::nullopt);
}

}  // namespace
}  // namespace podrun::scheduling
