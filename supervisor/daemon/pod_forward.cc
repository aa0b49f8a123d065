#include "supervisor/daemon/pod_forward.h"

#include <memory>
#include <string>

#include "base/error.h"
#include "supervisor/api/api_error.h"
#include "supervisor/api/server/websocket.h"
#include "supervisor/daemon/exec_spdy.h"
#include "supervisor/daemon/forward_spdy.h"
#include "supervisor/daemon/websocket_tunnel.h"
#include "supervisor/node/pod_network.h"

namespace podrun::daemon {
namespace {

constexpr std::string_view kTunnelProtocol = "SPDY/3.1+portforward.k8s.io";

ForwardTarget target_of(const pod::Roots& roots, const store::Object& pod) {
  const std::string uid = pod.json->at("metadata").value("uid", "");
  // Found at once, so that a pod that does not run is an answer and no broken connection.
  auto network = std::make_shared<Fd>();
  try {
    *network = node::open_pod_network(roots, uid);
  } catch (const Error& error) {
    throw api::ApiError(500, "InternalError",
                        "unable to upgrade connection: pod " + pod.key.name + "_" +
                            pod.key.namespace_ + " does not run: " + error.what());
  }
  return {uid, [network](int family) { return node::socket_in_network(*network, family); }};
}

}  // namespace

api::Response PodForward::get(const store::Object& pod, const api::Request& request) const {
  using Sink = std::shared_ptr<api::UpgradeSink>;
  api::Response response;
  if (api::is_websocket(request)) {
    response = api::websocket_answer(request, {kTunnelProtocol});
    response.upgrade = [this, target = target_of(roots_of_(*pod.json), pod)](Sink sink) {
      return tunnel_over_websocket(std::move(sink), [&](Sink inner) {
        return forward_over_spdy(std::move(inner), target, reactor_);
      });
    };
  } else if (is_spdy(request)) {
    response = spdy_answer(request, kForwardProtocol);
    response.upgrade = [this, target = target_of(roots_of_(*pod.json), pod)](Sink sink) {
      return forward_over_spdy(std::move(sink), target, reactor_);
    };
  } else {
    throw api::bad_request("Upgrade request required");
  }
  return response;
}

}  // namespace podrun::daemon
