// Another protocol's bytes in the binary messages of a WebSocket, as newer clients carry SPDY
// through proxies.
#pragma once

#include <functional>
#include <memory>

#include "supervisor/api/http.h"

namespace podrun::daemon {

/// `begin` makes what is carried; its sink is the tunnel's own end.
std::unique_ptr<api::Upgrade> tunnel_over_websocket(
    std::shared_ptr<api::UpgradeSink> sink,
    const std::function<std::unique_ptr<api::Upgrade>(std::shared_ptr<api::UpgradeSink>)>& begin);

}  // namespace podrun::daemon
