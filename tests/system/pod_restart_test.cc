// Restarts without backoff, for which the next instance stands parked: what has changed since it
// was made must be seen all the same.
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>

#include "base/files.h"
#include "tests/support/pod_run.h"
#include "tests/support/poll.h"

namespace podrun::test {
namespace {

namespace fs = std::filesystem;

/// A pod whose container says what /shared/word holds, waits for the file /shared/crash, and fails.
std::string pod_yaml(const std::string& folder, const std::string& image = "busybox") {
  return "apiVersion: v1\nkind: Pod\nmetadata: {name: again}\nspec:\n"
         "  terminationGracePeriodSeconds: 0\n"
         "  volumes: [{name: shared, hostPath: {path: " +
         folder +
         "}}]\n"
         "  containers:\n"
         "  - name: a\n    image: " +
         image +
         "\n    imagePullPolicy: Never\n"
         "    volumeMounts: [{name: shared, mountPath: /shared}]\n"
         "    command: [sh, -c, 'cat /marker 2>/dev/null || cat /shared/word; "
         "until [ -e /shared/crash ]; do sleep 0.05; done; rm /shared/crash; exit 7']\n";
}

class Restart : public testing::Test {
 protected:
  std::string folder() const { return home_.dir() / "shared"; }
  void write(const std::string& name, const std::string& text) const {
    replace_file(folder() + "/" + name, text);
  }
  void SetUp() override {
    make_dirs(folder());
    write("word", "first\n");
  }
  static std::string said(const PodRun& pod, int restart) {
    const auto lines = pod.log("a", restart);
    return lines.empty() ? "" : lines.front();
  }
  /// The parked process of the pod, 0 where there is none.
  static pid_t parked(const PodRun& pod) {
    const auto supervisor = pod.supervisor();
    // Before the first one runs, that is a child of this name, too.
    if (!supervisor.is_object() || said(pod, 0).empty()) return 0;
    const std::string pid = std::to_string(supervisor["pid"].get<pid_t>());
    std::string found;
    run_command({"sh", "-c",
                 "for p in $(cat /proc/" + pid + "/task/" + pid +
                     "/children 2>/dev/null); do { read -r comm </proc/$p/comm; } 2>/dev/null; "
                     "[ \"$comm\" = podrun-pod ] && echo $p; done; true"},
                &found);
    return found.empty() ? 0 : static_cast<pid_t>(std::stol(found));
  }
  void expect_second_says(PodRun& pod, const std::string& word) {
    ASSERT_TRUE(poll_until([&] { return said(pod, 1) == word; })) << pod.output();
    EXPECT_EQ(pod.container_status("a")["restartCount"], 1);
    EXPECT_EQ(pod.container_status("a")["lastState"]["terminated"]["exitCode"], 7);
    pod.signal(SIGINT);
    EXPECT_EQ(pod.wait(), 0) << pod.output();
  }

  PodHome home_{{"busybox"}};
};

TEST_F(Restart, IsTheParkedInstance) {
  PodRun pod(home_, pod_yaml(folder()));
  pid_t next = 0;
  ASSERT_TRUE(poll_until([&] { return (next = parked(pod)) != 0; })) << pod.output();
  write("word", "second\n");
  write("crash", "");
  ASSERT_TRUE(poll_until([&] { return said(pod, 1) == "second"; })) << pod.output();
  std::string name;
  run_command({"cat", "/proc/" + std::to_string(next) + "/comm"}, &name);
  EXPECT_EQ(name, "sh\n") << "it is the process that waited";
  expect_second_says(pod, "second");
}

TEST_F(Restart, SeesAFolderThatWasReplaced) {
  PodRun pod(home_, pod_yaml(folder()));
  ASSERT_TRUE(poll_until([&] { return parked(pod) != 0; })) << pod.output();
  const std::string old = folder() + ".old";
  fs::rename(folder(), old);
  make_dirs(folder());
  write("word", "of the new folder\n");
  replace_file(old + "/crash", "");
  expect_second_says(pod, "of the new folder");
}

TEST_F(Restart, SeesAnImageThatWasReplaced) {
  const std::string root = home_.dir() / "root";
  run_command({"sh", "-c",
               "mkdir -p " + root + "/bin && cp /bin/busybox " + root +
                   "/bin/ && for name in sh cat rm sleep; do ln -s busybox " + root +
                   "/bin/$name; done; echo of the new image >" + root + "/marker"});
  PodRun pod(home_, pod_yaml(folder()));
  ASSERT_TRUE(poll_until([&] { return parked(pod) != 0; })) << pod.output();
  std::string output;
  ASSERT_EQ(run_command({built_binary("podrun"), "image", "import", "--data-dir", home_.data(),
                         root, "busybox"},
                        &output),
            0)
      << output;
  write("crash", "");
  expect_second_says(pod, "of the new image");
}

TEST_F(Restart, DoesWithoutAParkedInstanceThatWasKilled) {
  PodRun pod(home_, pod_yaml(folder()));
  pid_t next = 0;
  ASSERT_TRUE(poll_until([&] { return (next = parked(pod)) != 0; })) << pod.output();
  ::kill(next, SIGKILL);
  ASSERT_TRUE(poll_until([&] { return parked(pod) == 0; }));
  write("crash", "");
  expect_second_says(pod, "first");
}

}  // namespace
}  // namespace podrun::test
