#include "cli/daemon_socket.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <cstdlib>
#include <cstring>

#include "base/fd.h"

namespace podrun::cli {

std::string daemon_socket(const Arguments& arguments) {
  if (arguments.has("socket")) return arguments.value("socket");
  if (arguments.has("run-dir")) return arguments.value("run-dir") + "/podrun.sock";
  const char* given = std::getenv("PODRUN_SOCKET");
  return given != nullptr && *given != '\0' ? given : "/run/podrun/podrun.sock";
}

bool does_daemon_answer(const std::string& socket) {
  const Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  if (!fd || socket.size() >= sizeof(address.sun_path)) return false;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, socket.data(), socket.size());
  return ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
}

}  // namespace podrun::cli
