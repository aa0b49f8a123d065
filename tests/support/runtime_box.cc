#include "tests/support/runtime_box.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "base/error.h"
#include "base/files.h"
#include "runtime/seccomp.h"

namespace podrun::test {

namespace {

using runtime::Birth;
using runtime::Launcher;
using runtime::NamespaceType;

void make_rootfs(const std::string& root) {
  for (const char* folder : {"/bin", "/proc", "/dev", "/sys", "/etc", "/tmp"})
    make_dirs(root + folder);
  std::filesystem::copy_file("/bin/busybox", root + "/bin/busybox");
  for (const char* applet : {"sh",    "cat",      "ls",   "true",    "false", "sleep", "id",
                             "mount", "readlink", "pwd",  "env",     "stat",  "head",  "mkdir",
                             "touch", "hostname", "grep", "unshare", "echo",  "mknod", "chown",
                             "chmod", "rm",       "ps",   "test",    "kill",  "wc",    "tty"})
    std::filesystem::create_symlink("busybox", root + "/bin/" + applet);
}

}  // namespace

Box::Box(bool in_cgroup) : folder_("podrun-box"), rootfs_(folder_ / "rootfs") {
  make_rootfs(rootfs_);
  ::chmod(folder_.path().c_str(), 0755);
  if (in_cgroup) cgroup_ = cgroups::Cgroup::create(cgroups::detect_layout(), folder_.name());
  renew_place();
}

void Box::renew_place() {
  root_fd_ = open_path(rootfs_, O_PATH | O_DIRECTORY);
  place_ = runtime::Birthplace();
  place_ = cgroup_ ? runtime::Birthplace(*cgroup_) : runtime::Birthplace::without_cgroup();
}

runtime::Spec Box::spec(const std::string& script) const {
  runtime::Spec spec = runtime::default_spec();
  for (const auto type : {NamespaceType::kPid, NamespaceType::kMount, NamespaceType::kIpc,
                          NamespaceType::kUts, NamespaceType::kCgroup, NamespaceType::kNetwork})
    spec.linux_.namespaces.push_back({type, ""});
  spec.linux_.seccomp = runtime::default_seccomp_program();
  spec.process.args = {"/bin/sh", "-c", script};
  spec.process.env = {"PATH=/bin", "BOX=" + folder_.name()};
  return spec;
}

Ran Box::finish(Birth birth, Pipe pipe) {
  pipe.write.reset();
  Ran ran;
  ran.started = birth.wait() == Birth::State::kRunning;
  ran.notes = birth.notes();
  if (!ran.started) {
    ran.failure = birth.failure();
    return ran;
  }
  ran.output = read_all(pipe.read.get());
  ran.status = birth.take_process().reap();
  return ran;
}

Ran Box::run(const runtime::Spec& spec) {
  Pipe pipe = make_pipe();
  Birth birth = Launcher::start_container(place_, spec, root_fd_.get(),
                                          {-1, pipe.write.get(), pipe.write.get()});
  return finish(std::move(birth), std::move(pipe));
}

Process Box::start(const runtime::Spec& spec) {
  Birth birth = Launcher::start_container(place_, spec, root_fd_.get(), {});
  if (birth.wait() != Birth::State::kRunning) throw Error(birth.failure().text);
  return birth.take_process();
}

Ran Box::exec(const Process& container, const runtime::Spec& container_spec,
              const runtime::Process& process) {
  Pipe pipe = make_pipe();
  Birth birth = Launcher::exec(place_, container, container_spec, process,
                               {-1, pipe.write.get(), pipe.write.get()});
  return finish(std::move(birth), std::move(pipe));
}

void end(Process& process) {
  process.signal(SIGKILL);
  process.reap();
}

}  // namespace podrun::test
