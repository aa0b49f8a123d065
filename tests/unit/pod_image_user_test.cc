#include <gtest/gtest.h>

#include "base/error.h"
#include "supervisor/pod/image_user.h"

namespace podrun::pod {
namespace {

const UserDatabase kUsers{
    "root:x:0:0:root:/root:/bin/sh\nweb:x:33:34:web:/srv:/bin/false\nbroken\n:::::\n",
    "root:x:0:\nwww:x:34:\nlogs:x:40:other,web\naudio:x:50:web\n"};

ResolvedUser resolve(const std::string& image_user, const manifest::SecurityContext& own = {},
                     const manifest::PodSecurityContext& pod = {}) {
  manifest::PodSpec spec;
  spec.security_context = pod;
  manifest::Container container;
  container.security_context = own;
  return resolve_user(spec, container, image_user, kUsers);
}

TEST(ImageUser, TakesTheImagesUser) {
  EXPECT_EQ(resolve("").user.uid, 0u);
  EXPECT_EQ(resolve("").home, "/root");
  const ResolvedUser web = resolve("web");
  EXPECT_EQ(web.user.uid, 33u);
  EXPECT_EQ(web.user.gid, 34u);
  EXPECT_EQ(web.home, "/srv");
  EXPECT_EQ(web.user.additional_gids, (std::vector<gid_t>{40, 50}));
  EXPECT_EQ(resolve("33").user.gid, 34u);
  EXPECT_EQ(resolve("web:logs").user.gid, 40u);
  EXPECT_EQ(resolve("7:9").user.gid, 9u);
  EXPECT_EQ(resolve("7").user.gid, 0u);
  EXPECT_EQ(resolve("7").home, "/");
}

TEST(ImageUser, ManifestReplacesTheImage) {
  manifest::SecurityContext own;
  own.run_as_user = 1000;
  manifest::PodSecurityContext pod;
  pod.run_as_user = 5;
  pod.run_as_group = 6;
  pod.supplemental_groups = {70, 60};
  pod.fs_group = 60;
  const ResolvedUser resolved = resolve("web:logs", own, pod);
  EXPECT_EQ(resolved.user.uid, 1000u);
  EXPECT_EQ(resolved.user.gid, 6u);
  EXPECT_EQ(resolved.user.additional_gids, (std::vector<gid_t>{60, 70}));
}

TEST(ImageUser, UnknownNamesAreRefused) {
  EXPECT_THROW(resolve("nobody"), Error);
  EXPECT_THROW(resolve("web:none"), Error);
}

TEST(ImageUser, NonRootIsVerified) {
  manifest::SecurityContext own;
  own.run_as_non_root = true;
  const auto text = [&](const std::string& image_user) -> std::string {
    try {
      resolve(image_user, own);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(text(""), "container has runAsNonRoot and image will run as root");
  EXPECT_EQ(text("0"), "container has runAsNonRoot and image will run as root");
  EXPECT_EQ(text("web"),
            "container has runAsNonRoot and image has non-numeric user (web), cannot verify user "
            "is non-root");
  EXPECT_EQ(text("33"), "");
  own.run_as_user = 0;
  EXPECT_EQ(text("33"), "container's runAsUser breaks non-root policy");
}

}  // namespace
}  // namespace podrun::pod
