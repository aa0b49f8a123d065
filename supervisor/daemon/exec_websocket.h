// Kubernetes' remote command protocol on a WebSocket: each binary message is a stream's number and
// its bytes.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "supervisor/api/http.h"
#include "supervisor/daemon/exec_session.h"

namespace podrun::daemon {

/// Newest first: v5 can end a stream, v4 cannot.
inline const std::vector<std::string_view> kExecProtocols{"v5.channel.k8s.io", "v4.channel.k8s.io"};

std::unique_ptr<api::Upgrade> exec_over_websocket(std::shared_ptr<api::UpgradeSink> sink,
                                                  const SessionStart& start);

}  // namespace podrun::daemon
