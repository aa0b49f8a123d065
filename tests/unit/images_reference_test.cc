#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "rootfs-tools/image.h"

namespace podrun::images {
namespace {

const std::string kHex(64, 'a');

TEST(Reference, NormalizesAsDockerDoes) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"busybox", "docker.io/library/busybox:latest"},
      {"busybox:1.36", "docker.io/library/busybox:1.36"},
      {"luksa/kubia", "docker.io/luksa/kubia:latest"},
      {"docker.io/busybox", "docker.io/library/busybox:latest"},
      {"index.docker.io/library/busybox", "docker.io/library/busybox:latest"},
      {"localhost/x", "localhost/x:latest"},
      {"localhost:5000/x:1", "localhost:5000/x:1"},
      {"gcr.io/a/b/c", "gcr.io/a/b/c:latest"},
      {"registry:5000/x", "registry:5000/x:latest"},
      {"registry/x", "docker.io/registry/x:latest"},
      {"EXAMPLE/x", "EXAMPLE/x:latest"},
      {"[::1]:5000/x", "[::1]:5000/x:latest"},
      {"a__b/c-d.e:T_1.-", "docker.io/a__b/c-d.e:T_1.-"},
      {"x@sha256:" + kHex, "docker.io/library/x@sha256:" + kHex},
      {"x:1@sha256:" + kHex, "docker.io/library/x@sha256:" + kHex},
  };
  for (const auto& [input, expected] : cases) EXPECT_EQ(normalize_reference(input), expected);
  for (const auto& [input, expected] : cases) EXPECT_EQ(normalize_reference(expected), expected);
}

TEST(Reference, RefusesWhatIsNone) {
  for (const std::string& bad : {std::string(""),
                                 std::string(":1"),
                                 std::string("x:"),
                                 std::string("/x"),
                                 std::string("x/"),
                                 std::string("x//y"),
                                 std::string("a b"),
                                 std::string("-x"),
                                 std::string("x-"),
                                 std::string("x..y"),
                                 std::string("x___y"),
                                 std::string("x:-1"),
                                 std::string("x:1:2/y"),
                                 "x:" + std::string(129, 't'),
                                 std::string("x@sha256:12"),
                                 std::string("x@md5:") + kHex,
                                 kHex,
                                 std::string("../x"),
                                 std::string("x\n"),
                                 std::string("host:port/x"),
                                 std::string("é"),
                                 std::string("[]/x"),
                                 std::string("[::1/x"),
                                 "a/" + std::string(260, 'b')}) {
    EXPECT_THROW(normalize_reference(bad), BadInput) << bad;
  }
}

TEST(Reference, SaysItAsKubernetesDoes) {
  const auto text = [](const std::string& reference) -> std::string {
    try {
      normalize_reference(reference);
      return "";
    } catch (const BadInput& error) {
      return error.what();
    }
  };
  EXPECT_EQ(text("a b"), "couldn't parse image name \"a b\": invalid reference format");
  EXPECT_EQ(
      text("Luksa"),
      "couldn't parse image name \"Luksa\": invalid reference format: repository name must be "
      "lowercase");
}

TEST(Reference, LatestDecidesThePullPolicy) {
  EXPECT_TRUE(is_latest("busybox"));
  EXPECT_TRUE(is_latest("localhost:5000/busybox"));
  EXPECT_TRUE(is_latest("busybox:latest"));
  EXPECT_FALSE(is_latest("busybox:1"));
  EXPECT_FALSE(is_latest("busybox@sha256:" + kHex));
}

}  // namespace
}  // namespace podrun::images
