// exec and attach: the streams of Kubernetes' remote command protocol (v5.channel.k8s.io), between
// the daemon and this process's standard streams.
#pragma once

#include <string>

#include "cli/kube/session.h"

namespace podrun::kube {

struct RemoteStreams {
  bool in = false;
  bool tty = false;  // out and err are one
};

/// Runs until the far end has ended; returns the command's exit code (0 for attach). Throws Refused
/// before the session has begun, Error where it broke off.
int run_remote(Session& session, const std::string& path, Query query,
               const RemoteStreams& streams);

/// What the error channel's Status says: the exit code. Throws Error for what is none.
int exit_code_of(const Json& status);

}  // namespace podrun::kube
