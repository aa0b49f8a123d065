// Kubernetes' remote command protocol on SPDY: one stream for each of the command's.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "supervisor/api/http.h"
#include "supervisor/daemon/exec_websocket.h"

namespace podrun::daemon {

/// Whether the client asks for SPDY at all.
bool is_spdy(const api::Request& request);
/// What exec and attach speak over it.
inline constexpr std::string_view kExecSpdyProtocol = "v4.channel.k8s.io";
/// The 101 answer without its `upgrade`. Throws ApiError 403 where the client does not speak the
/// protocol.
api::Response spdy_answer(const api::Request& request, std::string_view protocol);
/// `streams`: how many the client will open; the session begins when it has.
std::unique_ptr<api::Upgrade> exec_over_spdy(std::shared_ptr<api::UpgradeSink> sink,
                                             std::size_t streams, SessionStart start);

}  // namespace podrun::daemon
