// Births: other processes in a container, functions, parked ones, failing steps, dying parents.
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <filesystem>
#include <sstream>

#include "base/error.h"
#include "base/files.h"
#include "tests/support/leaks.h"
#include "tests/support/poll.h"
#include "tests/support/runtime_box.h"

namespace podrun::test {
namespace {

namespace fs = std::filesystem;
using runtime::Birth;
using runtime::Launcher;
using runtime::NamespaceType;
using runtime::Spec;

/// Without a cgroup, and in one.
class Births : public testing::TestWithParam<bool> {
 protected:
  Box box_{GetParam()};
};
INSTANTIATE_TEST_SUITE_P(Places, Births, testing::Bool(), [](const auto& place) {
  return place.param ? "InACgroup" : "WithoutCgroup";
});

TEST_P(Births, ExecEntersTheContainer) {
  const Spec spec = box_.spec("echo first > /tmp/new; mv /tmp/new /tmp/first; exec sleep 1000");
  Process first = box_.start(spec);
  ASSERT_TRUE(poll_until([&] { return fs::exists(box_.rootfs() + "/tmp/first"); }));
  runtime::Process process = spec.process;
  process.cwd = "/tmp";
  process.args = {"/bin/sh", "-c",
                  "for ns in pid mnt ipc uts net cgroup; do readlink /proc/self/ns/$ns; done; cat "
                  "first; pwd; grep -E 'Cap(Eff|Bnd)|Seccomp:' /proc/self/status"};
  const Ran ran = box_.exec(first, spec, process);
  ASSERT_TRUE(ran.started) << ran.failure.text;
  std::string expected;
  for (const char* type : {"pid", "mnt", "ipc", "uts", "net", "cgroup"})
    expected +=
        fs::read_symlink("/proc/" + std::to_string(first.pid()) + "/ns/" + type).string() + "\n";
  expected += "first\n/tmp\nCapEff:\t00000000a80425fb\nCapBnd:\t00000000a80425fb\nSeccomp:\t2\n";
  EXPECT_EQ(ran.output, expected);
  // And we are back in our own pid namespace.
  EXPECT_EQ(fs::read_symlink("/proc/self/ns/pid"),
            fs::read_symlink("/proc/self/ns/pid_for_children"));
  end(first);
}

TEST_P(Births, ExecLeadsASessionOfItsOwn) {
  const Spec spec = box_.spec("exec sleep 1000");
  Process first = box_.start(spec);
  runtime::Process process = spec.process;
  process.args = {"/bin/sh", "-c", "sleep 1000 & sleep 1000"};
  Birth birth = Launcher::exec(box_.place(), first, spec, process, {});
  ASSERT_EQ(birth.wait(), Birth::State::kRunning) << birth.failure().text;
  Process shell = birth.take_process();
  EXPECT_EQ(::getsid(shell.pid()), shell.pid());
  EXPECT_EQ(::kill(-shell.pid(), SIGKILL), 0);
  EXPECT_EQ(shell.reap().signal, SIGKILL);
  end(first);
}

TEST_P(Births, ExecInADeadContainerFails) {
  const Spec spec = box_.spec("exec sleep 1000");
  Process first = box_.start(spec);
  first.signal(SIGKILL);
  first.reap();
  const Ran ran = box_.exec(first, spec, spec.process);
  EXPECT_FALSE(ran.started);
  EXPECT_EQ(ran.failure.errno_value, ESRCH) << ran.failure.text;
}

[[noreturn]] void print_status(const char* argument, std::size_t length) {
  std::string text(argument, length);  // allocation is allowed
  try {
    text += "\n" + read_file("/proc/self/status");
    for (const auto& entry : fs::directory_iterator("/proc/self/fd"))
      text += "fd " + entry.path().filename().string() + "\n";
  } catch (const std::exception& error) {
    text += error.what();
  }
  std::size_t written = 0;
  while (written < text.size()) {
    const ssize_t size = ::write(1, text.data() + written, text.size() - written);
    if (size <= 0) break;
    written += static_cast<std::size_t>(size);
  }
  ::_exit(3);
}

TEST_P(Births, AFunctionRunsAsNobodyWithNothing) {
  Pipe pipe = make_pipe();
  Birth birth = Launcher::run_function(box_.place(), print_status, "the argument",
                                       {-1, pipe.write.get(), -1});
  const Ran ran = Box::finish(std::move(birth), std::move(pipe));
  ASSERT_TRUE(ran.started) << ran.failure.text;
  EXPECT_EQ(ran.status.code, 3);
  EXPECT_EQ(ran.output.substr(0, 13), "the argument\n");
  for (const char* line :
       {"Uid:\t65534\t65534\t65534\t65534\n", "Gid:\t65534\t65534\t65534\t65534\n", "Groups:\t \n",
        "CapEff:\t0000000000000000\n", "CapPrm:\t0000000000000000\n", "NoNewPrivs:\t1\n",
        "fd 0\nfd 1\nfd 2\nfd 3\n"})
    EXPECT_NE(ran.output.find(line), std::string::npos) << line << " in " << ran.output;
  EXPECT_EQ(ran.output.find("fd 4"), std::string::npos);
}

TEST_P(Births, OneThatIsDroppedLeavesNothing) {
  const LeakScope scope{box_.name(), {}};
  ASSERT_TRUE(box_.sh("true").started);
  const Leaks before = Leaks::take(scope);
  for (int i = 0; i < 20; ++i) {
    const Fd root = open_path(box_.rootfs(), 0);
    Birth birth =
        Launcher::start_container(box_.place(), box_.spec("exec sleep 1000"), root.get(), {});
    if (i % 2 != 0 || birth.advance() != Birth::State::kRunning) continue;
    Process process = birth.take_process();  // it was faster
    end(process);
  }
  EXPECT_EQ(leaked_since(before, scope), "");
  const Ran ran = box_.sh("echo still works");
  EXPECT_EQ(ran.output, "still works\n") << ran.failure.text;
}

TEST_P(Births, EveryStepCanFail) {
  const LeakScope scope{box_.name(), {}};
  Spec spec = box_.spec("exit 0");
  spec.process.user.uid = 1000;
  spec.process.no_new_privileges = true;
  spec.process.rlimits = {{"RLIMIT_NOFILE", 64, 64}};
  spec.process.oom_score_adj = 500;
  spec.process.cwd = "/tmp";
  spec.hostname = "box";
  spec.root_readonly = true;
  const Ran whole = box_.run(spec);
  ASSERT_TRUE(whole.started) << whole.failure.text;
  const Leaks before = Leaks::take(scope);
  int step = 0;
  for (;; ++step) {
    box_.place().inject_fault(step);
    const Ran ran = box_.run(spec);
    if (ran.started) break;
    ASSERT_EQ(ran.failure.errno_value, EIO) << step << " " << ran.failure.text;
    ASSERT_NE(ran.failure.text.find(": Input/output error"), std::string::npos);
    ASSERT_EQ(ran.failure.text.find("unknown step"), std::string::npos);
    ASSERT_LT(step, 500);
  }
  EXPECT_GT(step, 50);
  box_.place().inject_fault(-1);
  EXPECT_EQ(leaked_since(before, scope), "");
}

TEST_P(Births, DieWithTheirParent) {
  Pipe pipe = make_pipe();
  const pid_t parent = ::fork();
  ASSERT_GE(parent, 0);
  if (parent == 0) {  // a supervisor that is killed
    Process first;
    try {
      box_.renew_place();
      first = box_.start(box_.spec("sleep 1000 & exec sleep 1000"));
    } catch (const Error& error) {
      std::fprintf(stderr, "%s\n", error.what());
      ::_exit(1);
    }
    const pid_t pid = first.pid();
    if (::write(pipe.write.get(), &pid, sizeof pid) != sizeof pid) ::_exit(1);
    ::pause();
    ::_exit(1);
  }
  pipe.write.reset();
  pid_t container = 0;
  ASSERT_EQ(::read(pipe.read.get(), &container, sizeof container),
            static_cast<ssize_t>(sizeof container));
  ::kill(parent, SIGKILL);
  ::waitpid(parent, nullptr, 0);
  EXPECT_TRUE(poll_until([&] {
    const auto status = read_file_if_exists("/proc/" + std::to_string(container) + "/stat");
    return !status || status->find(") Z ") != std::string::npos;
  }));
}

TEST_P(Births, WaitWhereTheyAreParked) {
  const LeakScope scope{box_.name(), {}};
  const Fd root = open_path(box_.rootfs(), 0);
  Pipe output = make_pipe();
  const Leaks before = Leaks::take(scope);
  Birth birth = Launcher::start_container(box_.place(), box_.spec("echo went on; exit 3"),
                                          root.get(), {-1, output.write.get(), -1}, true);
  ASSERT_EQ(birth.wait(), Birth::State::kParked) << birth.failure().text;
  EXPECT_EQ(birth.advance(), Birth::State::kParked);
  birth.release();
  ASSERT_EQ(birth.wait(), Birth::State::kRunning) << birth.failure().text;
  EXPECT_EQ(birth.take_process().reap().code, 3);
  char said[100];
  const ssize_t size = ::read(output.read.get(), said, sizeof said);
  EXPECT_EQ(std::string(said, static_cast<std::size_t>(std::max<ssize_t>(size, 0))), "went on\n");
  {  // one that is never released
    Birth dropped =
        Launcher::start_container(box_.place(), box_.spec("true"), root.get(), {}, true);
    ASSERT_EQ(dropped.wait(), Birth::State::kParked);
  }
  {  // one that is killed meanwhile
    Birth killed = Launcher::start_container(box_.place(), box_.spec("true"), root.get(), {}, true);
    ASSERT_EQ(killed.wait(), Birth::State::kParked);
    ::kill(killed.process().pid(), SIGKILL);
    ASSERT_TRUE(poll_until([&] { return killed.advance() == Birth::State::kFailed; }));
    EXPECT_EQ(killed.failure().text,
              "wait to be released: the process was killed by signal 9 (Killed)");
  }
  birth = Birth();
  EXPECT_EQ(leaked_since(before, scope), "");
}

/// Of a hybrid host; elsewhere a child is cloned into its cgroup.
class V1Entrances : public testing::Test {
 protected:
  void SetUp() override {
    if (box_.cgroup().open_v1_entrances().empty()) GTEST_SKIP() << "no v1 hierarchy on cgroup v2";
  }
  Box box_{true};
};

TEST_F(V1Entrances, LeadIntoAllHierarchies) {
  Process first = box_.start(box_.spec("exec sleep 1000"));
  const std::string groups = read_file("/proc/" + std::to_string(first.pid()) + "/cgroup");
  for (const auto& entrance : box_.cgroup().open_v1_entrances()) {
    bool found = false;
    std::istringstream lines(groups);
    for (std::string line; std::getline(lines, line);)
      found = found || (line.find(":" + entrance.name) != std::string::npos &&
                        line.find("/" + box_.name()) != std::string::npos);
    EXPECT_TRUE(found) << entrance.name << " in\n" << groups;
  }
  EXPECT_NE(groups.find("0::/" + box_.name()), std::string::npos) << groups;
  box_.cgroup().kill();
  EXPECT_EQ(first.reap().signal, SIGKILL);
}

TEST_F(V1Entrances, ShowTheCgroupsInside) {
  const Ran ran = box_.sh(
      "ls /sys/fs/cgroup; cat /proc/self/cgroup; cat "
      "/sys/fs/cgroup/memory/cgroup.procs | wc -l; mkdir "
      "/sys/fs/cgroup/memory/x || echo refused; mkdir /sys/fs/cgroup/y || echo refused too");
  ASSERT_TRUE(ran.started) << ran.failure.text;
  EXPECT_NE(ran.output.find("memory\n"), std::string::npos) << ran.output;
  EXPECT_NE(ran.output.find("0::/\n"), std::string::npos) << ran.output;
  EXPECT_NE(ran.output.find("refused\n"), std::string::npos) << ran.output;
  EXPECT_NE(ran.output.find("refused too\n"), std::string::npos) << ran.output;
  EXPECT_EQ(ran.output.find(box_.name()), std::string::npos) << ran.output;
}

TEST(UserNamespace, MapsRootToAnotherUser) {
  Box box;
  fs::permissions(box.rootfs() + "/tmp", fs::perms::all);
  for (const auto& entry : fs::recursive_directory_iterator(box.rootfs()))
    ASSERT_EQ(::lchown(entry.path().c_str(), 100000, 100000), 0);
  ASSERT_EQ(::lchown(box.rootfs().c_str(), 100000, 100000), 0);
  Spec spec = box.spec(
      "id -u; cat /proc/self/uid_map; touch /tmp/mine; echo x > /dev/null; "
      "hostname; ls /dev/mqueue; cat /proc/timer_list | wc -c; grep CapEff "
      "/proc/self/status; cat /proc/self/oom_score_adj");
  spec.linux_.namespaces.push_back({NamespaceType::kUser, ""});
  spec.linux_.uid_mappings = {{0, 100000, 65536}};
  spec.linux_.gid_mappings = {{0, 100000, 65536}};
  spec.hostname = "inside";
  spec.process.oom_score_adj = 700;
  const Ran ran = box.run(spec);
  ASSERT_TRUE(ran.started) << ran.failure.text;
  EXPECT_EQ(ran.output,
            "0\n         0     100000      65536\ninside\n0\nCapEff:\t00000000a80425fb\n700\n");
  struct stat info {};
  ASSERT_EQ(::stat((box.rootfs() + "/tmp/mine").c_str(), &info), 0);
  EXPECT_EQ(info.st_uid, 100000u);
}

TEST(UserNamespace, SharesTheSandboxAndCanBeEntered) {
  Box box;
  for (const auto& entry : fs::recursive_directory_iterator(box.rootfs()))
    ASSERT_EQ(::lchown(entry.path().c_str(), 100000, 100000), 0);
  ASSERT_EQ(::lchown(box.rootfs().c_str(), 100000, 100000), 0);
  Spec spec = box.spec("exec sleep 1000");
  spec.linux_.namespaces = {{NamespaceType::kUser, ""},
                            {NamespaceType::kPid, ""},
                            {NamespaceType::kMount, ""},
                            {NamespaceType::kCgroup, ""}};
  spec.linux_.uid_mappings = {{0, 100000, 65536}};
  spec.linux_.gid_mappings = {{0, 100000, 65536}};
  Process first = box.start(spec);
  runtime::Process process = spec.process;
  process.args = {"/bin/sh", "-c",
                  "id -u; readlink /proc/self/ns/net; readlink /proc/self/ns/user"};
  const Ran ran = box.exec(first, spec, process);
  EXPECT_TRUE(ran.started) << ran.failure.text;
  EXPECT_EQ(ran.output,
            "0\n" + fs::read_symlink("/proc/self/ns/net").string() + "\n" +
                fs::read_symlink("/proc/" + std::to_string(first.pid()) + "/ns/user").string() +
                "\n");
  end(first);
}

TEST(UserNamespace, FailingStepsLeaveNothing) {
  Box box;
  Spec spec = box.spec("true");
  spec.linux_.namespaces.push_back({NamespaceType::kUser, ""});
  spec.linux_.uid_mappings = {{0, 100000, 65536}};
  spec.linux_.gid_mappings = {{0, 100000, 65536}};
  const LeakScope scope{box.name(), {}};
  const Leaks before = Leaks::take(scope);
  for (int step = 0; step < 6; ++step) {
    box.place().inject_fault(step);
    const Ran ran = box.run(spec);
    EXPECT_FALSE(ran.started);
    EXPECT_EQ(ran.failure.errno_value, EIO) << ran.failure.text;
  }
  EXPECT_EQ(leaked_since(before, scope), "");
}

}  // namespace
}  // namespace podrun::test
