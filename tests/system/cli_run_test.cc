// `podrun run` against a stand-in for podrun-pod: orders, exit codes, output, clean-up after a
// crash. Whole runs with the real supervisor are tested elsewhere.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/fd.h"
#include "base/files.h"
#include "base/pidfd.h"
#include "cgroups/layout.h"
#include "supervisor/pod/process_identity.h"
#include "tests/support/leaks.h"
#include "tests/support/pod_run.h"
#include "tests/support/poll.h"
#include "tests/support/temp_dir.h"

namespace podrun::test {
namespace {

namespace fs = std::filesystem;

const std::string kManifest = R"(
apiVersion: v1
kind: Pod
metadata: {name: NAME}
spec:
  containers: [{name: main, image: busybox}]
)";

std::string manifest(const std::string& name) {
  std::string text = kManifest;
  return text.replace(text.find("NAME"), 4, name);
}

/// A podrun with the stand-in beside it, and folders of its own.
class CliRun : public ::testing::Test {
 protected:
  void SetUp() override {
    make_dirs(dir_ / "bin");
    fs::copy_file(built_binary("podrun"), dir_ / "bin/podrun");
    fs::copy_file(PODRUN_FAKE_POD, dir_ / "bin/podrun-pod");
    replace_file(dir_ / "pod.yaml", manifest("one"));
    before_ = Leaks::take(scope());
  }

  void TearDown() override {
    if (child_ > 0) {
      ::kill(child_, SIGKILL);
      ::waitpid(child_, nullptr, 0);
    }
    EXPECT_EQ(leaked_since(before_, scope()), "");
  }

  LeakScope scope() const { return {dir_.name(), {}, 0}; }

  std::vector<std::string> words(const std::vector<std::string>& more) const {
    std::vector<std::string> all{dir_ / "bin/podrun", "run",        "--data-dir", dir_ / "data",
                                 "--run-dir",         dir_ / "run", "--log-dir",  dir_ / "logs"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }

  /// Starts podrun with `snippet` as what the supervisor does; standard output and error go to
  /// `out` (or, below 0, to the file "output").
  void start(const std::string& snippet, const std::vector<std::string>& more, int out = -1) {
    const Fd file = open_path(dir_ / "output", O_WRONLY | O_CREAT | O_APPEND, 0600);
    std::vector<std::string> all = words(more);
    std::vector<char*> argv;
    for (std::string& word : all) argv.push_back(word.data());
    argv.push_back(nullptr);
    child_ = ::fork();
    if (child_ == 0) {
      ::dup2(out >= 0 ? out : file.get(), 1);
      ::dup2(out >= 0 ? out : file.get(), 2);
      ::setenv("FAKE_POD", snippet.c_str(), 1);
      ::execv(argv[0], argv.data());
      ::_exit(127);
    }
  }

  int wait() {
    int status = 0;
    ::waitpid(child_, &status, 0);
    child_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  int run(const std::string& snippet, const std::vector<std::string>& more = {}) {
    std::vector<std::string> all = more;
    all.push_back(dir_ / "pod.yaml");
    start(snippet, all);
    return wait();
  }

  std::string output() const { return read_file_if_exists(dir_ / "output").value_or(""); }
  bool shows(const std::string& text) const { return output().find(text) != std::string::npos; }
  std::string orders() const { return read_file_if_exists(dir_ / "orders").value_or(""); }
  std::string record_orders() const { return "orders " + (dir_ / "orders"); }
  /// Nothing of a pod is left in podrun's folders.
  void expect_clean() const {
    for (const std::string folder : {"run/pods", "logs"}) {
      EXPECT_TRUE(!fs::exists(dir_ / folder) || fs::is_empty(dir_ / folder)) << folder;
    }
  }

  TempDir dir_;
  Leaks before_;
  pid_t child_ = -1;
};

TEST_F(CliRun, ShowsWhatThePodWritesAndEndsWithItsCode) {
  EXPECT_EQ(run("event a Normal Started 'Started container main' 1; status Running true;"
                "log 0 stdout F hello; log 0 stdout P par; log 0 stderr F oops;"
                "log 0 stdout F tial; log 1 stdout F again; log 1 stdout P unfinished; exit 7"),
            7);
  const std::string text = output();
  EXPECT_TRUE(shows("Normal   Started            pod/one  Started container main\n")) << text;
  EXPECT_TRUE(shows("Status   Running            pod/one  ready 1/1, restarts 0\n")) << text;
  EXPECT_TRUE(shows("[main] hello\n[main] oops\n[main] partial\n[main] again\n[main] unfinished\n"))
      << text;
  EXPECT_EQ(text.find('\x1b'), std::string::npos) << "colours are for terminals";
  expect_clean();
}

TEST_F(CliRun, ACountedEventIsShownAgain) {
  EXPECT_EQ(run("event a Warning Unhealthy 'probe failed' 1;"
                "event a Warning Unhealthy 'probe failed' 2; exit 0"),
            0);
  EXPECT_TRUE(shows("Unhealthy          pod/one  probe failed\n")) << output();
  EXPECT_TRUE(shows("Unhealthy          pod/one  probe failed (x2)\n")) << output();
}

TEST_F(CliRun, FirstSignalTerminatesAndTheSecondKills) {
  for (const int signal : {SIGINT, SIGTERM}) {
    start("status Running true; " + record_orders(), {dir_ / "pod.yaml"});
    ASSERT_TRUE(poll_until([&] { return shows("Running"); })) << output();
    ::kill(child_, signal);
    ASSERT_TRUE(poll_until([&] { return orders() == "T"; }));
    ASSERT_TRUE(poll_until([&] { return shows("gracefully, within 30s"); })) << output();
    ::kill(child_, signal);
    EXPECT_EQ(wait(), 0) << output();
    EXPECT_EQ(orders(), "TK");
    EXPECT_TRUE(shows("killing the pod")) << output();
    expect_clean();
    fs::remove(dir_ / "orders");
    fs::remove(dir_ / "output");
  }
}

TEST_F(CliRun, TheThirdSignalKillsTheSupervisor) {
  start("status Running true; while true; do sleep 0.01; done", {dir_ / "pod.yaml"});
  ASSERT_TRUE(poll_until([&] { return shows("Running"); })) << output();
  for (const char* said : {"gracefully", "killing the pod", "killing the supervisor"}) {
    ::kill(child_, SIGINT);
    ASSERT_TRUE(poll_until([&] { return shows(said); })) << output();
  }
  EXPECT_EQ(wait(), 0);
  expect_clean();
}

TEST_F(CliRun, ForEndsGracefully) {
  EXPECT_EQ(run("read -r -N 1 -u $control o; [ $o = T ] && exit 5", {"--for", "100ms"}), 0);
  EXPECT_TRUE(shows("time is up: ending the pod gracefully")) << output();
}

TEST_F(CliRun, ItsDeathClosesTheControl) {
  start("status Running true; " + record_orders(), {dir_ / "pod.yaml"});
  ASSERT_TRUE(poll_until([&] { return shows("Running"); })) << output();
  ::kill(child_, SIGKILL);
  EXPECT_EQ(wait(), 137);
  EXPECT_TRUE(poll_until([&] { return orders() == "."; }));
  // The next run finds what is left.
  EXPECT_TRUE(poll_until([&] { return run("exit 0") == 0 && shows("cleaned up pod default/one"); }))
      << output();
  expect_clean();
}

TEST_F(CliRun, SeveralPodsRunTogether) {
  replace_file(dir_ / "two.yaml", manifest("two"));
  start("log 0 stdout F hello; [ $name = two ] && exit 9; exit 0",
        {dir_ / "pod.yaml", dir_ / "two.yaml"});
  EXPECT_EQ(wait(), 9);
  EXPECT_TRUE(shows("[one/main] hello\n")) << output();
  EXPECT_TRUE(shows("[two/main] hello\n")) << output();
  expect_clean();
}

TEST_F(CliRun, JsonIsOneObjectALine) {
  EXPECT_EQ(run("event a Normal Started 'Started' 1; status Running true; log 0 stdout F hello;"
                "exit 0",
                {"-o", "json"}),
            0);
  std::map<std::string, int> types;
  std::string text = output();
  for (std::size_t end = 0; (end = text.find('\n')) != std::string::npos; text.erase(0, end + 1)) {
    types[nlohmann::json::parse(text.substr(0, end))["type"]]++;
  }
  EXPECT_EQ(types, (std::map<std::string, int>{{"EVENT", 1}, {"LOG", 1}, {"STATUS", 1}}));
}

TEST_F(CliRun, WrongInputStartsNothing) {
  replace_file(dir_ / "bad.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: Bad_Name}\n");
  for (const std::vector<std::string>& more : std::vector<std::vector<std::string>>{
           {dir_ / "bad.yaml"},
           {dir_ / "pod.yaml", dir_ / "pod.yaml"},
           {dir_ / "pod.yaml", "--expect", "nonsense>1"},
           {dir_ / "pod.yaml", "--for", "soon"},
           {dir_ / "missing.yaml"},
           {},
       }) {
    start("exit 0", more);
    EXPECT_EQ(wait(), 2) << output();
    EXPECT_FALSE(fs::exists(dir_ / "run"));
    EXPECT_FALSE(fs::exists(dir_ / "logs"));
  }
  EXPECT_TRUE(shows("bad.yaml:3: metadata.name: Invalid value")) << output();
}

TEST_F(CliRun, AMissingSupervisorIsAnError) {
  fs::remove(dir_ / "bin/podrun-pod");
  EXPECT_EQ(run("exit 0"), 1);
  EXPECT_TRUE(shows("podrun-pod: No such file or directory")) << output();
  expect_clean();
}

TEST_F(CliRun, ExpectationsThatFailAreNamed) {
  EXPECT_EQ(run("exit 0", {"--expect", "restarts=0", "--junit", dir_ / "junit.xml"}), 3);
  EXPECT_TRUE(shows("FAILED")) << output();
  EXPECT_NE(read_file(dir_ / "junit.xml").find("<failure"), std::string::npos);
}

TEST_F(CliRun, ASlowReaderHoldsNothingUp) {
  Pipe pipe = make_pipe();
  start(
      "mkdir -p $log_folder/main; for i in $(seq 1 40000); do echo \"2026-11-23T10:00:00Z stdout "
      "F line $i of many that fill the pipe and the buffer behind it\"; done > "
      "$log_folder/main/0.log; " +
          record_orders() + "; exit 0",
      {"-q", dir_ / "pod.yaml"}, pipe.write.get());
  pipe.write.reset();
  // Nobody reads: an order still goes through.
  ASSERT_TRUE(poll_until([&] { return fs::exists(dir_ / "logs"); }));
  ::kill(child_, SIGINT);
  ASSERT_TRUE(poll_until([&] { return orders() == "T"; }));
  ::kill(child_, SIGINT);
  ASSERT_TRUE(poll_until([&] { return orders() == "TK"; }));
  const std::string text = read_all(pipe.read.get());
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 40000);
  EXPECT_EQ(wait(), 0);
}

TEST_F(CliRun, AClosedReaderEndsThePods) {
  Pipe pipe = make_pipe();
  start("status Running true; log 0 stdout F hello; " + record_orders(), {dir_ / "pod.yaml"},
        pipe.write.get());
  pipe.write.reset();
  pipe.read.reset();
  ASSERT_TRUE(poll_until([&] { return orders() == "T"; }));
  ::kill(child_, SIGINT);
  EXPECT_EQ(wait(), 0);
}

TEST_F(CliRun, ATerminalsCtrlCReachesPodrunAlone) {
  std::vector<std::string> all = words({dir_ / "pod.yaml"});
  std::vector<char*> argv;
  for (std::string& word : all) argv.push_back(word.data());
  argv.push_back(nullptr);
  const std::string snippet = "trap 'echo -n SIGINT >> " + (dir_ / "orders") +
                              "' INT; status Running true; " + record_orders();
  int master = -1;
  child_ = ::forkpty(&master, nullptr, nullptr, nullptr);
  if (child_ == 0) {
    ::setenv("FAKE_POD", snippet.c_str(), 1);
    ::setenv("TERM", "xterm", 1);
    ::unsetenv("NO_COLOR");
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  const Fd terminal(master);
  std::string text;
  const auto read_until = [&](const std::string& wanted) {
    return poll_until([&] {
      pollfd entry{.fd = master, .events = POLLIN, .revents = 0};
      char buffer[4096];
      if (::poll(&entry, 1, 10) == 1) {
        const ssize_t count = ::read(master, buffer, sizeof buffer);
        if (count > 0) text.append(buffer, static_cast<std::size_t>(count));
      }
      return text.find(wanted) != std::string::npos;
    });
  };
  ASSERT_TRUE(read_until("Running")) << text;
  EXPECT_NE(text.find("\x1b[1mStatus"), std::string::npos) << text;
  write_all(master, "\x03", "the terminal");
  ASSERT_TRUE(read_until("gracefully")) << text;
  write_all(master, "\x03", "the terminal");
  ASSERT_TRUE(read_until("killing the pod")) << text;
  EXPECT_EQ(wait(), 0);
  EXPECT_EQ(orders(), "TK");
}

/// A cgroup with a process in it, as a pod's containers; what is left goes with this object.
class LeftCgroup {
 public:
  explicit LeftCgroup(const std::string& name)
      : parent_(cgroups::detect_layout().v2_root + "/" + name) {}
  LeftCgroup(const LeftCgroup&) = delete;
  LeftCgroup& operator=(const LeftCgroup&) = delete;
  ~LeftCgroup() { ::rmdir(parent_.c_str()); }
  const std::string& parent() const { return parent_; }

 private:
  std::string parent_;
};

std::string sleep_in(const std::string& folder, const std::string& pid_file) {
  return "mkdir -p " + folder + "; sleep 1000 < /dev/null > /dev/null 2>&1 & echo $! > " + folder +
         "/cgroup.procs; echo $! > " + pid_file + "; ";
}

bool alive(pid_t pid) {
  const auto stat = read_file_if_exists("/proc/" + std::to_string(pid) + "/stat");
  return stat && stat->find(") Z ") == std::string::npos;
}

TEST_F(CliRun, ACrashedSupervisorsContainersAreKilled) {
  const LeftCgroup cgroup(dir_.name());
  EXPECT_EQ(
      run("cgroup=" + dir_.name() + "/pod$uid; record $cgroup; " +
          sleep_in(cgroup.parent() + "/pod$uid", dir_ / "pid") + "status Running true; kill -9 $$"),
      1);
  const pid_t pid = std::stoi(read_file(dir_ / "pid"));
  EXPECT_FALSE(alive(pid));
  EXPECT_TRUE(shows("Normal   SandboxChanged     pod/one  Pod sandbox changed")) << output();
  EXPECT_TRUE(shows("ended by signal 9: its containers were killed")) << output();
  EXPECT_TRUE(fs::is_empty(cgroup.parent()) || !fs::exists(cgroup.parent() + "/pod"));
  for (const auto& entry : fs::directory_iterator(cgroup.parent())) {
    EXPECT_FALSE(entry.is_directory()) << entry.path();
  }
  expect_clean();
}

TEST_F(CliRun, TheNextRunCleansUpWhatADeadSupervisorLeft) {
  const LeftCgroup cgroup(dir_.name());
  // podrun and its supervisor die together: their whole group is killed.
  start("cgroup=" + dir_.name() + "/pod$uid; record $cgroup; " +
            sleep_in(cgroup.parent() + "/pod$uid", dir_ / "pid") +
            "log 0 stdout F hello; echo $$ > " + (dir_ / "supervisor") + "; wait",
        {dir_ / "pod.yaml"});
  ASSERT_TRUE(
      poll_until([&] { return !read_file_if_exists(dir_ / "supervisor").value_or("").empty(); }));
  const pid_t pid = std::stoi(read_file(dir_ / "pid"));
  const pid_t supervisor = std::stoi(read_file(dir_ / "supervisor"));
  const std::string uid = fs::directory_iterator(dir_ / "run/pods")->path().filename();
  ::kill(child_, SIGKILL);
  wait();
  ::kill(-supervisor, SIGSTOP);  // as if it were busy: still alive
  EXPECT_EQ(run("exit 0"), 0);
  EXPECT_TRUE(alive(pid)) << "a living supervisor's pod is left alone";
  ASSERT_TRUE(fs::exists(dir_ / ("run/pods/" + uid)));

  make_dirs(dir_ / "data/images");
  // Two writable layers: one that nobody holds, one that a living process (this one) does.
  for (const char* id : {"dead", "other"}) {
    make_dirs(dir_ / ("data/snapshots/" + std::string(id) + "/upper"));
  }
  const Fd hold = open_path(dir_ / "data/snapshots/other", O_RDONLY | O_DIRECTORY);
  ASSERT_EQ(::flock(hold.get(), LOCK_EX), 0);
  make_dirs(dir_ / ("data/pods/" + uid + "/volumes"));
  ::kill(supervisor, SIGKILL);
  ASSERT_TRUE(
      poll_until([&] { return !pod::process_start_time(supervisor) || !alive(supervisor); }));
  ASSERT_TRUE(poll_until([&] { return run("exit 0") == 0 && shows("cleaned up pod default/one"); }))
      << output();
  EXPECT_FALSE(alive(pid));
  EXPECT_FALSE(fs::exists(cgroup.parent() + "/pod" + uid));
  EXPECT_FALSE(fs::exists(dir_ / "data/snapshots/dead"));
  EXPECT_TRUE(fs::exists(dir_ / "data/snapshots/other"));
  EXPECT_FALSE(fs::exists(dir_ / ("data/pods/" + uid)));
  expect_clean();
}

TEST_F(CliRun, ADamagedRecordNeverKillsAnotherCgroup) {
  const LeftCgroup cgroup(dir_.name());
  make_dirs(cgroup.parent() + "/innocent");
  const std::string folder = dir_ / "run/pods/0000";
  make_dirs(folder);
  for (const std::string& path : {dir_.name() + "/innocent", std::string("."), std::string()}) {
    replace_file(folder + "/supervisor.json",
                 R"({"pid":4194304,"startTime":1,"cgroup":")" + path + "\"}");
    EXPECT_EQ(run("exit 0"), 0) << output();
    EXPECT_TRUE(fs::exists(cgroup.parent() + "/innocent"));
    make_dirs(folder);
  }
  ::rmdir((cgroup.parent() + "/innocent").c_str());
}

}  // namespace
}  // namespace podrun::test
