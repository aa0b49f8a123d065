// `podrun apply`: merged here (by what was applied the last time), or on the server.
#include "cli/kube/change.h"
#include "cli/kube/commands.h"
#include "cli/kube/removal.h"
#include "supervisor/api/json_path.h"
#include "supervisor/api/patch_schema.h"
#include "supervisor/client/owners.h"
#include "supervisor/client/three_way.h"
#include "supervisor/manifest/json_access.h"

namespace podrun::kube {
namespace {

constexpr const char* kClientManager = "kubectl-client-side-apply";
constexpr const char* kServerManager = "kubectl";
/// How often a change is tried again that somebody else's came before.
constexpr int kTries = 5;

/// What was applied the last time; an empty object where that is not known.
Json last_applied(const Json& current) {
  const Json* annotations = api::find_path(current, "metadata.annotations");
  const std::string text =
      annotations == nullptr ? "" : manifest::text_at(*annotations, kLastApplied);
  Json applied = Json::parse(text.empty() ? "{}" : text, nullptr, false);
  return applied.is_object() ? applied : Json::object();
}

Json patch_for(const Json& current, const Json& modified) {
  return client::three_way_patch(last_applied(current), modified, current,
                                 &api::patch_schema(api::text_at(modified, "kind")));
}

void warn_of_missing_note(const Target& target, const Json& current) {
  if (!last_applied(current).empty()) return;
  print_error("Warning: " + target.shown() + " was not made by `apply`: it has no " +
              std::string(kLastApplied) +
              ". Fields that the manifest lacks are left alone this "
              "time; the annotation is set now.");
}

/// What is there is deleted, and made again.
Json remake(Session& session, const Change& change, const Target& target, const Json& modified) {
  remove_and_wait(session, target, {}, deadline_of(session.arguments()));
  return session.api().send("POST", target.type->collection(target.space), modified,
                            change.query());
}

Json send_patch(Session& session, const Change& change, const Target& target, Json current,
                const Json& modified) {
  for (int tries = 1;; ++tries) {
    const Json patch = patch_for(current, modified);
    if (patch.empty()) return current;
    try {
      return session.api().send("PATCH", target.path(), patch, change.query(), kStrategicPatch);
    } catch (const Refused& refused) {
      const bool stale = refused.code() == 409;
      const bool fixed = refused.code() == 422 || stale;
      if (stale && tries < kTries) {
        current = fetch(session, target);
      } else if (fixed && session.arguments().has("force")) {
        return remake(session, change, target, modified);
      } else {
        throw;
      }
    }
  }
}

void apply_here(Session& session, const Change& change, const Target& target) {
  const Json modified = with_last_applied(placed(target));
  const std::optional<Json> current = find_object(session, target);
  if (!current) {
    change.told(change.is_local()
                    ? modified
                    : session.api().send("POST", target.type->collection(target.space), modified,
                                         change.query()),
                "created");
    return;
  }
  if (!change.is_local()) warn_of_missing_note(target, *current);
  if (patch_for(*current, modified).empty()) {
    change.told(*current, "unchanged");
    return;
  }
  change.told(
      change.is_local() ? modified : send_patch(session, change, target, *current, modified),
      "configured");
}

Refused explained(const Refused& refused) {
  if (refused.code() != 409 || refused.reason() != "Conflict") return refused;
  return refused.with_hint(
      "Somebody else owns these fields. --force-conflicts takes them over; leave them out of the "
      "manifest to let the other one keep them; or give them the value that they have, to own them "
      "together.");
}

/// Fields that `apply` has owned so far as a client become those of its server side.
void hand_over(Session& session, const Target& target, const std::string& manager) {
  const std::optional<Json> current = find_object(session, target);
  if (!current) return;
  const Json patch = client::owners_patch(*current, kClientManager, manager);
  if (!patch.empty()) session.api().send("PATCH", target.path(), patch, {}, kJsonPatch);
}

void apply_there(Session& session, const Change& change, const Target& target) {
  Query query = change.query();
  const bool force = session.arguments().has("force-conflicts");
  query.emplace_back("force", force ? "true" : "false");
  if (!change.is_dry()) hand_over(session, target, change.manager());
  try {
    change.told(session.api().send("PATCH", target.path(), placed(target), query, kApplyPatch),
                "serverside-applied");
  } catch (const Refused& refused) {
    throw explained(refused);
  }
}

}  // namespace

int apply(Session& session) {
  const Arguments& arguments = session.arguments();
  if (!arguments.has("filename")) {
    throw UsageError("\"podrun apply\" needs -f FILE", "see \"podrun apply --help\"");
  }
  const bool on_server = arguments.has("server-side");
  if (!on_server && arguments.has("force-conflicts")) {
    throw UsageError("--force-conflicts goes with --server-side");
  }
  if (on_server && arguments.has("force")) {
    throw UsageError("--force and --server-side do not go together",
                     "--force-conflicts takes fields over");
  }
  const Change change(session, on_server ? kServerManager : kClientManager);
  if (on_server && change.is_local()) {
    throw UsageError("--dry-run=client and --server-side do not go together",
                     "use --dry-run=server");
  }
  return for_each(session, file_targets(session), "applying", [&](const Target& target) {
    if (target.name.empty()) {
      throw Error("cannot apply what has no name (generateName): use `podrun create`");
    }
    (on_server ? apply_there : apply_here)(session, change, target);
  });
}

}  // namespace podrun::kube
