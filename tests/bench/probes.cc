#include "tests/bench/probes.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"
#include "cgroups/cgroup.h"
#include "runtime/birth.h"
#include "tests/bench/floor.h"
#include "tests/support/poll.h"

namespace podrun::bench {

namespace {

constexpr double kMostMs = 1;
constexpr useconds_t kQuietUs = 50'000;

std::string container(const std::string& name, const std::string& image, const std::string& command,
                      const std::string& probe) {
  return "  - name: " + name + "\n    image: " + image + "\n    imagePullPolicy: Never\n" +
         command +
         "    resources: {limits: {cpu: 500m, memory: 128Mi}}\n"
         "    livenessProbe:\n      " +
         probe +
         "\n      periodSeconds: 1\n      timeoutSeconds: 5\n"
         "      failureThreshold: 100\n";
}

std::string manifest() {
  return "apiVersion: v1\nkind: Pod\nmetadata: {name: probes}\nspec:\n"
         "  terminationGracePeriodSeconds: 0\n  containers:\n" +
         container("http-get", "luksa/kubia", "", "httpGet: {path: /, port: 8080}") +
         container("tcp-socket", "bench/stamp", "    command: [/bin/stamp, wait]\n",
                   "tcpSocket: {port: 8080}") +
         container("exec", "bench/stamp", "    command: [/bin/stamp, wait]\n",
                   "exec: {command: [/bin/stamp, nothing]}");
}

/// What the command of the exec probe costs by itself, from vfork to its end.
double command_ms(const std::string& program) {
  rusage usage{};
  char* words[] = {const_cast<char*>(program.c_str()), const_cast<char*>("nothing"), nullptr};
  char* environment[] = {nullptr};
  const pid_t pid = ::vfork();
  if (pid == 0) {
    ::execve(program.c_str(), words, environment);
    ::_exit(127);
  }
  int status = 0;
  ::wait4(pid, &status, 0, &usage);
  const auto us = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
  };
  return (us(usage.ru_utime) + us(usage.ru_stime)) / 1e3;
}

double probe_ms(const nlohmann::json& report, const std::string& name) {
  for (const auto& one : report["containers"]) {
    if (one["name"] != name) continue;
    const auto& instance = one["instances"].at(0);
    const auto& counts = instance["probes"]["liveness"];
    const int count = counts["succeeded"].get<int>() + counts["failed"].get<int>();
    if (count == 0) break;
    return instance["cpu"]["probeUsageMicroseconds"].get<double>() / count / 1e3;
  }
  throw Error("no " + name + " probe in the report");
}

}  // namespace

std::vector<Row> measure_probes(Bench& bench) {
  bench.run({test::built_binary("podrun"), "image", "import", "--data-dir", bench.home().data(),
             test::demo_image("kubia")});
  Row http{"httpGet, ms a probe", "ms", {}, kMostMs, "as designed", 0};
  Row tcp{"tcpSocket, ms a probe", "ms", {}, kMostMs, "as designed", 0};
  Row exec{"exec, ms a probe", "ms", {}, kMostMs, "over its command's own", 0};
  Row command{"  its command alone, ms", "ms", {}, {}, "", 0};
  for (int i = 0; i < 20; ++i) command.samples.add(command_ms(bench.rootfs() + "/bin/stamp"));
  for (int i = 0; i < 3; ++i) {
    const std::string report = bench.home().dir() / "report.json";
    test::PodRun run(bench.home(), manifest(), {"--for", "6s", "--report", report});
    if (run.wait() != 0) throw Error("the pod with probes failed: " + run.output());
    const auto json = nlohmann::json::parse(read_file(report));
    http.samples.add(probe_ms(json, "http-get"));
    tcp.samples.add(probe_ms(json, "tcp-socket"));
    exec.samples.add(probe_ms(json, "exec"));
  }
  exec.limit = kMostMs + command.samples.median();
  return {http, tcp, exec, command};
}

namespace {

using runtime::Birth;
using runtime::Birthplace;

[[noreturn]] void stamp(const char* argument, std::size_t) {
  const long now = now_ns();
  if (::write(1, &now, sizeof now) < 0 || argument == nullptr) ::_exit(1);
  ::_exit(0);
}

double birth_ms(Birthplace& place) {
  ::usleep(kQuietUs);
  Pipe pipe = make_pipe();
  const long begin = now_ns();
  Birth birth = runtime::Launcher::run_function(place, stamp, "-", {-1, pipe.write.get(), -1});
  pipe.write.reset();
  if (birth.wait() != Birth::State::kRunning) throw Error(birth.failure().text);
  birth.take_process().reap();
  long stamped = 0;
  if (::read(pipe.read.get(), &stamped, sizeof stamped) != sizeof stamped)
    throw Error("a probe process stamped nothing");
  return static_cast<double>(stamped - begin) / 1e6;
}

}  // namespace

std::vector<Row> measure_births(int rounds) {
  const auto layout = cgroups::detect_layout();
  auto group = cgroups::Cgroup::create(layout, "podrun-bench-" + std::to_string(::getpid()));
  Birthplace within(group);
  Birthplace without = Birthplace::without_cgroup();
  Row in{"in the leaf", "ms", {}, {}, "", 0};
  Row out{"without a cgroup", "ms", {}, {}, "", 0};
  for (int i = 0; i < rounds; ++i) {
    out.samples.add(birth_ms(without));
    in.samples.add(birth_ms(within));
  }
  in.against = out.samples.median();
  return {out, in};
}

}  // namespace podrun::bench
