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
  print_error("Warning: resource " + target.type->resource + "/" + target.name +
              " is missing the " + kLastApplied +
              " annotation which is required by podrun apply. podrun apply should only be used on "
              "resources created declaratively by either podrun create --save-config or podrun "
              "apply. The missing annotation will be patched automatically.");
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

/// A conflict is told with kubectl's advice.
[[noreturn]] void throw_explained(const Refused& refused) {
  if (refused.code() != 409 || refused.reason() != "Conflict") throw refused;
  throw Error(refused.message() +
              "\nPlease review the fields above--they currently have other managers. Here\n"
              "are the ways you can resolve this warning:\n"
              "* If you intend to manage all of these fields, please re-run the apply\n"
              "  command with the `--force-conflicts` flag.\n"
              "* If you do not intend to manage all of the fields, please edit your\n"
              "  manifest to remove references to the fields that should keep their\n"
              "  current managers.\n"
              "* You may co-own fields by updating your manifest to match the existing\n"
              "  value; in this case, you'll become the manager if the other manager(s)\n"
              "  stop managing the field (remove it from their configuration).\n"
              "See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts");
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
    throw_explained(refused);
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
    throw UsageError("--force-conflicts only works with --server-side");
  }
  if (on_server && arguments.has("force")) {
    throw UsageError("--force cannot be used with --server-side");
  }
  const Change change(session, on_server ? kServerManager : kClientManager);
  if (on_server && change.is_local()) {
    throw UsageError(
        "--dry-run=client doesn't work with --server-side (did you mean --dry-run=server "
        "instead?)");
  }
  return for_each(session, file_targets(session), "applying", [&](const Target& target) {
    if (target.name.empty()) {
      throw Error("cannot apply what has no name (generateName): use `podrun create`");
    }
    (on_server ? apply_there : apply_here)(session, change, target);
  });
}

}  // namespace podrun::kube
