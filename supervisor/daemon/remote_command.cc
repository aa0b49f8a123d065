#include "supervisor/daemon/remote_command.h"

#include <utility>

#include "supervisor/api/api_error.h"
#include "supervisor/api/server/websocket.h"
#include "supervisor/daemon/exec_spdy.h"
#include "supervisor/daemon/exec_websocket.h"
#include "supervisor/daemon/pod_container.h"

namespace podrun::daemon {

// ValidatePodExecOptions, and its streams' check in kubelet.
WantedStreams wanted_streams(const api::Request& request) {
  WantedStreams wanted;
  wanted.tty = is_true(request, "tty");
  wanted.in = is_true(request, "stdin");
  wanted.out = is_true(request, "stdout");
  wanted.err = is_true(request, "stderr") && !wanted.tty;
  if (!wanted.in && !wanted.out && !wanted.err) {
    throw api::bad_request("you must specify at least 1 of stdin, stdout, stderr");
  }
  return wanted;
}

api::Response session_answer(const api::Request& request, const WantedStreams& streams,
                             SessionStart start) {
  api::Response response;
  if (api::is_websocket(request)) {
    response = api::websocket_answer(request, kExecProtocols);
    response.upgrade = [start = std::move(start)](std::shared_ptr<api::UpgradeSink> sink) {
      return exec_over_websocket(std::move(sink), start);
    };
  } else if (is_spdy(request)) {
    const std::size_t count = 1u + streams.in + streams.out + streams.err + streams.tty;
    response = spdy_answer(request, kExecSpdyProtocol);
    response.upgrade = [start = std::move(start), count](std::shared_ptr<api::UpgradeSink> sink) {
      return exec_over_spdy(std::move(sink), count, start);
    };
  } else {
    throw api::bad_request("Upgrade request required");
  }
  return response;
}

}  // namespace podrun::daemon
