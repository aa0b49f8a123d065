#include "supervisor/api/server/peer.h"

#include <sys/socket.h>
#include <unistd.h>

namespace podrun::api {

std::optional<User> user_of_uid(uid_t uid, uid_t own) {
  if (uid != 0 && uid != own) return std::nullopt;
  return User{"system:admin", {"system:masters"}};
}

std::optional<User> unix_peer(int socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return std::nullopt;
  return user_of_uid(peer.uid, ::geteuid());
}

}  // namespace podrun::api
