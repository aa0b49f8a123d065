// `podrun delete`.
#include "cli/kube/change.h"
#include "cli/kube/commands.h"
#include "cli/kube/removal.h"

namespace podrun::kube {
namespace {

/// --grace-period, --now and --force together.
std::optional<std::int64_t> grace_of(const Arguments& arguments) {
  std::int64_t seconds = number_of(arguments, "grace-period");
  if (arguments.has("now")) {
    if (seconds != -1) throw UsageError("--now and --grace-period do not go together");
    seconds = 1;
  }
  if (arguments.has("force")) {
    if (seconds > 0)
      throw UsageError("--force and --grace-period greater than 0 do not go together");
    return 0;
  }
  if (seconds < 0) return std::nullopt;
  // At once, without the node's word that it is done, is for --force alone.
  return seconds == 0 ? 1 : seconds;
}

void check(const Arguments& arguments, const OutputForm& form) {
  if (!is_human(form) && !std::holds_alternative<NameForm>(form)) {
    throw UsageError("unexpected -o output mode: " + arguments.value("output") +
                     ": only '-o name' is supported");
  }
  if (arguments.has("all") && arguments.has("selector")) {
    throw UsageError("--all and --selector do not go together");
  }
}

struct Going {
  Target target;
  std::string uid;
};

}  // namespace

int remove_objects(Session& session) {
  const Arguments& arguments = session.arguments();
  const Change change(session, "kubectl-delete");
  check(arguments, change.form());
  Removal removal{.propagation = propagation_of(arguments.value("cascade")),
                  .grace_seconds = grace_of(arguments),
                  .dry = change.is_dry()};
  const std::optional<Moment> deadline = deadline_of(arguments);
  const std::vector<Target> targets = find_targets(session);
  if (targets.empty()) {
    if (!arguments.has("ignore-not-found")) print("No resources found\n");
    return 0;
  }
  const bool forced = arguments.has("force");
  if (forced) {
    print_error(
        "Warning: nothing waits for the confirmation that what runs has ended: it may go on "
        "for a while.");
  }
  std::vector<Going> going;
  // What a list has found may be gone by itself meanwhile.
  const bool listed = arguments.has("all") || arguments.has("selector");
  for_each(session, targets, "deleting", [&](const Target& target) {
    std::string uid;
    try {
      uid = change.is_local() ? "" : remove(session, target, removal);
    } catch (const Refused& refused) {
      if (refused.code() != 404 || !(listed || arguments.has("ignore-not-found"))) throw;
      return;
    }
    const bool name_only = std::holds_alternative<NameForm>(change.form());
    print(name_only ? target.shown() + "\n"
                    : removed_line(target, forced ? "force deleted" : "deleted", change.suffix()));
    going.push_back({target, uid});
  });
  if (change.is_dry() || !arguments.is_on("wait")) return session.exit_code();
  for (const Going& one : going) {
    try {
      await_removal(session, one.target, one.uid, deadline);
    } catch (const client::TimedOut& late) {
      session.failed(Error("timed out waiting for the condition on " + one.target.type->resource +
                           "/" + one.target.name));
    }
  }
  return session.exit_code();
}

}  // namespace podrun::kube
