// What a container looks like from inside.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <sstream>

#include "base/error.h"
#include "base/files.h"
#include "runtime/capabilities.h"
#include "tests/support/runtime_box.h"

namespace podrun::test {
namespace {

namespace fs = std::filesystem;
using runtime::NamespaceType;
using runtime::Spec;

/// "MOUNTPOINT TYPE OPTIONS", a line each, from the container's mountinfo.
std::string mounts_of(const std::string& mountinfo) {
  std::istringstream lines(mountinfo);
  std::string result;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::vector<std::string> word;
    for (std::string each; words >> each;) word.push_back(each);
    const auto dash = std::find(word.begin(), word.end(), "-");
    if (dash == word.end() || word.size() < 7) return "unexpected line: " + line;
    std::string type = *(dash + 1);
    if (word[4] == "/") type = "root";
    result +=
        word[4] + " " + type + " " + word[5] + (dash != word.begin() + 6 ? " shared" : "") + "\n";
  }
  return result;
}

TEST(Container, RunsAProgramAndReportsItsEnd) {
  Box box;
  const Ran ran = box.sh("echo hello; echo error >&2; exit 7");
  ASSERT_TRUE(ran.started) << ran.failure.text;
  EXPECT_EQ(ran.output, "hello\nerror\n");
  EXPECT_EQ(ran.status.code, 7);
  EXPECT_TRUE(ran.notes.empty());
}

TEST(Container, HasNamespacesOfItsOwn) {
  Box box;
  const Ran ran = box.sh(
      "for ns in pid mnt ipc uts net cgroup user; do readlink /proc/self/ns/$ns; done; echo $$");
  ASSERT_TRUE(ran.started) << ran.failure.text;
  std::istringstream lines(ran.output);
  std::string line;
  for (const char* type : {"pid", "mnt", "ipc", "uts", "net", "cgroup"}) {
    std::getline(lines, line);
    EXPECT_NE(line, fs::read_symlink(std::string("/proc/self/ns/") + type)) << type;
  }
  std::getline(lines, line);
  EXPECT_EQ(line, fs::read_symlink("/proc/self/ns/user"));
  std::getline(lines, line);
  EXPECT_EQ(line, "1");
}

TEST(Container, HasTheMountsOfTheSpecAndNoOthers) {
  Box box;
  const Ran ran = box.sh("cat /proc/self/mountinfo");
  ASSERT_TRUE(ran.started) << ran.failure.text;
  std::string mounts = mounts_of(ran.output);
  const auto first_line_end = mounts.find('\n');
  EXPECT_EQ(mounts.substr(0, 7), "/ root ");
  mounts = mounts.substr(first_line_end + 1);
  const std::string expected =
      "/proc proc rw,nosuid,nodev,noexec,relatime\n"
      "/dev tmpfs rw,nosuid\n"
      "/dev/pts devpts rw,nosuid,noexec,relatime\n"
      "/dev/shm tmpfs rw,nosuid,nodev,noexec,relatime\n"
      "/dev/mqueue mqueue rw,nosuid,nodev,noexec,relatime\n"
      "/sys sysfs ro,nosuid,nodev,noexec,relatime\n";
  EXPECT_EQ(mounts.substr(0, expected.size()), expected);
  for (const char* line :
       {"/proc/sys proc ro,nosuid,nodev,noexec,relatime\n", "/sys/firmware tmpfs ro,nosuid"})
    EXPECT_NE(mounts.find(line), std::string::npos) << line << " in\n" << mounts;
  EXPECT_EQ(mounts.find(box.name()), std::string::npos);
  EXPECT_EQ(mounts.find("shared"), std::string::npos);
}

TEST(Container, MasksAndProtectsPaths) {
  Box box;
  const Ran ran = box.sh(
      "cat /proc/timer_list | wc -c; cat /proc/keys | wc -c; ls /sys/firmware | wc -l;"
      "echo 1 > /proc/sys/kernel/panic || echo refused;"
      "echo h > /proc/sysrq-trigger || echo refused;"
      "touch /sys/x || echo refused");
  ASSERT_TRUE(ran.started) << ran.failure.text;
  EXPECT_NE(ran.output.find("0\n0\n0\n"), std::string::npos) << ran.output;
  std::size_t refused = 0;
  for (auto at = ran.output.find("refused"); at != std::string::npos;
       at = ran.output.find("refused", at + 1))
    ++refused;
  EXPECT_EQ(refused, 3u) << ran.output;
}

TEST(Container, HasTheUsualDevices) {
  Box box;
  const Ran ran = box.sh(
      "cd /dev; stat -c '%n %F %t:%T %a %u' null zero full random urandom tty;"
      "for link in fd stdin stdout stderr ptmx core; do readlink $link; done; echo x > null; head "
      "-c 3 zero | wc -c; ls | wc -w");
  ASSERT_TRUE(ran.started) << ran.failure.text;
  EXPECT_EQ(ran.output,
            "null character special file 1:3 666 0\nzero character special file 1:5 666 0\n"
            "full character special file 1:7 666 0\nrandom character special file 1:8 666 0\n"
            "urandom character special file 1:9 666 0\ntty character special file 5:0 666 0\n"
            "/proc/self/fd\n/proc/self/fd/0\n/proc/self/fd/1\n/proc/self/fd/2\npts/ptmx\n"
            "/proc/kcore\n3\n15\n");
}

std::string status_field(const std::string& status, const std::string& field) {
  const auto at = status.find(field + ":\t");
  if (at == std::string::npos) return "(none)";
  const auto start = at + field.size() + 2;
  return status.substr(start, status.find('\n', start) - start);
}

TEST(Container, HasTheCapabilitiesAndTheFilterOfTheSpec) {
  Box box;
  Ran ran = box.sh("cat /proc/self/status; unshare -U true || echo refused");
  ASSERT_TRUE(ran.started) << ran.failure.text;
  EXPECT_EQ(status_field(ran.output, "CapBnd"), "00000000a80425fb");
  EXPECT_EQ(status_field(ran.output, "CapPrm"), "00000000a80425fb");
  EXPECT_EQ(status_field(ran.output, "CapEff"), "00000000a80425fb");
  EXPECT_EQ(status_field(ran.output, "CapAmb"), "0000000000000000");
  EXPECT_EQ(status_field(ran.output, "CapInh"), "0000000000000000");
  EXPECT_EQ(status_field(ran.output, "Seccomp"), "2");
  EXPECT_EQ(status_field(ran.output, "NoNewPrivs"), "0");
  EXPECT_EQ(status_field(ran.output, "SigBlk"), "0000000000000000");
  EXPECT_EQ(status_field(ran.output, "SigIgn"), "0000000000000000");
  EXPECT_NE(ran.output.find("Operation not permitted"), std::string::npos);
  EXPECT_NE(ran.output.find("refused"), std::string::npos);

  Spec spec = box.spec("cat /proc/self/status");
  spec.process.no_new_privileges = true;
  spec.process.capabilities = {};
  ran = box.run(spec);
  ASSERT_TRUE(ran.started) << ran.failure.text;
  EXPECT_EQ(status_field(ran.output, "CapBnd"), "0000000000000000");
  EXPECT_EQ(status_field(ran.output, "CapEff"), "0000000000000000");
  EXPECT_EQ(status_field(ran.output, "Seccomp"), "2");
  EXPECT_EQ(status_field(ran.output, "NoNewPrivs"), "1");
}

TEST(Container, GivesAmbientCapabilitiesToAUser) {
  Box box;
  Spec spec = box.spec("cat /proc/self/status");
  const std::vector<std::string> one = {"CAP_NET_BIND_SERVICE"};
  spec.process.capabilities = {one, one, one, one, one};
  spec.process.user.uid = 1000;
  const Ran ran = box.run(spec);
  ASSERT_TRUE(ran.started) << ran.failure.text;
  EXPECT_EQ(status_field(ran.output, "CapEff"), "0000000000000400");
  EXPECT_EQ(status_field(ran.output, "CapAmb"), "0000000000000400");
}

TEST(Container, RefusesUnknownCapabilities) {
  Box box;
  Spec spec = box.spec("true");
  spec.process.capabilities.bounding = {"CAP_COFFEE"};
  EXPECT_THROW(box.run(spec), BadInput);
}

TEST(Container, RunsAsTheUserOfTheSpec) {
  Box box;
  Spec spec = box.spec(
      "id -u; id -g; id -G; umask; touch /tmp/a || echo refused; "
      "echo x > /dev/stdout");
  spec.process.user = {1000, 2000, mode_t{027}, {3000, 4000}};
  const Ran ran = box.run(spec);
  ASSERT_TRUE(ran.started) << ran.failure.text;
  EXPECT_EQ(ran.output,
            "1000\n2000\n2000 3000 4000\n0027\ntouch: /tmp/a: Permission denied\nrefused\nx\n");
}

TEST(Container, HasLimitsAndSaysWhatItCutShort) {
  Box box;
  Spec spec = box.spec("ulimit -n; ulimit -Hn");
  spec.process.rlimits = {{"RLIMIT_NOFILE", 512, 1024}};
  Ran ran = box.run(spec);
  ASSERT_TRUE(ran.started) << ran.failure.text;
  EXPECT_EQ(ran.output, "512\n1024\n");
  EXPECT_TRUE(ran.notes.empty());

  const bool may_raise =
      (runtime::own_capabilities() >> *runtime::capability_number("CAP_SYS_RESOURCE") & 1) != 0;
  if (may_raise) return;
  spec.process.rlimits = {{"RLIMIT_NOFILE", 512, 1u << 30}};
  spec.process.oom_score_adj = -999;
  ran = box.run(spec);
  ASSERT_TRUE(ran.started) << ran.failure.text;
  EXPECT_EQ(ran.output.substr(0, 4), "512\n");
  ASSERT_EQ(ran.notes.size(), 2u);
  EXPECT_EQ(ran.notes[0], "set oom_score_adj to -999: left as it is: Permission denied");
  EXPECT_EQ(ran.notes[1],
            "set RLIMIT_NOFILE to 512:1073741824: cut to the hard limit that podrun "
            "has itself: Operation not permitted");
}

TEST(Container, HasFolderEnvironmentHostnameAndSysctls) {
  Box box;
  Spec spec = box.spec(
      "pwd; echo $WORD; hostname; cat /proc/sys/net/ipv4/ip_unprivileged_port_start;"
      "cat /proc/self/oom_score_adj");
  spec.process.cwd = "/made/for/this";
  spec.process.env.push_back("WORD=value with spaces");
  spec.process.oom_score_adj = 500;
  spec.hostname = "kubia";
  spec.linux_.sysctl["net.ipv4.ip_unprivileged_port_start"] = "0";
  const Ran ran = box.run(spec);
  ASSERT_TRUE(ran.started) << ran.failure.text;
  EXPECT_EQ(ran.output, "/made/for/this\nvalue with spaces\nkubia\n0\n500\n");
}

TEST(Container, FindsTheProgramInThePath) {
  Box box;
  Spec spec = box.spec("");
  spec.process.args = {"echo", "found"};
  spec.process.env = {"PATH=/nowhere:/bin"};
  EXPECT_EQ(box.run(spec).output, "found\n");

  spec.process.args = {"nothing-like-it"};
  Ran ran = box.run(spec);
  EXPECT_FALSE(ran.started);
  EXPECT_TRUE(ran.failure.exec_failed);
  EXPECT_EQ(ran.failure.errno_value, ENOENT);
  EXPECT_EQ(ran.failure.text, "exec nothing-like-it: executable file not found in $PATH");

  spec.process.args = {"/etc"};
  ran = box.run(spec);
  EXPECT_TRUE(ran.failure.exec_failed);
  EXPECT_EQ(ran.failure.text, "exec /etc: Permission denied");
}

TEST(Container, DoesNotExecuteThroughLinksOfProc) {
  Box box;
  Spec spec = box.spec("");
  spec.process.args = {"/proc/self/exe"};
  const Ran ran = box.run(spec);
  EXPECT_FALSE(ran.started);
  EXPECT_EQ(ran.failure.errno_value, ELOOP);
}

TEST(Container, InheritsNoDescriptors) {
  Box box;
  const Fd secret = open_path("/etc/passwd", 0);
  const Fd leaky(::dup(secret.get()));  // without close-on-exec
  const Ran ran = box.sh("ls /proc/self/fd");
  ASSERT_TRUE(ran.started) << ran.failure.text;
  EXPECT_EQ(ran.output, "0\n1\n2\n3\n");  // 3: the folder that ls reads
}

TEST(Container, MountsFoldersAndFiles) {
  Box box;
  make_dirs(box.outside("data/below"));
  replace_file(box.outside("data/file"), "from the host\n");
  replace_file(box.outside("one"), "one file\n");
  Spec spec = box.spec(
      "cat /mnt/data/file /etc/one; echo new > /mnt/data/written; echo x > /mnt/ro/file || "
      "echo refused; cat /mnt/ready/file; grep -c . /etc/one");
  spec.mounts.push_back({"/mnt/data", "bind", box.outside("data"), {"rbind", "rprivate"}});
  spec.mounts.push_back({"/mnt/ro", "bind", box.outside("data"), {"rbind", "rro", "nosuid"}});
  spec.mounts.push_back({"/etc/one", "bind", box.outside("one"), {"bind", "ro"}});
  spec.mounts.push_back({"/mnt/scratch", "tmpfs", "", {"size=1m", "noexec"}});
  const Fd ready(
      static_cast<int>(::syscall(428 /* open_tree */, -100, box.outside("data").c_str(), 1)));
  runtime::Mount prepared{"/mnt/ready", "", "", {}, ready.get()};
  spec.mounts.push_back(prepared);
  const Ran ran = box.run(spec);
  ASSERT_TRUE(ran.started) << ran.failure.text;
  EXPECT_EQ(ran.output,
            "from the host\none file\n/bin/sh: can't create /mnt/ro/file: Read-only file "
            "system\nrefused\nfrom the host\n1\n");
  EXPECT_EQ(read_file(box.outside("data/written")), "new\n");
}

TEST(Container, MayHaveAReadOnlyRoot) {
  Box box;
  Spec spec = box.spec("touch /x || echo refused; touch /dev/shm/x && echo written");
  spec.root_readonly = true;
  EXPECT_EQ(box.run(spec).output, "touch: /x: Read-only file system\nrefused\nwritten\n");
}

/// In a mount namespace of the test's own: mounts made on the host side, seen (or not) inside.
int propagate(Box& box) {
  const std::string shared = box.outside("shared");
  if (::unshare(CLONE_NEWNS) != 0) return 1;
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return 2;
  if (::mount("tmpfs", shared.c_str(), "tmpfs", 0, nullptr) != 0) return 3;
  if (::mount(nullptr, shared.c_str(), nullptr, MS_SHARED, nullptr) != 0) return 4;
  make_dirs(shared + "/sub");
  Spec spec = box.spec("exec sleep 1000");
  spec.mounts.push_back({"/slave", "bind", shared, {"rbind", "rslave"}});
  spec.mounts.push_back({"/private", "bind", shared, {"rbind"}});
  box.renew_place();
  Process first = box.start(spec);
  if (::mount("tmpfs", (shared + "/sub").c_str(), "tmpfs", 0, nullptr) != 0) return 5;
  replace_file(shared + "/sub/file", "");
  runtime::Process process = spec.process;
  process.args = {"/bin/sh", "-c", "ls /slave/sub; echo -; ls /private/sub"};
  const Ran ran = box.exec(first, spec, process);
  end(first);
  return ran.output == "file\n-\n" ? 0 : 6;
}

TEST(Container, SeesMountsOfTheHostWhereAsked) {
  Box box;
  make_dirs(box.outside("shared"));
  const pid_t child = ::fork();
  if (child == 0) ::_exit(propagate(box));
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0) << WEXITSTATUS(status);
}

TEST(Container, MayHaveATerminal) {
  Box box;
  Spec spec = box.spec(
      "test -t 0 && test -t 1 && echo terminal; tty; ls -l /dev/console; read x; "
      "echo got $x");
  spec.process.terminal = true;
  spec.process.user.uid = 1000;
  const Fd root = open_path(box.rootfs(), O_PATH);
  runtime::Birth birth = runtime::Launcher::start_container(box.place(), spec, root.get(), {});
  ASSERT_EQ(birth.wait(), runtime::Birth::State::kRunning) << birth.failure().text;
  const Fd terminal = birth.take_terminal();
  ASSERT_TRUE(terminal.valid());
  const Process process = birth.take_process();
  write_all(terminal.get(), "word\n", "terminal");
  std::string output;
  char bytes[256];
  for (ssize_t size = 0; (size = ::read(terminal.get(), bytes, sizeof bytes)) > 0;)
    output.append(bytes, static_cast<std::size_t>(size));
  EXPECT_EQ(process.reap().code, 0);
  for (const char* part : {"terminal\r\n", "/dev/pts/0\r\n", "136,", "got word\r\n"})
    EXPECT_NE(output.find(part), std::string::npos) << part << " in " << output;
}

TEST(Container, RefusesWhatItCannotDo) {
  Box box;
  Spec spec = box.spec("true");
  spec.mounts.push_back({"/x", "bind", "/no/such/folder", {"rbind"}});
  try {
    box.run(spec);
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "mount /no/such/folder at /x: No such file or directory");
  }
  spec = box.spec("true");
  spec.mounts.push_back({"/x", "no-such-fs", "none", {}});
  EXPECT_EQ(box.run(spec).failure.text, "mount none at /x: No such device");
  spec = box.spec("true");
  spec.linux_.sysctl["kernel.panic"] = "1";
  EXPECT_THROW(box.run(spec), BadInput);
  spec = box.spec("true");
  spec.process.args.clear();
  EXPECT_THROW(box.run(spec), BadInput);
}

}  // namespace
}  // namespace podrun::test
