// Which uid, gid and groups a container runs as: the manifest's security contexts over the image's
// USER, names looked up in the image's own /etc/passwd and /etc/group.
#pragma once

#include <string>

#include "runtime/spec.h"
#include "supervisor/manifest/pod.h"

namespace podrun::pod {

/// The two files of a rootfs, as text; empty where absent.
struct UserDatabase {
  std::string passwd;
  std::string group;
};

/// Reads both inside `rootfs_fd` (no symlink leads out of it; at most 1 MiB each).
UserDatabase read_user_database(int rootfs_fd);

struct ResolvedUser {
  runtime::User user;
  std::string home;  // from passwd; "/" where there is no entry
};

/// `image_user` is the image's USER: "", "name", "uid", "name:group", "uid:gid". Throws Error for a
/// name that the image does not know, and for runAsNonRoot with uid 0 or with a user name that
/// cannot be verified (kubelet's texts).
ResolvedUser resolve_user(const manifest::PodSpec& pod, const manifest::Container& container,
                          const std::string& image_user, const UserDatabase& database);

}  // namespace podrun::pod
