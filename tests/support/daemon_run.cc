#include "tests/support/daemon_run.h"

#include <signal.h>
#include <sys/wait.h>

#include "base/files.h"
#include "tests/support/poll.h"

namespace podrun::test {

std::string DaemonRun::output_in(const PodHome& home) {
  return read_file_if_exists(home.dir() / "daemon.log").value_or("");
}

DaemonRun::DaemonRun(PodHome& home, const std::vector<std::string>& more,
                     const std::vector<std::string>& launcher)
    : home_(home) {
  std::vector<std::string> words = launcher;
  for (const auto& part : {{built_binary("podrun"), "daemon", "--port", "0"}, home.flags(), more}) {
    words.insert(words.end(), part.begin(), part.end());
  }
  pid_ = spawn_command(words, home.dir() / "daemon.log");
}

DaemonRun::~DaemonRun() { kill(); }

bool DaemonRun::wait_ready() {
  HttpClient client(socket_in(home_));
  bool ready = false;
  poll_until(
      [&] {
        const auto answer = client.get("/readyz");
        ready = answer && answer->ok();
        return ready || ended();
      },
      std::chrono::seconds(60), std::chrono::milliseconds(1));
  return ready;
}

bool DaemonRun::ended() {
  int status = 0;
  if (!code_ && ::waitpid(pid_, &status, WNOHANG) == pid_) code_ = shell_code(status);
  return code_.has_value();
}

void DaemonRun::kill() {
  if (!code_) ::kill(pid_, SIGKILL);
  wait();
}

int DaemonRun::stop() {
  if (!code_) ::kill(pid_, SIGTERM);
  return wait();
}

int DaemonRun::wait() {
  int status = 0;
  if (!code_ && ::waitpid(pid_, &status, 0) == pid_) code_ = shell_code(status);
  return code_.value_or(-1);
}

}  // namespace podrun::test
