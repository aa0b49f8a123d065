// The commands for the daemon's API. Each returns the exit code.
#pragma once

#include <functional>

#include "cli/kube/session.h"

namespace podrun::kube {

int get(Session& session);
/// `amend` changes the server's tables before they are shown.
int get_amended(Session& session, const std::function<void(Json& table)>& amend);
int describe(Session& session);
int list_resources(Session& session);
int list_names(Session& session);

int create(Session& session);
int create_namespace(Session& session);
int create_config_map(Session& session);
int create_secret(Session& session);
int create_tls_secret(Session& session);
int create_registry_secret(Session& session);
int create_service_account(Session& session);
int create_cluster_ip(Session& session);
int create_node_port(Session& session);
int create_token(Session& session);
int create_deployment(Session& session);
int create_job(Session& session);
int create_cron_job(Session& session);
int apply(Session& session);
int replace(Session& session);
int patch(Session& session);
int label(Session& session);
int annotate(Session& session);
int scale(Session& session);
int remove_objects(Session& session);
int edit(Session& session);

int rollout_status(Session& session);
int rollout_history(Session& session);
int rollout_undo(Session& session);
int rollout_restart(Session& session);
int rollout_pause(Session& session);
int rollout_resume(Session& session);

int node_list(Session& session);
int node_cordon(Session& session);
int node_uncordon(Session& session);
int node_drain(Session& session);
int node_add(Session& session);
int node_remove(Session& session);
int node_partition(Session& session);
int node_heal(Session& session);
int taint(Session& session);

int events(Session& session);
int top_pods(Session& session);
int top_nodes(Session& session);
int wait(Session& session);
int logs(Session& session);
int exec(Session& session);
int attach(Session& session);

}  // namespace podrun::kube
