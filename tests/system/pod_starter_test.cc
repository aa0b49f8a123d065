// What the starter of a supervisor makes for it: both ends of the control socket, as root.
#include <gtest/gtest.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <functional>
#include <string>

#include "base/error.h"
#include "supervisor/pod/starter.h"

namespace podrun::pod {
namespace {

struct Ends {
  Fd starter, supervisor;
};

Ends control_socket() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
    throw_errno("socketpair");
  return {Fd(ends[0]), Fd(ends[1])};
}

cgroups::Layout v1_devices() {
  cgroups::Layout layout;
  layout.v1_mounts[cgroups::Controller::kDevices] = "/sys/fs/cgroup/devices";
  return layout;
}

ino_t own(const std::string& kind) {
  struct stat info {};
  ::stat(("/proc/self/ns/" + kind).c_str(), &info);
  return info.st_ino;
}

bool loopback_is_up() {
  const Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  return ::ioctl(socket.get(), SIOCGIFFLAGS, &request) == 0 && (request.ifr_flags & IFF_UP) != 0;
}

/// What `check` says in a process of its own, whose namespaces may change.
bool holds_in_child(const std::function<bool()>& check) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    bool holds = false;
    try {
      holds = check();
    } catch (const std::exception& error) {
      std::fprintf(stderr, "%s\n", error.what());
    }
    ::_exit(holds ? 0 : 1);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST(PodStarter, HandsOverNamespacesAndStaysWhereItIs) {
  const Ends ends = control_socket();
  const ino_t network = own("net"), ipc = own("ipc"), uts = own("uts");
  hand_over(ends.starter.get(), v1_devices(), {});
  EXPECT_EQ(own("net"), network);
  EXPECT_EQ(own("ipc"), ipc);
  EXPECT_EQ(own("uts"), uts);
  EXPECT_TRUE(holds_in_child([&] {
    Starter starter(ends.supervisor.get(), true);
    const bool program = starter.take_device_program().valid();
    starter.enter_namespaces(own_namespaces({}));
    const ino_t entered = own("net");
    starter.enter_namespaces(own_namespaces({}));
    return !program && entered != network && own("ipc") != ipc && own("uts") != uts &&
           loopback_is_up() && own("net") == entered;
  }));
}

TEST(PodStarter, HandsOverOnlyWhatThePodHasOfItsOwn) {
  const Ends ends = control_socket();
  const ino_t network = own("net"), ipc = own("ipc"), uts = own("uts");
  manifest::PodSpec spec;
  spec.host_network = true;
  hand_over(ends.starter.get(), v1_devices(), spec);
  EXPECT_TRUE(holds_in_child([&] {
    Starter starter(ends.supervisor.get(), true);
    starter.enter_namespaces(own_namespaces(spec));
    return own("net") == network && own("ipc") != ipc && own("uts") == uts;
  }));
}

TEST(PodStarter, LoadsTheDeviceProgramForV2) {
  const Ends ends = control_socket();
  hand_over(ends.starter.get(), cgroups::Layout(), {});
  Starter starter(ends.supervisor.get(), true);
  EXPECT_TRUE(starter.take_device_program().valid());
  EXPECT_FALSE(starter.take_device_program().valid()) << "it is handed over once";
}

TEST(PodStarter, ASupervisorWithoutHelpMakesItsOwn) {
  const ino_t network = own("net");
  for (const bool helps : {false, true}) {
    Ends ends = control_socket();
    ends.starter.reset();  // with `helps`, it died before it could
    EXPECT_TRUE(holds_in_child([&] {
      Starter starter(ends.supervisor.get(), helps);
      if (helps && starter.wait_for_start()) return false;
      if (starter.take_device_program().valid()) return false;
      starter.enter_namespaces(own_namespaces({}));
      return own("net") != network && loopback_is_up();
    })) << helps;
  }
}

// A pod that waits for its image takes orders before it needs the namespaces.
TEST(PodStarter, KeepsWhatComesAmongOrders) {
  const Ends ends = control_socket();
  hand_over(ends.starter.get(), v1_devices(), {});
  ASSERT_EQ(::send(ends.starter.get(), "T", 1, 0), 1);
  const ino_t network = own("net");
  EXPECT_TRUE(holds_in_child([&] {
    Starter starter(ends.supervisor.get(), true);
    std::string words;
    for (char word = 0; words.size() < 3 && starter.receive(word) == Received::kPacket;)
      words += word;
    starter.enter_namespaces(own_namespaces({}));
    return words == "DNT" && own("net") != network;
  }));
}

}  // namespace
}  // namespace podrun::pod
