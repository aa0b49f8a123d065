#include "supervisor/node/control_address.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/error.h"

namespace podrun::node {
namespace {

/// More orders than any pod gets between two turns of its supervisor's loop.
constexpr int kBacklog = 64;

/// The address through the open folder: a socket's path may have 107 bytes, a folder's has no such
/// limit.
struct ControlAddress {
  Fd folder;
  sockaddr_un address{};

  explicit ControlAddress(const std::string& pod_folder)
      : folder(::open(pod_folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {
    address.sun_family = AF_UNIX;
    const std::string path = "/proc/self/fd/" + std::to_string(folder.get()) + "/control";
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address); }
};

Fd make_socket() { return Fd(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)); }

}  // namespace

Fd listen_on_control(const std::string& pod_folder) {
  const ControlAddress at(pod_folder);
  ::unlinkat(at.folder.get(), "control", 0);
  Fd fd = make_socket();
  // The mode of a socket's file is the socket's own.
  if (!at.folder || !fd || ::fchmod(fd.get(), 0600) != 0 ||
      ::bind(fd.get(), at.get(), sizeof at.address) != 0 || ::listen(fd.get(), kBacklog) != 0) {
    throw_errno("listen on " + pod_folder + "/control");
  }
  return fd;
}

Fd connect_control(const std::string& pod_folder) {
  const ControlAddress at(pod_folder);
  if (!at.folder) return Fd();
  Fd fd = make_socket();
  if (!fd || ::connect(fd.get(), at.get(), sizeof at.address) == 0) return fd;
  const int why = errno;
  fd.reset();
  errno = why;
  return Fd();
}

}  // namespace podrun::node
