// The server of the demo images, and the images themselves.
#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/fd.h"
#include "base/files.h"
#include "base/pidfd.h"
#include "rootfs-tools/import.h"
#include "rootfs-tools/store.h"
#include "tests/support/pod_run.h"
#include "tests/support/poll.h"
#include "tests/support/temp_dir.h"

namespace podrun::images {
namespace {

/// A network of the test's own with loopback up.
void enter_own_network() {
  if (::unshare(CLONE_NEWNET) != 0) throw_errno("unshare");
  const Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  request.ifr_name[0] = 'l';
  request.ifr_name[1] = 'o';
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  if (::ioctl(socket.get(), SIOCSIFFLAGS, &request) != 0) throw_errno("bring lo up");
}

/// As on a machine whose kernel has no IPv6.
void refuse_ipv6() {
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[0])),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAFNOSUPPORT),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{static_cast<unsigned short>(std::size(code)), code};
  if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) throw_errno("seccomp");
}

class Kubia {
 public:
  Kubia(std::vector<std::string> arguments, const std::string& log, bool ipv6 = true) : log_(log) {
    replace_file(log, "");
    pid_ = ::fork();
    if (pid_ == 0) {
      if (!ipv6) refuse_ipv6();
      const Fd out = open_path(log, O_WRONLY | O_APPEND);
      ::dup2(out.get(), STDOUT_FILENO);
      const std::string program = test::built_binary("kubia");
      std::vector<char*> words = {const_cast<char*>("kubia")};
      for (std::string& word : arguments) words.push_back(word.data());
      words.push_back(nullptr);
      ::execv(program.c_str(), words.data());
      ::_exit(127);
    }
    EXPECT_TRUE(test::poll_until([&] {
      return read_file_if_exists(log_).value_or("").find("starting") != std::string::npos;
    }));
  }
  ~Kubia() {
    if (pid_ > 0) stop(SIGKILL);
  }
  Kubia(const Kubia&) = delete;
  Kubia& operator=(const Kubia&) = delete;

  std::string log() const { return read_file(log_); }
  void signal(int number) const { ::kill(pid_, number); }
  int stop(int number) {
    signal(number);
    return Process::open(std::exchange(pid_, -1)).reap().shell_code();
  }

 private:
  std::string log_;
  pid_t pid_ = -1;
};

std::string get() {
  const Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(8080);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    throw_errno("connect");
  write_all(socket.get(), "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "a request");
  return read_all(socket.get());
}

/// In a child: starts the server as the first process of a pid namespace and sends it SIGTERM.
bool as_first_process(bool exits, const std::string& log) {
  try {
    if (::unshare(CLONE_NEWPID) != 0) return false;
    Kubia kubia(exits ? std::vector<std::string>{"--exit-on-term"} : std::vector<std::string>{},
                log);
    if (exits) return kubia.stop(SIGTERM) == 128 + SIGTERM;
    kubia.signal(SIGTERM);
    const bool answers = get().rfind("HTTP/1.1 200", 0) == 0;
    return answers && kubia.stop(SIGKILL) == 128 + SIGKILL;
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return false;
  }
}

class DemoImages : public ::testing::Test {
 protected:
  void SetUp() override { enter_own_network(); }
  std::string host() const {
    char name[256] = "";
    ::gethostname(name, sizeof name - 1);
    return name;
  }
  test::TempDir dir_;
};

TEST_F(DemoImages, UnhealthyAnswersFiveAndThenFails) {
  for (const bool ipv6 : {true, false}) {
    Kubia kubia({"--unhealthy-after=5"}, dir_ / "log", ipv6);
    std::string expected = "Kubia server starting...\n";
    for (int i = 1; i <= 8; ++i) {
      const std::string answer = get();
      if (i <= 5) {
        EXPECT_EQ(answer.rfind("HTTP/1.1 200 OK\r\n", 0), 0u);
        EXPECT_NE(answer.find("\r\n\r\nYou've hit " + host() + "\n"), std::string::npos);
      } else {
        EXPECT_EQ(answer.rfind("HTTP/1.1 500 Internal Server Error\r\n", 0), 0u);
        EXPECT_NE(answer.find("\r\n\r\nI'm not well. Please restart me!"), std::string::npos);
      }
      expected += "Received request from ::ffff:127.0.0.1\n";
    }
    EXPECT_EQ(kubia.log(), expected);
    EXPECT_EQ(kubia.stop(SIGTERM), 128 + SIGTERM);  // no pid namespace here: it dies of it
  }
}

TEST_F(DemoImages, HealthyGoesOnAndCanExitOnTerm) {
  Kubia kubia({"--exit-on-term"}, dir_ / "log");
  for (int i = 0; i < 20; ++i) EXPECT_EQ(get().rfind("HTTP/1.1 200", 0), 0u);
  EXPECT_EQ(kubia.stop(SIGTERM), 128 + SIGTERM);
}

TEST_F(DemoImages, AFirstProcessLivesThroughTermUnlessTold) {
  for (const bool exits : {false, true}) {
    const pid_t outer = ::fork();
    if (outer == 0) {
      ::_exit(as_first_process(exits, dir_ / "log") ? 0 : 1);
    }
    EXPECT_EQ(Process::open(outer).reap().shell_code(), 0);
  }
}

TEST_F(DemoImages, AreImportedUnderTheirNames) {
  const std::string data = dir_ / "data";
  for (const char* name : {"kubia", "kubia-unhealthy", "busybox"}) {
    import_image(data, test::demo_image(name), {});
  }
  const Store store(data);
  ASSERT_TRUE(store.find("luksa/kubia"));
  EXPECT_EQ(store.find("zchaoyu1126/kubia")->id, store.find("luksa/kubia")->id);
  EXPECT_EQ(store.find("luksa/kubia-unhealthy")->config.entrypoint,
            (std::vector<std::string>{"/kubia", "--unhealthy-after=5"}));
  EXPECT_EQ(store.find("luksa/kubia-unhealthy")->layers, store.find("luksa/kubia")->layers);
  const Snapshot snapshot = Snapshot::create(store, store.find("busybox").value(), "demo");
  for (const char* path : {"bin/sh", "bin/busybox", "usr/bin/env", "etc/passwd", "tmp", "proc"}) {
    EXPECT_EQ(::faccessat(snapshot.mount_fd(), path, F_OK, 0), 0) << path;
  }
}

TEST_F(DemoImages, AreTheSameEachTime) {
  const std::string again = dir_ / "images";
  ASSERT_EQ(test::run_command({test::built_binary("make_demo_images"), again,
                               test::built_binary("kubia"), "/bin/busybox"}),
            0);
  for (const char* name : {"kubia", "kubia-unhealthy", "busybox"}) {
    EXPECT_TRUE(read_file(again + "/" + name + ".tar") == read_file(test::demo_image(name)))
        << name;
  }
  EXPECT_NE(test::run_command({test::built_binary("make_demo_images"), again, "/bin/ls"}), 0);
}

}  // namespace
}  // namespace podrun::images
