#include "supervisor/daemon/node_requests.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "supervisor/api/json_path.h"
#include "supervisor/daemon/node_order.h"
#include "supervisor/node/host.h"

namespace podrun::daemon {
namespace {

using store::Json;

constexpr std::string_view kNodes = "/podrun/v1/nodes";

/// What follows the collection: "two" and "heal".
std::pair<std::string, std::string> words_of(const std::string& path) {
  std::string rest = path.substr(kNodes.size());
  if (rest.starts_with('/')) rest.erase(0, 1);
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  return {rest.substr(0, slash), rest.substr(std::min(slash + 1, rest.size()))};
}

void require_admin(const api::Request& request) {
  const auto& groups = request.user.groups;
  if (std::find(groups.begin(), groups.end(), "system:masters") != groups.end()) return;
  throw api::forbidden({"", "nodes", "Node", ""},
                       "User \"" + request.user.name + "\" may not change this machine's nodes");
}

}  // namespace

std::optional<api::Response> NodeRequests::handle(const api::Request& request) {
  if (!request.path.starts_with(kNodes)) return std::nullopt;
  api::Response response;
  try {
    return answer(request);
  } catch (const api::ApiError& error) {
    response.status = error.code();
    response.body = error.to_json().dump();
  } catch (const std::exception& error) {
    const api::ApiError failure = api::internal_error(error.what());
    response.status = failure.code();
    response.body = failure.to_json().dump();
  }
  return response;
}

api::Response NodeRequests::answer(const api::Request& request) {
  require_admin(request);
  const auto [name, act] = words_of(request.path);
  api::Response response;
  if (request.method == "GET" && name.empty()) {
  } else if (request.method == "POST" && name.empty()) {
    add(request.body);
    response.status = 201;
  } else if (request.method == "DELETE" && act.empty()) {
    nodes_.remove(name);
    response.status = 202;
  } else if (request.method == "POST" && (act == "partition" || act == "heal")) {
    nodes_.set_partitioned(name, act == "partition");
  } else {
    throw api::method_not_allowed({"", "nodes", "Node", name}, request.method);
  }
  response.body = nodes_.list().dump();
  return response;
}

/// What the API says to such a Node is said now, rather than to an agent.
void NodeRequests::add(const std::string& text) {
  const Json order = Json::parse(text, nullptr, false);
  if (!order.is_object()) throw api::bad_request("the body is not a JSON object");
  const node::HostFacts machine = node::read_host("/", {});
  pod::NodePlace place = node_place(order, {machine.cpus, machine.memory_bytes});
  std::map<std::string, std::string> labels;
  for (const auto& [label, value] : api::at_path(order, "labels").items()) {
    if (!value.is_string()) throw api::bad_request("labels: " + label + ": not a string");
    labels[label] = value.get<std::string>();
  }
  Json node = {{"metadata", {{"name", place.name}, {"labels", labels}}}};
  // The agent adds it; a label is shorter than a name may be.
  node["metadata"]["labels"]["kubernetes.io/hostname"] = place.name;
  if (nodes_.contains(place.name)) throw api::already_exists({"", "nodes", "Node", place.name});
  registry_.create(api::stored_type("nodes"), "v1", "", node.dump(), {.dry_run = true});
  nodes_.add(std::move(place), std::move(labels));
}

}  // namespace podrun::daemon
