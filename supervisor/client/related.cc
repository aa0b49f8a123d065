#include "supervisor/client/related.h"

#include <algorithm>
#include <array>

#include "supervisor/client/kind.h"
#include "supervisor/manifest/label_selector.h"

namespace podrun::client {
namespace {

using api::at_path;
using api::text_at;
using manifest::LabelSelector;

Query list_of(Relation relation, const char* group_version, const char* resource,
              const std::string& in_namespace) {
  return {relation, group_version, resource, in_namespace, "", "", ""};
}

Query events_query(const std::string& in_namespace, const std::string& name,
                   const std::string& kind, const std::string& uid) {
  Query query = list_of(Relation::kEvents, "v1", "events", in_namespace);
  query.field_selector =
      "involvedObject.name=" + name + ",involvedObject.namespace=" + in_namespace;
  if (!kind.empty()) query.field_selector += ",involvedObject.kind=" + kind;
  if (!uid.empty()) query.field_selector += ",involvedObject.uid=" + uid;
  return query;
}

void add_events(std::vector<Query>& queries, const Json& object, Kind kind) {
  const std::string in_namespace = text_at(object, "metadata.namespace");
  const std::string name = text_at(object, "metadata.name");
  std::string uid = text_at(object, "metadata.uid");
  std::string kind_name = text_at(object, "kind");
  if (kind == Kind::kPod) {
    // A static pod's events are about the copy that its kubelet knows.
    const Json& annotations = at_path(object, "metadata.annotations");
    const auto mirror = annotations.find("kubernetes.io/config.mirror");
    if (mirror != annotations.end() && mirror->is_string()) uid = mirror->get<std::string>();
    kind_name.clear();
  }
  queries.push_back(events_query(in_namespace, name, kind_name, uid));
  // A kubelet takes its node's name for the uid, controllers do not.
  if (kind == Kind::kNode) queries.push_back(events_query(in_namespace, name, kind_name, name));
}

std::string selector_text(const Json& object, Kind kind) {
  const Json& selector = at_path(object, "spec.selector");
  return kind == Kind::kReplicationController
             ? LabelSelector::from_map(selector).to_string()
             : LabelSelector::from_label_selector(selector).to_string();
}

void add_selected(std::vector<Query>& queries, const Json& object, Kind kind) {
  const std::string in_namespace = text_at(object, "metadata.namespace");
  Query query = kind == Kind::kDeployment
                    ? list_of(Relation::kReplicaSets, "apps/v1", "replicasets", in_namespace)
                    : list_of(Relation::kPods, "v1", "pods", in_namespace);
  query.label_selector = selector_text(object, kind);
  queries.push_back(query);
}

void add_node_parts(std::vector<Query>& queries, const std::string& name) {
  Query pods = list_of(Relation::kPods, "v1", "pods", "");
  pods.field_selector = "spec.nodeName=" + name + ",status.phase!=Succeeded,status.phase!=Failed";
  queries.push_back(pods);
  queries.push_back(
      {Relation::kLease, "coordination.k8s.io/v1", "leases", "kube-node-lease", name, "", ""});
}

bool has_events(Kind kind) { return kind != Kind::kSecret && kind != Kind::kNamespace; }

Json* list_for(Related& related, Relation relation) {
  switch (relation) {
    case Relation::kEvents:
      return &related.events;
    case Relation::kPods:
      return &related.pods;
    case Relation::kReplicaSets:
      return &related.replica_sets;
    case Relation::kEndpointSlices:
      return &related.endpoint_slices;
    case Relation::kQuotas:
      return &related.quotas;
    case Relation::kLimitRanges:
      return &related.limit_ranges;
    case Relation::kLease:
      break;
  }
  return nullptr;
}

}  // namespace

void Related::put(Relation relation, const Json& answer) {
  Json* list = list_for(*this, relation);
  if (list == nullptr) {
    lease = answer;
    return;
  }
  if (list->is_null()) *list = Json::array();
  const Json& items = at_path(answer, "items");
  if (items.is_array()) list->insert(list->end(), items.begin(), items.end());
}

void Related::put_error(Relation relation, const std::string& message) {
  if (relation == Relation::kPods) pods_error = message;
  if (relation == Relation::kLease) lease_error = message;
}

std::vector<Query> queries_for(const Json& object, bool with_events) {
  const Kind kind = kind_of(object);
  const std::string name = text_at(object, "metadata.name");
  const std::string in_namespace = text_at(object, "metadata.namespace");
  std::vector<Query> queries;
  switch (kind) {
    case Kind::kReplicationController:
    case Kind::kReplicaSet:
    case Kind::kDaemonSet:
    case Kind::kDeployment:
      add_selected(queries, object, kind);
      break;
    case Kind::kNode:
      add_node_parts(queries, name);
      break;
    case Kind::kNamespace:
      queries.push_back(list_of(Relation::kQuotas, "v1", "resourcequotas", name));
      queries.push_back(list_of(Relation::kLimitRanges, "v1", "limitranges", name));
      break;
    case Kind::kService:
      queries.push_back(list_of(Relation::kEndpointSlices, "discovery.k8s.io/v1", "endpointslices",
                                in_namespace));
      queries.back().label_selector = "kubernetes.io/service-name=" + name;
      break;
    default:
      break;
  }
  if (with_events && has_events(kind)) add_events(queries, object, kind);
  return queries;
}

}  // namespace podrun::client
