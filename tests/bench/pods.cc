#include "tests/bench/pods.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/fd.h"
#include "base/files.h"
#include "cgroups/layout.h"
#include "tests/bench/floor.h"

namespace podrun::bench {

namespace {

using Json = nlohmann::ordered_json;

/// crun refuses a v2 tree beside v1 hierarchies: it does not see it where it is not mounted.
void hide_unified() {
  if (::unshare(CLONE_NEWNS) != 0 ||
      ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
    ::_exit(126);
  ::umount2("/sys/fs/cgroup/unified", MNT_DETACH);
}

/// The moment of the exec, told by the child in shared memory.
long run_and_stamp(const std::vector<std::string>& words, const std::string& output_path,
                   bool legacy_cgroups, int expected_code) {
  auto* started = static_cast<long*>(
      ::mmap(nullptr, sizeof(long), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const Fd output = open_path(output_path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  const Fd input = open_path("/dev/null", O_RDONLY);
  const pid_t pid = ::fork();
  if (pid < 0) throw_errno("fork");
  if (pid == 0) {
    if (legacy_cgroups) hide_unified();
    ::dup2(input.get(), 0);
    ::dup2(output.get(), 1);
    ::dup2(output.get(), 2);
    *started = now_ns();
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  const long moment = *started;
  ::munmap(started, sizeof(long));
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  if (code != expected_code)
    throw Error(words[0] + " ended with " + std::to_string(code) + ": " + read_file(output_path));
  return moment;
}

}  // namespace

Bench::Bench(const std::string& stamp_program) {
  for (const char* folder : {"bin", "proc", "dev", "sys", "out"})
    make_dirs(rootfs() + "/" + folder);
  replace_file(rootfs() + "/bin/stamp", read_file(stamp_program), 0755);
  ::chmod((rootfs() + "/bin/stamp").c_str(), 0755);
  run({test::built_binary("podrun"), "image", "import", "--data-dir", home_.data(), rootfs(),
       "bench/stamp"});
}

std::string Bench::manifest(const std::string& mode, const std::string& policy,
                            const std::string& more) const {
  return "apiVersion: v1\nkind: Pod\nmetadata: {name: bench}\nspec:\n"
         "  restartPolicy: " +
         policy +
         "\n  terminationGracePeriodSeconds: 0\n"
         "  volumes: [{name: out, hostPath: {path: " +
         rootfs() +
         "/out}}]\n"
         "  containers:\n"
         "  - name: stamp\n    image: bench/stamp\n    imagePullPolicy: Never\n"
         "    command: [/bin/stamp, " +
         mode +
         ", /out/stamp]\n"
         "    volumeMounts: [{name: out, mountPath: /out}]\n"
         "    resources: {limits: {cpu: 500m, memory: 128Mi}}\n" +
         more;
}

std::vector<long> Bench::take_stamps() const {
  const std::string path = rootfs() + "/out/stamp";
  const std::string bytes = read_file(path);
  ::unlink(path.c_str());
  std::vector<long> stamps(bytes.size() / sizeof(long));
  std::memcpy(stamps.data(), bytes.data(), stamps.size() * sizeof(long));
  return stamps;
}

long Bench::run(const std::vector<std::string>& words, int expected_code) const {
  return run_and_stamp(words, home_.dir() / "output", false, expected_code);
}

long Bench::run_podrun(const std::string& manifest, int expected_code) const {
  const std::string file = home_.dir() / "pod.yaml";
  replace_file(file, manifest);
  std::vector<std::string> words{test::built_binary("podrun"), "run"};
  const auto flags = home_.flags();
  words.insert(words.end(), flags.begin(), flags.end());
  if (!cgroups::detect_layout().can_limit(cgroups::Controller::kCpu))
    words.push_back("--allow-no-limits");
  words.push_back(file);
  return run(words, expected_code);
}

void Bench::make_bundle() const {
  const std::string folder = home_.dir() / "bundle";
  if (::access(folder.c_str(), F_OK) == 0) return;
  make_dirs(folder);
  run({"/bin/sh", "-c", "cd \"$1\" && crun spec", "sh", folder});
  Json config = Json::parse(read_file(folder + "/config.json"));
  config["root"] = {{"path", rootfs()}, {"readonly", false}};
  config["process"]["args"] = {"/bin/stamp", "first", "/out/stamp"};
  config["process"]["terminal"] = false;
  // What this machine lets a container have, root may not raise.
  config["process"].erase("rlimits");
  replace_file(folder + "/config.json", config.dump());
}

long Bench::run_crun() const {
  make_bundle();
  const bool hybrid = ::access("/sys/fs/cgroup/unified", F_OK) == 0;
  return run_and_stamp({"/usr/bin/crun", "--cgroup-manager", "cgroupfs", "run", "--bundle",
                        home_.dir() / "bundle", "podrun-bench-" + std::to_string(::getpid())},
                       home_.dir() / "output", hybrid, 0);
}

}  // namespace podrun::bench
