// The answer to a request for a session with a container: on WebSocket or SPDY, as the client asks.
#pragma once

#include <cstddef>

#include "supervisor/api/http.h"
#include "supervisor/daemon/exec_wire.h"

namespace podrun::daemon {

/// The streams that a client of exec or attach wants.
struct WantedStreams {
  bool in = false, out = false, err = false, tty = false;
};
/// From the query. Throws ApiError 400 where it wants none.
WantedStreams wanted_streams(const api::Request& request);

/// Throws ApiError: 400 where it is no request to upgrade, 403 where no protocol is shared.
api::Response session_answer(const api::Request& request, const WantedStreams& streams,
                             SessionStart start);

}  // namespace podrun::daemon
