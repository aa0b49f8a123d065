#include <gtest/gtest.h>

#include "base/error.h"
#include "supervisor/remote/object_mirror.h"

namespace podrun::remote {
namespace {

using store::Json;
using store::ObjectKey;

const ObjectKey kKey{"pods", "default", "a"};

store::Object pod(const std::string& name, const std::string& uid, int version) {
  return object_of("pods", {{"metadata",
                             {{"name", name},
                              {"namespace", "default"},
                              {"uid", uid},
                              {"resourceVersion", std::to_string(version)}}}});
}

TEST(ObjectMirror, KeepsTheNewest) {
  ObjectMirror mirror;
  EXPECT_TRUE(mirror.put(pod("a", "1", 5)));
  EXPECT_FALSE(mirror.put(pod("a", "1", 5)));
  EXPECT_FALSE(mirror.put(pod("a", "1", 4)));
  EXPECT_EQ(mirror.get(kKey)->revision, 5);
  EXPECT_TRUE(mirror.put(pod("a", "1", 6)));
  EXPECT_EQ(mirror.get(kKey)->revision, 6);
}

TEST(ObjectMirror, AnotherOfTheNameIsNotErased) {
  ObjectMirror mirror;
  mirror.put(pod("a", "1", 5));
  mirror.put(pod("a", "2", 9));
  EXPECT_FALSE(mirror.erase(kKey, "1"));
  EXPECT_NE(mirror.get(kKey), nullptr);
  EXPECT_TRUE(mirror.erase(kKey, "2"));
  EXPECT_EQ(mirror.get(kKey), nullptr);
}

TEST(ObjectMirror, WhatIsBuriedStaysGoneUntilItIsTold) {
  ObjectMirror mirror;
  mirror.put(pod("a", "1", 5));
  mirror.bury(kKey, "1");
  EXPECT_EQ(mirror.get(kKey), nullptr);
  EXPECT_FALSE(mirror.put(pod("a", "1", 6)));
  EXPECT_TRUE(mirror.put(pod("a", "2", 8)));
  EXPECT_FALSE(mirror.erase(kKey, "1"));
  EXPECT_EQ(mirror.get(kKey)->revision, 8);
}

TEST(ObjectMirror, AListTellsWhatIsGone) {
  ObjectMirror mirror;
  for (const char* name : {"a", "b", "c"}) mirror.put(pod(name, name, 5));
  mirror.put(object_of("nodes", {{"metadata", {{"name", "n"}, {"resourceVersion", "5"}}}}));
  const auto changed = mirror.replace("pods", {pod("b", "b", 5), pod("c", "c", 7)});
  EXPECT_EQ(changed, (std::vector<ObjectKey>{{"pods", "default", "c"}, {"pods", "default", "a"}}));
  EXPECT_EQ(mirror.list("pods", "").size(), 2U);
  EXPECT_EQ(mirror.list("pods", "other").size(), 0U);
  EXPECT_EQ(mirror.list("nodes", "").size(), 1U);
}

TEST(ObjectMirror, RefusesWhatIsNoObject) {
  EXPECT_THROW(object_of("pods", {{"kind", "Status"}}), Error);
  EXPECT_THROW(object_of("pods", {{"metadata", {{"name", "a"}, {"resourceVersion", "x"}}}}), Error);
}

}  // namespace
}  // namespace podrun::remote
