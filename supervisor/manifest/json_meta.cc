#include "supervisor/manifest/json_fields.h"

namespace podrun::manifest {

namespace {

OwnerReference owner_from_json(const Json& json) {
  OwnerReference owner;
  read(json, "apiVersion", owner.api_version);
  read(json, "blockOwnerDeletion", owner.block_owner_deletion);
  read(json, "controller", owner.controller);
  read(json, "kind", owner.kind);
  read(json, "name", owner.name);
  read(json, "uid", owner.uid);
  return owner;
}

Json to_json(const OwnerReference& owner) {
  Json out{{"apiVersion", owner.api_version}};
  write(out, "blockOwnerDeletion", owner.block_owner_deletion);
  write(out, "controller", owner.controller);
  out["kind"] = owner.kind;
  out["name"] = owner.name;
  out["uid"] = owner.uid;
  return out;
}

}  // namespace

ObjectMeta meta_from_json(const Json& json) {
  ObjectMeta meta;
  read(json, "annotations", meta.annotations);
  read(json, "creationTimestamp", meta.creation_timestamp);
  read(json, "finalizers", meta.finalizers);
  read(json, "generateName", meta.generate_name);
  read(json, "generation", meta.generation);
  read(json, "labels", meta.labels);
  read(json, "name", meta.name);
  read(json, "namespace", meta.namespace_);
  read_list(json, "ownerReferences", meta.owner_references, owner_from_json);
  read(json, "resourceVersion", meta.resource_version);
  read(json, "uid", meta.uid);
  return meta;
}

Json to_json(const ObjectMeta& meta) {
  Json out = Json::object();
  write(out, "annotations", meta.annotations);
  write(out, "creationTimestamp", meta.creation_timestamp);
  write(out, "finalizers", meta.finalizers);
  write(out, "generateName", meta.generate_name);
  write(out, "generation", meta.generation);
  write(out, "labels", meta.labels);
  write(out, "name", meta.name);
  write(out, "namespace", meta.namespace_);
  write_list(out, "ownerReferences", meta.owner_references,
             [](const OwnerReference& owner) { return to_json(owner); });
  write(out, "resourceVersion", meta.resource_version);
  write(out, "uid", meta.uid);
  return out;
}

}  // namespace podrun::manifest
