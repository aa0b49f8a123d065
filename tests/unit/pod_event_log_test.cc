// events.jsonl as a reader finds it.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/files.h"
#include "supervisor/pod/event_log.h"
#include "tests/support/temp_dir.h"

namespace podrun::pod {
namespace {

TEST(EventLog, WritesACountedEventAgainUnderItsName) {
  const test::TempDir folder;
  const std::string path = folder / "events.jsonl";
  manifest::ObjectMeta meta;
  meta.name = "kubia";
  meta.namespace_ = "default";
  meta.uid = "0b1f";
  FakeClock clock;
  EventLog log(path, meta, "node", clock);
  log.warning("Unhealthy", "Liveness probe failed: x", "spec.containers{main}");
  EXPECT_EQ(read_file(path), "") << "written once per turn of the loop";
  clock.advance(Seconds(10));
  log.warning("Unhealthy", "Liveness probe failed: x", "spec.containers{main}");
  log.normal("Killing", "bytes \xff");
  log.flush();

  std::vector<nlohmann::json> lines;
  std::string text = read_file(path);
  for (std::size_t end = 0; (end = text.find('\n')) != std::string::npos; text.erase(0, end + 1)) {
    lines.push_back(nlohmann::json::parse(text.substr(0, end)));
  }
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0]["metadata"]["name"], lines[1]["metadata"]["name"]);
  EXPECT_EQ(lines[0]["count"], 1);
  EXPECT_EQ(lines[1]["count"], 2);
  EXPECT_EQ(lines[0]["firstTimestamp"], lines[1]["firstTimestamp"]);
  EXPECT_NE(lines[0]["lastTimestamp"], lines[1]["lastTimestamp"]);
  EXPECT_EQ(lines[1]["involvedObject"]["fieldPath"], "spec.containers{main}");
  EXPECT_EQ(lines[2]["message"], "bytes \xEF\xBF\xBD");
}

}  // namespace
}  // namespace podrun::pod
