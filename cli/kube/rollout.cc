// `podrun rollout …`, of deployments and daemon sets.
#include <algorithm>

#include "cli/kube/change.h"
#include "cli/kube/commands.h"
#include "cli/kube/removal.h"
#include "cli/text_table.h"
#include "supervisor/api/json_path.h"
#include "supervisor/client/columns.h"
#include "supervisor/client/condition.h"
#include "supervisor/client/daemon_rollout.h"
#include "supervisor/client/describe_parts.h"
#include "supervisor/client/sheet.h"
#include "supervisor/client/watch.h"
#include "supervisor/manifest/json_access.h"
#include "supervisor/manifest/label_selector.h"

namespace podrun::kube {
namespace {

constexpr const char* kHash = "pod-template-hash";
constexpr const char* kCause = "kubernetes.io/change-cause";
constexpr const char* kRestartedAt = "kubectl.kubernetes.io/restartedAt";

std::string annotation(const Json& object, const std::string& key) {
  return manifest::text_at(api::at_path(object, "metadata.annotations"), key);
}

/// `deployments.apps "web" is already paused`
Error refused(const Target& target, const std::string& why) {
  return Error(target.type->full_name() + " \"" + target.name + "\" " + why);
}

bool is_deployment(const Target& target) { return target.type->kind == "Deployment"; }
bool is_daemon_set(const Target& target) { return target.type->kind == "DaemonSet"; }

void expect_deployment(const Target& target, const std::string& why) {
  if (!is_deployment(target)) throw refused(target, why);
}
bool has_revisions(const Target& target) { return is_deployment(target) || is_daemon_set(target); }

/// `Job.batch`, as kubectl names a kind that it has no code for.
std::string group_kind(const Target& target) {
  const ResourceType& type = *target.type;
  return type.group.empty() ? type.kind : type.kind + "." + type.group;
}

void expect_revisions(const Target& target, const std::string& why) {
  if (!has_revisions(target)) throw refused(target, why);
}

struct Revision {
  std::int64_t number = 0;
  std::string cause;
  Json object;  // the ReplicaSet or the ControllerRevision
  Json pods;    // the template, as the deployment or daemon set has it
};

/// A ReplicaSet's: without the label that sets are told apart by.
Json template_of_set(const Json& set) {
  Json pods = api::at_path(set, "spec.template");
  manifest::object_at(manifest::object_at(pods, "metadata"), "labels").erase(kHash);
  return pods;
}

/// A ControllerRevision's, which is a patch.
Json template_of_patch(const Json& revision) {
  Json pods = api::at_path(revision, "data.spec.template");
  pods.erase("$patch");
  return pods;
}

/// In rising order.
std::vector<Revision> revisions_of(Session& session, const Target& target, const Json& owner) {
  const std::string selector =
      manifest::LabelSelector::from_label_selector(api::at_path(owner, "spec.selector"))
          .to_string();
  const bool daemons = is_daemon_set(target);
  const ResourceType& type =
      session.type(daemons ? "controllerrevisions.apps" : "replicasets.apps");
  const Json list = session.api().get(type.collection(target.space), {{"labelSelector", selector}});
  std::vector<Revision> found;
  for (const Json& each : api::at_path(list, "items")) {
    const Json& owners = api::at_path(each, "metadata.ownerReferences");
    const bool own = std::any_of(owners.begin(), owners.end(), [&](const Json& reference) {
      return api::text_at(reference, "uid") == api::text_at(owner, "metadata.uid");
    });
    const std::string number = daemons ? std::to_string(api::int_at(each, "revision"))
                                       : annotation(each, client::kRevision);
    if (!own || number.empty()) continue;
    found.push_back({std::stoll(number), annotation(each, kCause), each,
                     daemons ? template_of_patch(each) : template_of_set(each)});
  }
  std::sort(found.begin(), found.end(),
            [](const Revision& a, const Revision& b) { return a.number < b.number; });
  return found;
}

/// Null where there is none of that number.
const Revision* find_revision(const std::vector<Revision>& revisions, std::int64_t number) {
  const auto found = std::find_if(revisions.begin(), revisions.end(),
                                  [&](const Revision& one) { return one.number == number; });
  return found == revisions.end() ? nullptr : &*found;
}

/// As `describe` shows it.
std::string template_text(const Json& pods) {
  client::Sheet sheet;
  client::write_pod_template(sheet, pods);
  return sheet.cells();
}

void show_status(Session& session, const Target& target, std::optional<Moment> deadline) {
  const Arguments& arguments = session.arguments();
  if (!has_revisions(target)) {
    throw Error("no status viewer has been implemented for " + group_kind(target));
  }
  const std::int64_t revision = number_of(arguments, "revision");
  const auto show = [&](const Json& deployment) {
    const client::RolloutState state = is_daemon_set(target)
                                           ? client::daemon_rollout_state(deployment)
                                           : client::rollout_state(deployment, revision);
    print(state.text + "\n");
    return state.done;
  };
  const Json now = fetch(session, target);
  if (show(now) || !arguments.is_on("watch")) return;
  client::watch(session.api(),
                {.path = target.type->collection(target.space),
                 .query = {{"fieldSelector", "metadata.name=" + target.name}},
                 .version = api::text_at(now, "metadata.resourceVersion"),
                 .deadline = deadline},
                [&](const std::string& type, const Json& deployment) {
                  if (type == "DELETED") throw Error("object has been deleted");
                  return !show(deployment);
                });
}

void show_history(Session& session, const Target& target, const OutputForm& form) {
  if (!has_revisions(target)) {
    throw Error("no history viewer has been implemented for \"" + group_kind(target) + "\"");
  }
  const std::int64_t wanted = number_of(session.arguments(), "revision");
  const auto revisions = revisions_of(session, target, fetch(session, target));
  if (wanted > 0) {
    const Revision* revision = find_revision(revisions, wanted);
    if (revision == nullptr) throw Error("unable to find the specified revision");
    if (!is_human(form)) {
      print(object_text(form, revision->object));
      return;
    }
    const Json& pods =
        is_daemon_set(target) ? revision->pods : api::at_path(revision->object, "spec.template");
    print(target.shown() + " with revision #" + std::to_string(wanted) + "\n" +
          template_text(pods) + "\n");
    return;
  }
  if (!is_human(form)) {
    std::vector<Json> sets;
    sets.reserve(revisions.size());
    for (const Revision& revision : revisions) sets.push_back(revision.object);
    print(object_text(form, list_of(std::move(sets))));
    return;
  }
  std::string text = target.shown() + " \nREVISION  CHANGE-CAUSE\n";
  for (const Revision& revision : revisions) {
    std::string number = std::to_string(revision.number);
    number.resize(std::max<std::size_t>(number.size() + 2, 10), ' ');
    text += number + (revision.cause.empty() ? "<none>" : revision.cause) + "\n";
  }
  print(text + "\n");
}

const Revision& undo_target(const std::vector<Revision>& revisions, const Target& target,
                            std::int64_t wanted) {
  if (wanted > 0) {
    const Revision* revision = find_revision(revisions, wanted);
    if (revision != nullptr) return *revision;
    throw Error("unable to find specified revision " + std::to_string(wanted) + " in history");
  }
  if (revisions.size() < 2 && is_daemon_set(target)) {
    throw Error("no last revision to roll back to");
  }
  if (revisions.size() < 2) {
    throw Error("no rollout history found for deployment \"" + target.name + "\"");
  }
  return revisions[revisions.size() - 2];
}

void undo_one(Session& session, const Target& target, const Change& change) {
  if (!has_revisions(target)) {
    throw Error("no rollbacker has been implemented for \"" + group_kind(target) + "\"");
  }
  const Json deployment = fetch(session, target);
  if (api::bool_at(deployment, "spec.paused")) {
    throw Error(
        "you cannot rollback a paused deployment; resume it first with 'podrun rollout "
        "resume' and try again");
  }
  const auto revisions = revisions_of(session, target, deployment);
  const Revision& back =
      undo_target(revisions, target, number_of(session.arguments(), "to-revision"));
  const Json& pods = back.pods;
  if (pods == api::at_path(deployment, "spec.template")) {
    change.told(deployment, "skipped rollback (current template already matches revision " +
                                std::to_string(back.number) + ")");
    return;
  }
  if (change.is_local()) {
    // A ReplicaSet's is shown with its hash.
    change.told(deployment, is_daemon_set(target)
                                ? "will roll back to " + template_text(pods)
                                : template_text(api::at_path(back.object, "spec.template")));
    return;
  }
  const Json patch =
      Json::array({{{"op", "replace"}, {"path", "/spec/template"}, {"value", pods}}});
  change.told(session.api().send("PATCH", target.path(), patch, change.query(), kJsonPatch),
              "rolled back");
}

/// One strategic patch of each deployment.
int change_each(Session& session, const std::string& verb,
                const std::function<Json(const Target&, const Json&)>& patch_of) {
  const Change change(session, "kubectl-rollout");
  return for_each(
      session, find_targets(session, {.types_mean_all = true}), "", [&](const Target& target) {
        const Json patch = patch_of(target, fetch(session, target));
        change.told(
            session.api().send("PATCH", target.path(), patch, change.query(), kStrategicPatch),
            verb);
      });
}

}  // namespace

int rollout_status(Session& session) {
  const std::optional<Moment> deadline = deadline_of(session.arguments());
  return for_each(session, find_targets(session, {.types_mean_all = true}), "",
                  [&](const Target& target) { show_status(session, target, deadline); });
}

int rollout_history(Session& session) {
  const OutputForm form = parse_output(session.arguments().value("output"));
  return for_each(session, find_targets(session, {.types_mean_all = true}), "",
                  [&](const Target& target) { show_history(session, target, form); });
}

int rollout_undo(Session& session) {
  const Change change(session, "kubectl-rollout");
  return for_each(session, find_targets(session, {.types_mean_all = true}), "",
                  [&](const Target& target) { undo_one(session, target, change); });
}

int rollout_restart(Session& session) {
  const std::string now = rfc3339(SystemClock().wall());
  return change_each(session, "restarted", [&](const Target& target, const Json& deployment) {
    expect_revisions(target, "restarting is not supported");
    if (api::bool_at(deployment, "spec.paused")) {
      throw refused(target, "can't restart paused deployment (run rollout resume first)");
    }
    return Json{{"spec", {{"template", {{"metadata", {{"annotations", {{kRestartedAt, now}}}}}}}}}};
  });
}

int rollout_pause(Session& session) {
  return change_each(session, "paused", [](const Target& target, const Json& deployment) {
    expect_deployment(target, "pausing is not supported");
    if (api::bool_at(deployment, "spec.paused")) throw refused(target, "is already paused");
    return Json{{"spec", {{"paused", true}}}};
  });
}

int rollout_resume(Session& session) {
  return change_each(session, "resumed", [](const Target& target, const Json& deployment) {
    expect_deployment(target, "resuming is not supported");
    if (!api::bool_at(deployment, "spec.paused")) throw refused(target, "is not paused");
    return Json{{"spec", {{"paused", nullptr}}}};
  });
}

}  // namespace podrun::kube
