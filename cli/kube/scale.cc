// `podrun scale`.
#include "cli/kube/change.h"
#include "cli/kube/commands.h"
#include "cli/kube/removal.h"
#include "supervisor/api/json_path.h"
#include "supervisor/client/watch.h"

namespace podrun::kube {
namespace {

void scale_one(Session& session, const Target& target, const Change& change, std::int64_t wanted,
               std::int64_t expected) {
  const std::string path = target.path() + "/scale";
  const Json scale = session.api().get(path);
  const std::int64_t current = api::int_at(scale, "spec.replicas");
  if (expected >= 0 && current != expected) {
    throw Error("Expected replicas to be " + std::to_string(expected) + ", was " +
                std::to_string(current));
  }
  if (const std::string version = session.arguments().value("resource-version");
      !version.empty() && api::text_at(scale, "metadata.resourceVersion") != version) {
    throw Error("Expected resource version to be " + version + ", was " +
                api::text_at(scale, "metadata.resourceVersion"));
  }
  if (change.is_local()) return;
  Json patch{{"spec", {{"replicas", wanted}}}};
  // Whoever names what must be there has it checked with the write.
  if (expected >= 0) {
    patch["metadata"]["resourceVersion"] = api::text_at(scale, "metadata.resourceVersion");
  }
  session.api().send("PATCH", path, patch, change.query(), kMergePatch);
}

/// Until as many pods are there as are wanted.
void await_replicas(Session& session, const Target& target, std::optional<Moment> deadline) {
  const auto reached = [](const Json& object) {
    return api::int_at(object, "status.observedGeneration") >=
               api::int_at(object, "metadata.generation") &&
           api::int_at(object, "status.replicas") == api::int_at(object, "spec.replicas");
  };
  const Json object = fetch(session, target);
  if (reached(object)) return;
  client::watch(session.api(),
                {.path = target.type->collection(target.space),
                 .query = {{"fieldSelector", "metadata.name=" + target.name}},
                 .version = api::text_at(object, "metadata.resourceVersion"),
                 .deadline = deadline},
                [&](const std::string&, const Json& changed) { return !reached(changed); });
}

}  // namespace

int scale(Session& session) {
  const Arguments& arguments = session.arguments();
  if (!arguments.has("replicas")) throw UsageError("\"podrun scale\" needs --replicas");
  const std::int64_t wanted = number_of(arguments, "replicas");
  if (wanted < 0)
    throw UsageError(
        "the --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0");
  const std::int64_t expected = number_of(arguments, "current-replicas");
  const Change change(session, "kubectl");
  const std::optional<Moment> deadline = deadline_of(arguments);
  return for_each(session, find_targets(session), "", [&](const Target& target) {
    scale_one(session, target, change, wanted, expected);
    if (deadline && !change.is_dry()) await_replicas(session, target, deadline);
    Json object{{"apiVersion", target.type->api_version()},
                {"kind", target.type->kind},
                {"metadata", {{"name", target.name}}}};
    if (!is_human(change.form())) object = fetch(session, target);
    change.told(object, "scaled");
  });
}

}  // namespace podrun::kube
