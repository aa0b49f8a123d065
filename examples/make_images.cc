// make_demo_images FOLDER KUBIA [BUSYBOX]: writes the demo images as docker-archives.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/fd.h"
#include "base/files.h"
#include "base/pidfd.h"
#include "rootfs-tools/build_rootfs.h"

namespace podrun {
namespace {

void make(const std::string& file, const std::string& program,
          const images::RootfsOptions& options) {
  const std::string temporary = file + ".new";
  const Fd out = open_path(temporary, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  images::build_rootfs(program, options, out.get());
  if (::rename(temporary.c_str(), file.c_str()) != 0) throw_errno("rename " + temporary);
}

/// What `busybox --list-full` prints: "bin/ls" and so on.
std::vector<std::string> applets(const std::string& busybox) {
  Pipe pipe = make_pipe();
  const pid_t pid = ::fork();
  if (pid < 0) throw_errno("fork");
  if (pid == 0) {
    ::dup2(pipe.write.get(), STDOUT_FILENO);
    ::execl(busybox.c_str(), "busybox", "--list-full", nullptr);
    ::_exit(127);
  }
  pipe.write.reset();
  const std::string text = read_all(pipe.read.get());
  if (Process::open(pid).reap().shell_code() != 0) throw Error("run " + busybox + " --list-full");
  std::vector<std::string> paths;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text.find('\n', at);
    const std::string path = "/" + text.substr(at, end - at);
    if (path != "/bin/busybox") paths.push_back(path);
    at = end == std::string::npos ? text.size() : end + 1;
  }
  return paths;
}

void make_all(const std::string& folder, const std::string& kubia, const std::string& busybox) {
  make_dirs(folder);
  images::RootfsOptions healthy;
  healthy.program_path = "/kubia";
  healthy.names = {"luksa/kubia", "zchaoyu1126/kubia"};
  healthy.changes = {"ENTRYPOINT [\"/kubia\"]", "EXPOSE 8080"};
  make(folder + "/kubia.tar", kubia, healthy);
  images::RootfsOptions unhealthy = healthy;
  unhealthy.names = {"luksa/kubia-unhealthy"};
  unhealthy.changes = {"ENTRYPOINT [\"/kubia\", \"--unhealthy-after=5\"]", "EXPOSE 8080"};
  make(folder + "/kubia-unhealthy.tar", kubia, unhealthy);
  if (busybox.empty()) return;
  images::RootfsOptions tools;
  tools.program_path = "/bin/busybox";
  tools.links = applets(busybox);
  tools.names = {"busybox"};
  tools.changes = {"CMD [\"sh\"]"};
  make(folder + "/busybox.tar", busybox, tools);
}

}  // namespace
}  // namespace podrun

int main(int argc, char** argv) {
  if (argc < 3 || argc > 4) {
    std::fprintf(stderr, "usage: make_demo_images FOLDER KUBIA [BUSYBOX]\n");
    return 2;
  }
  try {
    podrun::make_all(argv[1], argv[2], argc == 4 ? argv[3] : "");
    return 0;
  } catch (const podrun::Error& error) {
    std::fprintf(stderr, "make_demo_images: %s\n", error.what());
    return 1;
  }
}
