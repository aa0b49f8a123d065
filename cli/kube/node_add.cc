// `podrun node add|remove|partition|heal`: nodes of this machine, which the daemon runs agents for.
#include <algorithm>
#include <thread>

#include "cli/kube/commands.h"
#include "cli/kube/removal.h"
#include "supervisor/api/json_path.h"
#include "supervisor/client/metadata_words.h"
#include "supervisor/client/watch.h"

namespace podrun::kube {
namespace {

constexpr const char* kNodes = "/podrun/v1/nodes";
constexpr auto kStep = std::chrono::milliseconds(50);
constexpr auto kRemoval = std::chrono::seconds(10);

/// "disk=ssd,zone=a".
Json labels_of(const std::string& text) {
  std::vector<std::string> words{"node"};
  for (std::size_t begin = 0; !text.empty() && begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  const client::MetadataWords parsed = client::parse_metadata_words(words, true);
  if (parsed.objects.size() > 1 || !parsed.changes.removed.empty()) {
    throw UsageError("--labels takes KEY=VALUE,…");
  }
  Json labels = Json::object();
  for (const auto& [key, value] : parsed.changes.set) labels[key] = value;
  return labels;
}

bool is_ready(const Json& node) {
  const Json& conditions = api::at_path(node, "status.conditions");
  return std::any_of(conditions.begin(), conditions.end(), [](const Json& condition) {
    return api::text_at(condition, "type") == "Ready" &&
           api::text_at(condition, "status") == "True";
  });
}

void await_ready(Session& session, const std::string& name) {
  client::WatchRequest request{.path = session.type("nodes").collection(""),
                               .query = {{"fieldSelector", "metadata.name=" + name}}};
  request.deadline = deadline_of(session.arguments());
  client::watch(session.api(), request, [](const std::string& type, const Json& node) {
    return type == "DELETED" || !is_ready(node);
  });
}

/// As the daemon lists an added node; null where it does not.
Json listed_node(Session& session, const std::string& name) {
  const Json list = session.api().get(kNodes);
  for (const Json& item : api::at_path(list, "items")) {
    if (api::text_at(item, "name") == name) return item;
  }
  return Json();
}

void remove_node(Session& session, const std::string& name, std::optional<Moment> deadline) {
  session.api().send("DELETE", std::string(kNodes) + "/" + name, Json::object());
  while (!listed_node(session, name).is_null()) {
    if (deadline && SystemClock().now() >= *deadline) throw client::TimedOut();
    std::this_thread::sleep_for(kStep);
  }
}

/// What did not come up is taken back, and says why.
[[noreturn]] void give_up(Session& session, const std::string& name) {
  const std::string said = api::text_at(listed_node(session, name), "said");
  remove_node(session, name, SystemClock().now() + kRemoval);
  throw Error("timed out waiting for node \"" + name + "\" to be ready; it is removed again" +
              (said.empty() ? "" : ". Its agent's last words: " + said));
}

/// Does `act` with each name that was given; the others are tried all the same.
template <typename Act>
int for_names(Session& session, const char* done, const Act& act) {
  for (const std::string& name : session.arguments().operands) {
    try {
      act(name);
      print("node/" + name + " " + done + "\n");
    } catch (const Error& error) {
      session.failed(error);
    }
  }
  return session.exit_code();
}

int change_network(Session& session, const char* act, const char* done) {
  return for_names(session, done, [&](const std::string& name) {
    session.api().send("POST", std::string(kNodes) + "/" + name + "/" + act, Json::object());
  });
}

}  // namespace

int node_add(Session& session) {
  const Arguments& arguments = session.arguments();
  Json order = {{"labels", labels_of(arguments.value("labels"))}};
  for (const char* flag : {"cpus", "memory"}) {
    if (arguments.has(flag)) order[flag] = arguments.value(flag);
  }
  return for_names(session, "added", [&](const std::string& name) {
    order["name"] = name;
    session.api().send("POST", kNodes, order);
    try {
      await_ready(session, name);
    } catch (const client::TimedOut&) {
      give_up(session, name);
    }
  });
}

int node_remove(Session& session) {
  const std::optional<Moment> deadline = deadline_of(session.arguments());
  return for_names(session, "removed",
                   [&](const std::string& name) { remove_node(session, name, deadline); });
}

int node_partition(Session& session) { return change_network(session, "partition", "partitioned"); }

int node_heal(Session& session) { return change_network(session, "heal", "healed"); }

}  // namespace podrun::kube
