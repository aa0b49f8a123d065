// Who is at the other end of a unix socket.
#pragma once

#include <sys/types.h>

#include <optional>

#include "supervisor/api/http.h"

namespace podrun::api {

/// Root and the daemon's own user are system:admin of system:masters; others are nobody.
std::optional<User> user_of_uid(uid_t uid, uid_t own);
/// The same for who connected (SO_PEERCRED).
std::optional<User> unix_peer(int socket);

}  // namespace podrun::api
