// How long a birth takes: clone to the end of /bin/true, through the runtime library.
//
//   birth_bench ROOTFS ROUNDS GAP_MS MODE WHAT
//     ROOTFS  a folder with /bin/true
//     GAP_MS  idle time before each round: 0 is back to back, 50 what a restart sees
//     MODE    none    no cgroup
//             cgroup  a new cgroup each round: clone3 on v2, and the entry of v1's
//                     hierarchies by the child itself on hybrid
//             again   one cgroup for all rounds, as restarts have it
//     WHAT    floor      the mounts and namespaces of floor.c, nothing else
//             container  the default container
//             exec       /bin/true in a running container
//             function   a function that does nothing, as a network probe runs
// Prints the medians and p90 in ms: start_container() to execve, and to the process's end.
#include <fcntl.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/fd.h"
#include "cgroups/cgroup.h"
#include "runtime/birth.h"
#include "runtime/seccomp.h"

namespace {

using podrun::Fd;
using podrun::cgroups::Cgroup;
using podrun::runtime::Birth;
using podrun::runtime::Birthplace;
using podrun::runtime::Launcher;
using podrun::runtime::NamespaceType;
using podrun::runtime::Spec;

double now_ms() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

void sleep_ms(int ms) { ::usleep(static_cast<useconds_t>(ms) * 1000); }

Spec container_spec() {
  Spec spec = podrun::runtime::default_spec();
  spec.linux_.seccomp = podrun::runtime::default_seccomp_program();
  return spec;
}

Spec floor_spec() {
  Spec spec;
  spec.mounts = {{"/proc", "proc", "proc", {}},
                 {"/dev", "tmpfs", "tmpfs", {"mode=755"}},
                 {"/dev/pts", "devpts", "devpts", {"newinstance", "ptmxmode=0666"}},
                 {"/dev/shm", "tmpfs", "shm", {}},
                 {"/dev/mqueue", "mqueue", "mqueue", {}}};
  spec.linux_.devices = {{"/dev/null", 'c', 1, 3}, {"/dev/zero", 'c', 1, 5}};
  spec.process.capabilities.bounding = podrun::runtime::all_capabilities();
  spec.process.capabilities.effective = spec.process.capabilities.bounding;
  spec.process.capabilities.permitted = spec.process.capabilities.bounding;
  return spec;
}

[[noreturn]] void do_nothing(const char*, std::size_t) { ::_exit(0); }

struct Place {
  std::optional<Cgroup> cgroup;
  Birthplace birthplace;
};

Place make_place(bool in_cgroup) {
  Place place;
  if (in_cgroup) {
    const auto layout = podrun::cgroups::detect_layout();
    place.cgroup = Cgroup::create(layout, "podrun-bench-" + std::to_string(::getpid()));
    place.birthplace = Birthplace(*place.cgroup);
  } else {
    place.birthplace = Birthplace::without_cgroup();
  }
  return place;
}

struct Sample {
  double running, ended;
};

Sample measure(Birth birth, double start) {
  if (birth.wait() != Birth::State::kRunning) {
    std::fprintf(stderr, "birth_bench: %s\n", birth.failure().text.c_str());
    std::exit(1);
  }
  const double running = now_ms();
  const podrun::ExitStatus status = birth.take_process().reap();
  const double ended = now_ms();
  if (status.shell_code() != 0) {
    std::fprintf(stderr, "birth_bench: exit code %d\n", status.shell_code());
    std::exit(1);
  }
  return {running - start, ended - start};
}

void print(const char* name, std::vector<double> values) {
  std::sort(values.begin(), values.end());
  std::printf("  %s: median %.2f ms, p90 %.2f\n", name, values[values.size() / 2],
              values[values.size() * 9 / 10]);
}

struct Options {
  std::string rootfs, mode, what;
  int rounds, gap;
};

Sample start_in(Place& place, const Options& options, const Spec& spec, int rootfs) {
  sleep_ms(options.gap);
  const double start = now_ms();
  return measure(Launcher::start_container(place.birthplace, spec, rootfs, {}), start);
}

void run(const Options& options) {
  Spec spec = options.what == "floor" ? floor_spec() : container_spec();
  for (const auto type : {NamespaceType::kMount, NamespaceType::kPid, NamespaceType::kIpc,
                          NamespaceType::kUts, NamespaceType::kCgroup})
    spec.linux_.namespaces.push_back({type, ""});
  spec.process.args = {"/bin/true"};
  const Fd rootfs = podrun::open_path(options.rootfs, O_PATH | O_DIRECTORY);
  std::vector<double> running, ended;
  const auto add = [&](const Sample& sample) {
    running.push_back(sample.running);
    ended.push_back(sample.ended);
  };
  if (options.what == "floor" || options.what == "container") {
    std::optional<Place> place;
    for (int i = 0; i < options.rounds; ++i) {
      if (!place || options.mode != "again") {
        place.reset();
        place = make_place(options.mode != "none");
      }
      add(start_in(*place, options, spec, rootfs.get()));
    }
  } else {
    Place place = make_place(options.mode != "none");
    Spec sleeping = spec;
    sleeping.process.args = {"/bin/sleep", "1000"};
    Birth birth = Launcher::start_container(place.birthplace, sleeping, rootfs.get(), {});
    if (birth.wait() != Birth::State::kRunning) throw podrun::Error(birth.failure().text);
    const podrun::Process first = birth.take_process();
    for (int i = 0; i < options.rounds; ++i) {
      sleep_ms(options.gap);
      const double start = now_ms();
      add(measure(options.what == "exec"
                      ? Launcher::exec(place.birthplace, first, spec, spec.process, {})
                      : Launcher::run_function(place.birthplace, do_nothing, "", {}),
                  start));
    }
    first.signal(SIGKILL);
    first.reap();
  }
  std::printf("%s %s gap %d ms\n", options.what.c_str(), options.mode.c_str(), options.gap);
  print("to execve", running);
  print("to the end", ended);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) {
    std::fprintf(stderr,
                 "usage: birth_bench ROOTFS ROUNDS GAP_MS none|cgroup|again "
                 "floor|container|exec|function\n");
    return 2;
  }
  try {
    run({argv[1], argv[4], argv[5], std::atoi(argv[2]), std::atoi(argv[3])});
  } catch (const podrun::Error& error) {
    std::fprintf(stderr, "birth_bench: %s\n", error.what());
    return 1;
  }
}
