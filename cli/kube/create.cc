// `podrun create`: from manifests, and one of a kind from words.
#include <unistd.h>

#include "base/files.h"
#include "base/go_duration.h"
#include "cli/kube/change.h"
#include "cli/kube/commands.h"
#include "cli/kube/targets.h"
#include "supervisor/api/json_path.h"
#include "supervisor/client/account_words.h"
#include "supervisor/client/generate.h"
#include "supervisor/client/service_words.h"

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
int create_generated(Session& session, const Json& object, const std::string& named = "") {
  const Change change(session, kManager);
  const ResourceType& type = session.type_of(object);
  const bool needs_space = type.namespaced && (session.is_space_given() || !change.is_local());
  Target target{&type, needs_space ? session.space() : "", api::text_at(object, "metadata.name"),
                "", object};
  try {
    change.told(create_one(session, change, target), "created");
  } catch (const Refused& refused) {
    if (refused.reason() == "Invalid") throw;
    throw Error("failed to create " + (named.empty() ? target.type->singular : named) + ": " +
                refused.message());
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

void expect_flags(const Arguments& arguments, std::initializer_list<const char*> flags) {
  std::string missing;
  for (const char* flag : flags) {
    if (!arguments.has(flag)) {
      missing += (missing.empty() ? "\"" : ", \"") + std::string(flag) + "\"";
    }
  }
  if (!missing.empty()) throw UsageError("required flag(s) " + missing + " not set");
}

int create_service(Session& session, const std::string& type) {
  const Arguments& arguments = session.arguments();
  client::ServiceWords wanted{.name = arguments.operands.front(),
                              .type = type,
                              .tcp = arguments.values("tcp"),
                              .cluster_ip = arguments.value("clusterip")};
  if (arguments.has("node-port")) wanted.node_port = number_of(arguments, "node-port");
  return create_generated(session, client::new_service(wanted), type + " service");
}

}  // namespace

int create(Session& session) {
  if (!session.arguments().has("filename")) {
    throw UsageError("must specify one of -f and -k", "see \"podrun create --help\"");
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

int create_tls_secret(Session& session) {
  const Arguments& arguments = session.arguments();
  return create_generated(session,
                          client::new_tls_secret(arguments.operands.front(),
                                                 arguments.value("cert"), arguments.value("key")),
                          "secret");
}

int create_registry_secret(Session& session) {
  const Arguments& arguments = session.arguments();
  return create_generated(
      session,
      client::new_registry_secret({.name = arguments.operands.front(),
                                   .server = arguments.value("docker-server"),
                                   .user = arguments.value("docker-username"),
                                   .password = arguments.value("docker-password"),
                                   .email = arguments.value("docker-email"),
                                   .files = arguments.values("from-file")}),
      "secret");
}

int create_service_account(Session& session) {
  return create_generated(session,
                          client::new_service_account(session.arguments().operands.front()));
}

int create_cluster_ip(Session& session) { return create_service(session, "ClusterIP"); }

int create_node_port(Session& session) { return create_service(session, "NodePort"); }

int create_token(Session& session) {
  const Arguments& arguments = session.arguments();
  const OutputForm form = parse_output(arguments.value("output"));
  const auto time =
      std::chrono::duration_cast<Seconds>(parse_duration(arguments.value("duration")));
  const Json request = client::new_token_request({.audiences = arguments.values("audience"),
                                                  .seconds = time.count(),
                                                  .kind = arguments.value("bound-object-kind"),
                                                  .name = arguments.value("bound-object-name"),
                                                  .uid = arguments.value("bound-object-uid")});
  const std::string path =
      session.type("serviceaccounts").path(session.space(), arguments.operands.front()) + "/token";
  try {
    const Json answer = session.api().send("POST", path, request);
    print(is_human(form)
              ? api::text_at(answer, "status.token") + (::isatty(STDOUT_FILENO) != 0 ? "\n" : "")
              : object_text(form, answer));
  } catch (const Refused& refused) {
    throw Error("failed to create token: " + refused.message());
  }
  return 0;
}

int create_deployment(Session& session) {
  const Arguments& arguments = session.arguments();
  expect_flags(arguments, {"image"});
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
  const NamedCommand given = named_command(arguments);
  if (arguments.has("image") == arguments.has("from")) {
    throw UsageError("either --image or --from must be specified");
  }
  if (arguments.has("image")) {
    return create_generated(session,
                            client::new_job(given.name, arguments.value("image"), given.command));
  }
  if (!given.command.empty()) throw UsageError("cannot specify --from and command");
  const Target from = named_target(session, arguments.value("from"));
  if (from.type->kind != "CronJob")
    throw Error("unknown object type *" + from.type->version + "." + from.type->kind);
  return create_generated(session, client::job_from(fetch(session, from), given.name));
}

int create_cron_job(Session& session) {
  const Arguments& arguments = session.arguments();
  expect_flags(arguments, {"image", "schedule"});
  const NamedCommand given = named_command(arguments);
  return create_generated(session, client::new_cron_job({.name = given.name,
                                                         .image = arguments.value("image"),
                                                         .command = given.command,
                                                         .schedule = arguments.value("schedule"),
                                                         .restart = arguments.value("restart")}));
}

}  // namespace podrun::kube
