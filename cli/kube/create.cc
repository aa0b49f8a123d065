// `podrun create`: from manifests, and one of a kind from words.
#include "base/files.h"
#include "cli/kube/change.h"
#include "cli/kube/commands.h"
#include "cli/kube/targets.h"
#include "supervisor/api/json_path.h"
#include "supervisor/client/generate.h"

namespace podrun::kube {
namespace {

constexpr const char* kManager = "kubectl-create";

Json create_one(Session& session, const Change& change, const Target& target) {
  Json object = placed(target);
  if (session.arguments().has("save-config")) object = with_last_applied(std::move(object));
  if (change.is_local()) return object;
  return session.api().send("POST", target.type->collection(target.space), object, change.query());
}

int create_raw(Session& session) {
  const auto sources = session.arguments().values("filename");
  if (sources.size() != 1) throw UsageError("--raw needs one -f FILE");
  print(
      session.api().text({.method = "POST",
                          .path = session.arguments().value("raw"),
                          .headers = {{"Content-Type", "application/json"}},
                          .body = sources.front() == "-" ? read_all(0) : read_file(sources.front()),
                          .is_escaped = true}));
  return 0;
}

/// An object that was made from words.
int create_generated(Session& session, const Json& object) {
  const Change change(session, kManager);
  const ResourceType& type = session.type_of(object);
  const bool needs_space = type.namespaced && (session.is_space_given() || !change.is_local());
  Target target{&type, needs_space ? session.space() : "", api::text_at(object, "metadata.name"),
                "", object};
  try {
    change.told(create_one(session, change, target), "created");
  } catch (const Refused& refused) {
    if (refused.reason() == "Invalid") throw;
    throw Error("failed to create " + target.type->singular + ": " + refused.message());
  }
  return 0;
}

client::ValueSources sources_of(const Arguments& arguments) {
  return {.literals = arguments.values("from-literal"),
          .files = arguments.values("from-file"),
          .env_files = arguments.values("from-env-file")};
}

/// NAME [-- COMMAND [ARG...]]
struct NamedCommand {
  std::string name;
  std::vector<std::string> command;
};
NamedCommand named_command(const Arguments& arguments) {
  const auto& words = arguments.operands;
  const std::size_t names = arguments.before_dashes.value_or(words.size());
  if (names != 1) throw UsageError("exactly one NAME is required, got " + std::to_string(names));
  return {words.front(), {words.begin() + 1, words.end()}};
}

}  // namespace

int create(Session& session) {
  if (!session.arguments().has("filename")) {
    throw UsageError("\"podrun create\" needs -f FILE, or one of its commands",
                     "see \"podrun create --help\"");
  }
  if (session.arguments().has("raw")) return create_raw(session);
  const Change change(session, kManager);
  return for_each(session, file_targets(session), "creating", [&](const Target& target) {
    change.told(create_one(session, change, target), "created");
  });
}

int create_namespace(Session& session) {
  return create_generated(session, client::new_namespace(session.arguments().operands.front()));
}

int create_config_map(Session& session) {
  const Arguments& arguments = session.arguments();
  return create_generated(
      session, client::new_config_map(arguments.operands.front(), sources_of(arguments)));
}

int create_secret(Session& session) {
  const Arguments& arguments = session.arguments();
  return create_generated(session,
                          client::new_secret(arguments.operands.front(), sources_of(arguments),
                                             arguments.value("type")));
}

int create_deployment(Session& session) {
  const Arguments& arguments = session.arguments();
  if (!arguments.has("image")) throw UsageError("\"podrun create deployment\" needs --image");
  const NamedCommand given = named_command(arguments);
  client::DeploymentWords wanted{.name = given.name,
                                 .images = arguments.values("image"),
                                 .command = given.command,
                                 .replicas = number_of(arguments, "replicas")};
  if (arguments.has("port")) wanted.port = number_of(arguments, "port");
  return create_generated(session, client::new_deployment(wanted));
}

int create_job(Session& session) {
  const Arguments& arguments = session.arguments();
  if (arguments.has("image") == arguments.has("from")) {
    throw UsageError("\"podrun create job\" needs either --image or --from");
  }
  const NamedCommand given = named_command(arguments);
  if (arguments.has("image")) {
    return create_generated(session,
                            client::new_job(given.name, arguments.value("image"), given.command));
  }
  if (!given.command.empty()) throw UsageError("--from and a command do not go together");
  const Target from = named_target(session, arguments.value("from"));
  if (from.type->kind != "CronJob") throw Error("from must be an existing cronjob");
  return create_generated(session, client::job_from(fetch(session, from), given.name));
}

int create_cron_job(Session& session) {
  const Arguments& arguments = session.arguments();
  for (const char* flag : {"image", "schedule"}) {
    if (!arguments.has(flag)) {
      throw UsageError(std::string("\"podrun create cronjob\" needs --") + flag);
    }
  }
  const NamedCommand given = named_command(arguments);
  return create_generated(session, client::new_cron_job({.name = given.name,
                                                         .image = arguments.value("image"),
                                                         .command = given.command,
                                                         .schedule = arguments.value("schedule"),
                                                         .restart = arguments.value("restart")}));
}

}  // namespace podrun::kube
