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

bool is_listed(Session& session, const std::string& name) {
  const Json list = session.api().get(kNodes);
  const Json& items = api::at_path(list, "items");
  return std::any_of(items.begin(), items.end(),
                     [&](const Json& item) { return api::text_at(item, "name") == name; });
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
    await_ready(session, name);
  });
}

int node_remove(Session& session) {
  const std::optional<Moment> deadline = deadline_of(session.arguments());
  return for_names(session, "removed", [&](const std::string& name) {
    session.api().send("DELETE", std::string(kNodes) + "/" + name, Json::object());
    while (is_listed(session, name)) {
      if (deadline && SystemClock().now() >= *deadline) throw client::TimedOut();
      std::this_thread::sleep_for(kStep);
    }
  });
}

int node_partition(Session& session) { return change_network(session, "partition", "partitioned"); }

int node_heal(Session& session) { return change_network(session, "heal", "healed"); }

}  // namespace podrun::kube
