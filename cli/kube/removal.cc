#include "cli/kube/removal.h"

#include "base/go_duration.h"
#include "supervisor/api/json_path.h"
#include "supervisor/client/watch.h"

namespace podrun::kube {
namespace {

bool is_same(const Json& object, const std::string& uid) {
  return uid.empty() || api::text_at(object, "metadata.uid") == uid;
}

}  // namespace

std::string remove(Session& session, const Target& target, const Removal& removal) {
  Json options{{"kind", "DeleteOptions"}, {"apiVersion", "v1"}};
  if (!removal.propagation.empty()) options["propagationPolicy"] = removal.propagation;
  if (removal.grace_seconds) options["gracePeriodSeconds"] = *removal.grace_seconds;
  if (removal.dry) options["dryRun"] = Json::array({"All"});
  const Json answer = session.api().send("DELETE", target.path(), options);
  const std::string uid = api::text_at(answer, "metadata.uid");
  return uid.empty() ? api::text_at(answer, "details.uid") : uid;
}

void await_removal(Session& session, const Target& target, const std::string& uid,
                   std::optional<Moment> deadline) {
  while (true) {
    const std::optional<Json> object = find_object(session, target);
    if (!object || !is_same(*object, uid)) return;
    try {
      client::watch(session.api(),
                    {.path = target.type->collection(target.space),
                     .query = {{"fieldSelector", "metadata.name=" + target.name}},
                     .version = api::text_at(*object, "metadata.resourceVersion"),
                     .deadline = deadline},
                    [&](const std::string& type, const Json& changed) {
                      return type != "DELETED" && is_same(changed, uid);
                    });
    } catch (const Refused& refused) {
      if (refused.code() != 410) throw;  // too old a version: looked at again
    }
  }
}

void remove_and_wait(Session& session, const Target& target, const Removal& removal,
                     std::optional<Moment> deadline) {
  std::string uid;
  try {
    uid = remove(session, target, removal);
  } catch (const Refused& refused) {
    if (refused.code() != 404) throw;
    return;
  }
  await_removal(session, target, uid, deadline);
}

std::string removed_line(const Target& target, const std::string& verb, const std::string& suffix) {
  return target.type->shown_kind() + " \"" + target.name + "\" " + verb +
         (target.space.empty() ? "" : " from " + target.space + " namespace") + suffix + "\n";
}

std::optional<Moment> deadline_of(const Arguments& arguments) {
  const Nanoseconds timeout = parse_duration(arguments.value("timeout"));
  if (timeout.count() == 0) return std::nullopt;
  return SystemClock().now() + timeout;
}

std::string propagation_of(const std::string& cascade) {
  if (cascade == "foreground") return "Foreground";
  if (cascade == "orphan" || cascade == "false") return "Orphan";
  return "Background";
}

}  // namespace podrun::kube
