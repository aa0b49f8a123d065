// podrun-kube: the commands that talk to `podrun daemon`. A program of its own, because YAML, JSON
// and HTTP would slow `podrun run` down.
#include <cstdio>
#include <string>

#include "base/error.h"
#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/help.h"
#include "cli/kube/commands.h"

namespace podrun::kube {
namespace {

using Run = int (*)(Session&);
struct Entry {
  std::string_view name;  // as on the command line
  Run run;
};
constexpr Entry kEntries[] = {
    {"podrun get", get},
    {"podrun describe", describe},
    {"podrun create", create},
    {"podrun create namespace", create_namespace},
    {"podrun create configmap", create_config_map},
    {"podrun create secret generic", create_secret},
    {"podrun create secret tls", create_tls_secret},
    {"podrun create secret docker-registry", create_registry_secret},
    {"podrun create serviceaccount", create_service_account},
    {"podrun create service clusterip", create_cluster_ip},
    {"podrun create service nodeport", create_node_port},
    {"podrun create token", create_token},
    {"podrun create deployment", create_deployment},
    {"podrun create job", create_job},
    {"podrun create cronjob", create_cron_job},
    {"podrun apply", apply},
    {"podrun replace", replace},
    {"podrun patch", patch},
    {"podrun label", label},
    {"podrun annotate", annotate},
    {"podrun scale", scale},
    {"podrun delete", remove_objects},
    {"podrun edit", edit},
    {"podrun rollout status", rollout_status},
    {"podrun rollout history", rollout_history},
    {"podrun rollout undo", rollout_undo},
    {"podrun rollout restart", rollout_restart},
    {"podrun rollout pause", rollout_pause},
    {"podrun rollout resume", rollout_resume},
    {"podrun events", events},
    {"podrun top pod", top_pods},
    {"podrun top node", top_nodes},
    {"podrun wait", wait},
    {"podrun node list", node_list},
    {"podrun node cordon", node_cordon},
    {"podrun node uncordon", node_uncordon},
    {"podrun node drain", node_drain},
    {"podrun node add", node_add},
    {"podrun node remove", node_remove},
    {"podrun node partition", node_partition},
    {"podrun node heal", node_heal},
    {"podrun taint", taint},
    {"podrun logs", logs},
    {"podrun exec", exec},
    {"podrun attach", attach},
    {"podrun api-resources", list_resources},
    {"podrun resource-names", list_names},
};

int dispatch(const Arguments& arguments) {
  if (arguments.wants_help || arguments.command().needs_command()) {
    print(cli::help_text(arguments.path));
    return arguments.wants_help ? 0 : 2;
  }
  for (const Entry& entry : kEntries) {
    if (entry.name != arguments.command_name()) continue;
    Session session(arguments);
    return entry.run(session);
  }
  throw Error("podrun-kube does not know \"" + arguments.command_name() + "\"");
}

}  // namespace
}  // namespace podrun::kube

int main(int argc, char** argv) {
  using namespace podrun;
  try {
    return kube::dispatch(cli::parse(cli::command_table(), {argv + 1, argv + argc}));
  } catch (const BadInput& error) {
    std::fprintf(stderr, "podrun: %s\n", error.what());
    return 2;
  } catch (const std::exception& error) {
    kube::print_error(kube::failure_line(error));
    return 1;
  }
}
