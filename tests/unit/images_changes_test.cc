#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/error.h"
#include "rootfs-tools/changes.h"

namespace podrun::images {
namespace {

std::string applied(const std::vector<std::string>& changes) {
  Json config = Json::object();
  apply_changes(config, changes);
  return config.dump();
}

TEST(Changes, WordsOfADockerfile) {
  EXPECT_EQ(applied({"CMD [\"a\", \"b c\"]"}), R"({"Cmd":["a","b c"]})");
  EXPECT_EQ(applied({"cmd a b"}), R"({"Cmd":["/bin/sh","-c","a b"]})");
  EXPECT_EQ(applied({"ENV A=1 B='2 3' C=\"4 \\\"5\"", "ENV A=6", "ENV D seven eight"}),
            R"({"Env":["A=6","B=2 3","C=4 \"5","D=seven eight"]})");
  EXPECT_EQ(applied({"WORKDIR /a", "WORKDIR b"}), R"({"WorkingDir":"/a/b"})");
  EXPECT_EQ(applied({"WORKDIR b"}), R"({"WorkingDir":"/b"})");
  EXPECT_EQ(applied({"EXPOSE 80 53/udp"}), R"({"ExposedPorts":{"80/tcp":{},"53/udp":{}}})");
  EXPECT_EQ(applied({"LABEL a=b \"c d\"=e"}), R"({"Labels":{"a":"b","c d":"e"}})");
}

TEST(Changes, RefusesTheRest) {
  for (const char* bad : {"", "CMD", "COPY a b", "CMD [1]", "CMD [\"a\"", "ENV =x", "EXPOSE 0",
                          "EXPOSE 70000", "EXPOSE 80/icmp", "LABEL x", "ENV A=\"b"}) {
    EXPECT_THROW(applied({bad}), BadInput) << bad;
  }
}

}  // namespace
}  // namespace podrun::images
