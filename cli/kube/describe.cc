// `podrun describe`.
#include "supervisor/client/describe.h"

#include "cli/kube/change.h"
#include "cli/kube/commands.h"
#include "cli/kube/targets.h"
#include "supervisor/api/json_path.h"
#include "supervisor/client/related.h"

namespace podrun::kube {
namespace {

/// The query's path, by the version that the description wants to read.
std::string path_of(const client::Query& query) {
  ResourceType type;
  const auto slash = query.group_version.find('/');
  type.group = slash == std::string::npos ? "" : query.group_version.substr(0, slash);
  type.version = query.group_version.substr(slash == std::string::npos ? 0 : slash + 1);
  type.resource = query.resource;
  return query.name.empty() ? type.collection(query.in_namespace)
                            : type.path(query.in_namespace, query.name);
}

client::Related related_to(Session& session, const Json& object, bool with_events) {
  client::Related related;
  for (const client::Query& query : client::queries_for(object, with_events)) {
    Query parameters;
    if (!query.label_selector.empty()) {
      parameters.emplace_back("labelSelector", query.label_selector);
    }
    if (!query.field_selector.empty()) {
      parameters.emplace_back("fieldSelector", query.field_selector);
    }
    try {
      related.put(query.relation, session.api().get(path_of(query), parameters));
    } catch (const Refused& refused) {
      related.put_error(query.relation, refused.message());
    }
  }
  return related;
}

std::string description(Session& session, const Json& object) {
  const bool with_events = session.arguments().is_on("show-events");
  return client::describe(object, related_to(session, object, with_events), SystemClock().wall());
}

/// Objects whose names begin with the target's.
std::vector<Json> prefixed(Session& session, const Target& target) {
  std::vector<Json> found;
  const Json list = session.api().get(target.type->collection(target.space));
  for (const Json& item : api::at_path(list, "items")) {
    if (!api::text_at(item, "metadata.name").starts_with(target.name)) continue;
    found.push_back(list_item(item, *target.type));
  }
  return found;
}

/// The object, behind `separator`. Where nothing has the name, what begins with it is meant.
void describe_one(Session& session, const Target& target, const std::string& separator) {
  try {
    print(separator + description(session, fetch(session, target)));
  } catch (const Refused& refused) {
    if (refused.code() != 404 || !target.source.empty()) throw;
    const std::vector<Json> found = prefixed(session, target);
    if (found.empty()) throw;
    for (const Json& object : found) print(description(session, object) + "\n");
  }
}

}  // namespace

int describe(Session& session) {
  const std::vector<Target> targets = find_targets(session, {.types_mean_all = true});
  if (targets.empty()) {
    tell_nothing_found(session);
    return 0;
  }
  bool first = true;
  return for_each(session, targets, "", [&](const Target& target) {
    describe_one(session, target, first ? "" : "\n\n");
    first = false;
  });
}

}  // namespace podrun::kube
