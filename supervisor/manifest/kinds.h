// The kinds that the API takes, each with the function that defaults and validates it. A kind is
// added by a row in kinds.cc, a table of fields (kind_fields.h) and a kind_*.cc.
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string_view>

#include "supervisor/manifest/admit.h"
#include "supervisor/manifest/fields.h"
#include "supervisor/manifest/json_access.h"
#include "supervisor/manifest/node.h"
#include "supervisor/manifest/report.h"

namespace podrun::manifest {

struct KindRule;

/// One object on its way in.
struct Intake {
  const KindRule& rule;  // as the client spelled it
  Path path;             // of the object in its document: where errors are
  Json& object;          // decoded, with metadata; to be completed. A field that is added moves
                         // its siblings: references to them end there.
  const Json* old;       // what it replaces, or null
  Report& report;
  const Newcomer* newcomer = nullptr;  // of a new object, where the caller tells
};

struct KindRule {
  std::string_view group, version, kind;
  const ObjectType* type;
  std::string_view stored_as;  // apiVersion of the storage version
  bool is_namespaced = true;
  Problems (*check_name)(std::string_view) = nullptr;  // null: a DNS subdomain
  /// Converts to the storage version, fills in defaults, validates. Metadata is done elsewhere.
  void (*admit)(Intake&) = nullptr;
};

std::span<const KindRule> kind_rules();
/// Null where there is none.
const KindRule* find_rule(const Kind& kind);
/// "apps/v1", "v1".
std::string api_version(std::string_view group, std::string_view version);

void admit_pod(Intake& in);
/// An object that differs from `old` in its containers' resources and resizePolicy alone.
void admit_pod_resize(Intake& in);
/// `old` with what of `sent` a resize may change, and with what a client says of the object that it
/// means. Where the containers are others, `report` says so, and the result is of no use.
Json resized_pod(const Path& path, const Json& sent, const Json& old, Report& report);
void admit_replication_controller(Intake& in);
void admit_replica_set(Intake& in);
void admit_deployment(Intake& in);
void admit_daemon_set(Intake& in);
void admit_job(Intake& in);
void admit_cron_job(Intake& in);
void admit_namespace(Intake& in);
void admit_node(Intake& in);
void admit_config_map(Intake& in);
void admit_secret(Intake& in);
void admit_service(Intake& in);
void admit_endpoints(Intake& in);
void admit_endpoint_slice(Intake& in);
void admit_event(Intake& in);
void admit_newer_event(Intake& in);
void admit_lease(Intake& in);
void admit_controller_revision(Intake& in);

}  // namespace podrun::manifest
