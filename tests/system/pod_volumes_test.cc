// A pod's volumes as they are made: their rights, and what a failure half-way leaves to be done.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/magic.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <functional>

#include "base/error.h"
#include "base/files.h"
#include "supervisor/pod/volume_files.h"
#include "supervisor/pod/volumes.h"
#include "tests/support/temp_dir.h"

namespace {

/// Mounts at paths that end so fail, that many times.
const char* failing_target = nullptr;
int failures_left = 0;

}  // namespace

extern "C" {
int __real_mount(const char* source, const char* target, const char* type, unsigned long flags,
                 const void* data);
int __wrap_mount(const char* source, const char* target, const char* type, unsigned long flags,
                 const void* data) {
  if (failures_left > 0 && std::string_view(target).ends_with(failing_target)) {
    --failures_left;
    errno = ENOMEM;
    return -1;
  }
  return __real_mount(source, target, type, flags, data);
}
}

namespace podrun::pod {
namespace {

class PodVolumes : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
    pod_.metadata.name = "volumes";
    pod_.metadata.uid = "0b1f";
    manifest::EmptyDirVolume memory;
    memory.medium = "Memory";
    memory.size_limit = Quantity::parse("1Mi");
    pod_.spec.volumes = {{"disk", manifest::EmptyDirVolume{}}, {"memory", memory}};
    make_dirs(paths_.run);
  }
  /// In a child with mounts of its own; fails where `body` throws or has failed expectations.
  void in_sandbox(const std::function<void(Volumes&)>& body) const {
    const pid_t child = ::fork();
    if (child == 0) {
      try {
        enter_mount_sandbox();
        const NodeFacts node;
        Volumes volumes(pod_, paths_, node);
        body(volumes);
      } catch (const std::exception& error) {
        ADD_FAILURE() << error.what();
      }
      ::_exit(::testing::Test::HasFailure() ? 1 : 0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  int mounts_at(const std::string& path) const {
    const std::string table = read_file("/proc/self/mountinfo");
    int count = 0;
    for (std::size_t at = 0; (at = table.find(" " + path + " ", at)) != std::string::npos; ++at)
      ++count;
    return count;
  }
  static struct stat stat_of(const std::string& path) {
    struct stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
    return status;
  }

  const test::TempDir folder_;
  manifest::Pod pod_;
  PodPaths paths_{folder_ / "data", folder_ / "run", folder_ / "logs"};
};

TEST_F(PodVolumes, BelongToEverybody) {
  in_sandbox([&](Volumes& volumes) {
    volumes.set_up();
    for (const char* name : {"disk", "memory"}) {
      const struct stat status = stat_of(paths_.empty_dir(name));
      EXPECT_EQ(status.st_mode & 07777u, 0777u) << name;
      EXPECT_EQ(status.st_gid, 0u) << name;
    }
    EXPECT_EQ(stat_of(paths_.data).st_mode & 07777u, 0750u) << "but to nobody outside of the pod";
    EXPECT_EQ(mounts_at(paths_.empty_dir("disk")), 0);
    EXPECT_EQ(mounts_at(paths_.empty_dir("memory")), 1);
  });
}

TEST_F(PodVolumes, BelongToTheFsGroup) {
  pod_.spec.security_context.emplace().fs_group = 2000;
  in_sandbox([&](Volumes& volumes) {
    volumes.set_up();
    for (const char* name : {"disk", "memory"}) {
      const std::string path = paths_.empty_dir(name);
      EXPECT_EQ(stat_of(path).st_mode & 07777u, 02777u) << name;
      EXPECT_EQ(stat_of(path).st_gid, 2000u) << name;
      replace_file(path + "/made", "");
      EXPECT_EQ(stat_of(path + "/made").st_gid, 2000u) << name;
    }
  });
}

TEST_F(PodVolumes, AreMountedByTheNextTryWhereTheFirstFailed) {
  in_sandbox([&](Volumes& volumes) {
    failing_target = "/memory";
    failures_left = 2;
    for (int i = 0; i < 2; ++i) {
      try {
        volumes.set_up();
        ADD_FAILURE() << "nothing failed";
      } catch (const Error& error) {
        const std::string text = error.what();
        EXPECT_EQ(text.find("MountVolume.SetUp failed for volume \"memory\" "), 0u) << text;
      }
    }
    volumes.set_up();
    volumes.set_up();
    EXPECT_EQ(mounts_at(paths_.empty_dir("memory")), 1);
    EXPECT_EQ(mounts_at(paths_.run + "/shm"), 1);
  });
}

TEST_F(PodVolumes, HaveTheirManagedFilesByTheNextTryWhereTheFirstFailed) {
  in_sandbox([&](Volumes& volumes) {
    make_dirs(paths_.run + "/hosts");  // in the way of the file
    EXPECT_THROW(volumes.set_up(), Error);
    ASSERT_EQ(::rmdir((paths_.run + "/hosts").c_str()), 0);
    volumes.set_up();
    EXPECT_NE(read_file(paths_.run + "/hosts").find("127.0.0.1\tlocalhost"), std::string::npos);
    EXPECT_EQ(mounts_at(paths_.run + "/shm"), 1);
  });
}

TEST_F(PodVolumes, KeepTheirRightsWhenThePodIsReCreated) {
  in_sandbox([&](Volumes& volumes) { volumes.set_up(); });
  ASSERT_EQ(::chmod(paths_.empty_dir("disk").c_str(), 0750), 0);
  in_sandbox([&](Volumes& volumes) { volumes.set_up(); });
  EXPECT_EQ(stat_of(paths_.empty_dir("disk")).st_mode & 07777u, 0750u);
}

/// Volumes of files, with what the daemon would say of their objects.
class PodFileVolumes : public PodVolumes {
 protected:
  PodFileVolumes() {
    said_.config_maps["settings"] = {{"color", "green"}, {"size", "3"}};
    said_.secrets["login"] = {{"user", "eve"}};
    said_.tokens[token_key("", 3600)] = "jwt";
    pod_.metadata.labels = {{"app", "web"}};
    pod_.spec.service_account_name = "default";
  }
  void set_volume(decltype(manifest::Volume::source) source) {
    pod_.spec.volumes = {{"v", std::move(source)}};
  }
  void say() const { replace_file(paths_.volumes(), said_.to_json(), 0600); }
  std::string folder() const {
    return paths_.files_dir("v", is_kept_in_memory(pod_.spec.volumes.front()));
  }
  std::string file(const std::string& name) const { return folder() + "/" + name; }
  static bool is_in_memory(const std::string& folder) {
    struct statfs status {};
    return ::statfs(folder.c_str(), &status) == 0 && status.f_type == TMPFS_MAGIC;
  }
  static std::string problem(Volumes& volumes) {
    try {
      volumes.set_up();
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }
  runtime::Mount mount(const Volumes& volumes, const std::string& sub_path = "") {
    manifest::Container container;
    container.volume_mounts.emplace_back();
    container.volume_mounts[0].name = "v";
    container.volume_mounts[0].mount_path = "/v";
    container.volume_mounts[0].sub_path = sub_path;
    ContainerMounts mounts = volumes.mounts_for(container, "/dev/null", {});
    for (Fd& fd : mounts.held) held_.push_back(std::move(fd));
    return mounts.mounts.back();
  }

  ConfigData said_;
  std::vector<Fd> held_;
};

TEST_F(PodFileVolumes, ConfigMap) {
  set_volume(manifest::ConfigMapVolume{"settings", {{"color", "a/color", 0600}}, 0640, false});
  say();
  in_sandbox([&](Volumes& volumes) {
    volumes.set_up();
    EXPECT_EQ(read_file(file("a/color")), "green");
    EXPECT_EQ(stat_of(file("a/color")).st_mode & 07777u, 0600u);
    EXPECT_EQ(mounts_at(folder()), 0);
  });
}

TEST_F(PodFileVolumes, Secret) {
  pod_.spec.security_context.emplace().fs_group = 2000;
  set_volume(manifest::SecretVolume{"login", {}, 0400, false});
  say();
  in_sandbox([&](Volumes& volumes) {
    volumes.set_up();
    EXPECT_EQ(read_file(file("user")), "eve");
    EXPECT_EQ(stat_of(file("user")).st_mode & 07777u, 0440u);
    EXPECT_EQ(stat_of(file("user")).st_gid, 2000u);
    EXPECT_TRUE(is_in_memory(folder()));
    EXPECT_EQ(mounts_at(folder()), is_in_memory(paths_.run) ? 0 : 1);
  });
  if (::access(file("user").c_str(), F_OK) == 0) {
    EXPECT_TRUE(is_in_memory(folder())) << "nothing of it on disk";
  }
}

TEST_F(PodFileVolumes, DownwardNeedsNoDaemon) {
  manifest::DownwardVolume volume;
  volume.items = {{"labels", manifest::ObjectFieldSelector{"metadata.labels"}, {}, {}}};
  set_volume(volume);
  in_sandbox([&](Volumes& volumes) {
    volumes.set_up();
    EXPECT_EQ(read_file(file("labels")), "app=\"web\"");
  });
}

TEST_F(PodFileVolumes, Projection) {
  manifest::ProjectedVolume volume;
  volume.sources = {manifest::ConfigMapVolume{"settings", {{"size", "size", {}}}, 0644, false},
                    manifest::TokenProjection{"", "token", 3600}};
  set_volume(volume);
  pod_.spec.containers.emplace_back();
  pod_.spec.security_context.emplace().run_as_user = 1000;
  say();
  in_sandbox([&](Volumes& volumes) {
    volumes.set_up();
    EXPECT_EQ(read_file(file("size")), "3");
    EXPECT_EQ(read_file(file("token")), "jwt");
    EXPECT_EQ(stat_of(file("token")).st_uid, 1000u);
    EXPECT_EQ(stat_of(file("token")).st_mode & 07777u, 0600u);
  });
}

TEST_F(PodFileVolumes, AreMadeOnceWhatTheyNameIsThere) {
  set_volume(manifest::SecretVolume{"late", {}, 0644, false});
  in_sandbox([&](Volumes& volumes) {
    EXPECT_EQ(problem(volumes),
              "MountVolume.SetUp failed for volume \"v\" : secret \"late\" not found "
              "(ConfigMaps and Secrets need `podrun daemon`)");
    say();
    EXPECT_EQ(problem(volumes),
              "MountVolume.SetUp failed for volume \"v\" : secret \"late\" not found");
    said_.secrets["late"] = {{"key", "there"}};
    say();
    EXPECT_EQ(problem(volumes), "");
    EXPECT_EQ(read_file(file("key")), "there");
  });
}

TEST_F(PodFileVolumes, FollowTheirObjectsButForWhatIsMissing) {
  set_volume(manifest::ConfigMapVolume{"settings", {{"color", "color", {}}}, 0644, false});
  say();
  in_sandbox([&](Volumes& volumes) {
    volumes.set_up();
    const Fd held = open_path(folder(), O_RDONLY | O_DIRECTORY);
    said_.config_maps["settings"]["color"] = "red";
    say();
    EXPECT_TRUE(volumes.refresh().empty());
    EXPECT_EQ(read_file_at(held.get(), "color"), "red") << "through mounts that are there already";
    said_.config_maps["settings"].erase("color");
    say();
    EXPECT_EQ(volumes.refresh(),
              std::vector<std::string>{"MountVolume.SetUp failed for volume \"v\" : configmap "
                                       "references non-existent config key: color"});
    EXPECT_EQ(read_file(file("color")), "red");
  });
}

TEST_F(PodFileVolumes, AreForContainersToRead) {
  set_volume(manifest::SecretVolume{"login", {}, 0644, false});
  say();
  in_sandbox([&](Volumes& volumes) {
    volumes.set_up();
    for (const char* sub_path : {"", "user"}) {
      const runtime::Mount mounted = mount(volumes, sub_path);
      EXPECT_EQ(mounted.options.back(), "ro") << sub_path;
      EXPECT_EQ(mounted.source_fd >= 0, *sub_path != '\0');
    }
    const runtime::Mount one = mount(volumes, "user");
    said_.secrets["login"]["user"] = "adam";
    say();
    EXPECT_TRUE(volumes.refresh().empty());
    EXPECT_EQ(read_file("/proc/self/fd/" + std::to_string(one.source_fd)), "eve")
        << "a subPath keeps what it had";
  });
}

TEST_F(PodFileVolumes, OthersDoNotLookForObjects) {
  make_dirs(paths_.volumes());  // cannot be read
  in_sandbox([&](Volumes& volumes) { EXPECT_EQ(problem(volumes), ""); });
  set_volume(manifest::SecretVolume{"login", {}, 0644, false});
  in_sandbox([&](Volumes& volumes) { EXPECT_NE(problem(volumes), ""); });
}

}  // namespace
}  // namespace podrun::pod
