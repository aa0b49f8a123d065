// events.jsonl into the API: each event once, whatever is read twice.
#include <gtest/gtest.h>

#include <fstream>

#include "supervisor/node/event_copy.h"
#include "tests/support/fake_api.h"
#include "tests/support/temp_dir.h"

namespace podrun::node {
namespace {

using store::Json;
constexpr WallTime kNow{std::chrono::seconds(1763892000)};

Json event(const std::string& name, int count, WallTime last = kNow) {
  return {{"metadata", {{"name", name}, {"namespace", "default"}}},
          {"reason", "Started"},
          {"count", count},
          {"lastTimestamp", rfc3339(last)}};
}

class EventCopy : public ::testing::Test {
 protected:
  EventCopy() : dir_("events"), path_(dir_ / "events.jsonl") {}
  void append(const std::string& text) { std::ofstream(path_, std::ios::app) << text; }

  test::TempDir dir_;
  std::string path_;
  test::FakeApi api_;
};

TEST_F(EventCopy, TailGivesWholeLinesAndTheLatestOfAName) {
  EventTail tail(path_);
  EXPECT_TRUE(tail.read().empty());
  append(event("a", 1).dump() + "\n" + event("b", 1).dump() + "\n" + event("a", 2).dump() + "\n{");
  const auto events = tail.read();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0]["count"], 2);
  EXPECT_EQ(events[1]["metadata"]["name"], "b");
  EXPECT_TRUE(tail.read().empty());
  append("\nno json\n" + event("c", 1).dump() + "\n");
  EXPECT_EQ(tail.read().size(), 1U);
}

TEST_F(EventCopy, LongHistoryIsReadFromNearItsEnd) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += event("e" + std::to_string(i), 1).dump() + "\n";
  ASSERT_GT(text.size(), static_cast<std::size_t>(EventTail::kReplay));
  append(text);
  const auto events = EventTail(path_).read();
  ASSERT_FALSE(events.empty());
  EXPECT_LT(events.size(), 5000U);
  EXPECT_EQ(events.back()["metadata"]["name"], "e4999");
}

TEST_F(EventCopy, CountsRiseAndNothingIsWrittenTwice) {
  copy_event(api_, event("a", 1), kNow);
  copy_event(api_, event("a", 3), kNow);
  const int writes = api_.writes;
  copy_event(api_, event("a", 3), kNow);
  copy_event(api_, event("a", 1), kNow);
  EXPECT_EQ(api_.writes, writes);
  const auto* stored = api_.get({"events", "default", "a"});
  ASSERT_NE(stored, nullptr);
  EXPECT_EQ((*stored->json)["count"], 3);
}

TEST_F(EventCopy, ExpiredOnesDoNotComeBack) {
  copy_event(api_, event("old", 1, kNow - Seconds(3601)), kNow);
  EXPECT_EQ(api_.get({"events", "default", "old"}), nullptr);
}

}  // namespace
}  // namespace podrun::node
