#include "supervisor/api/field_manager.h"

#include <algorithm>
#include <array>
#include <map>
#include <span>

#include "supervisor/api/field_path.h"
#include "supervisor/api/field_walk.h"
#include "supervisor/api/json_path.h"
#include "supervisor/manifest/job_labels.h"

namespace podrun::api {
namespace {

constexpr const char* kLastApplied = "kubectl.kubernetes.io/last-applied-configuration";
constexpr const char* kBeforeFirstApply = "before-first-apply";

/// What a new object of the kind has before anything is set: Go's structs without pointers.
Json blank_object(std::string_view kind) {
  const Json pod_spec{{"containers", Json::array()}};
  const Json pod_template{{"metadata", Json::object()}, {"spec", pod_spec}};
  Json object{{"metadata", Json::object()}};
  if (kind == "ConfigMap" || kind == "Secret" || kind == "ServiceAccount") return object;
  object["spec"] = Json::object();
  object["status"] = Json::object();
  if (kind == "Pod") object["spec"] = pod_spec;
  if (kind == "Deployment" || kind == "ReplicaSet" || kind == "DaemonSet" || kind == "Job") {
    object["spec"]["template"] = pod_template;
  }
  if (kind == "CronJob") {
    object["spec"]["jobTemplate"] = {{"metadata", Json::object()},
                                     {"spec", {{"template", pod_template}}}};
  }
  if (kind == "DaemonSet") object["spec"]["updateStrategy"] = Json::object();
  if (kind == "Deployment") object["spec"]["strategy"] = Json::object();
  return object;
}

constexpr std::string_view kResize = "resize";
constexpr std::array kContainerLists = {"containers", "initContainers"};
constexpr std::array kResizable = {"resizePolicy", "resources"};

/// Of a pod's fields those that a resize may change (registry/core/pod, resizeStrategy).
FieldSet resizable(const FieldSet& fields) {
  FieldSet kept;
  const FieldSet* spec = fields.find("f:spec");
  if (spec == nullptr) return kept;
  FieldSet lists;
  for (const char* name : kContainerLists) {
    const std::string list = std::string("f:") + name;
    const FieldSet* containers = spec->find(list);
    if (containers == nullptr) continue;
    FieldSet items;
    for (const auto& [element, container] : containers->below()) {
      FieldSet parts;
      for (const char* part : kResizable) {
        const std::string field = std::string("f:") + part;
        if (const FieldSet* found = container.find(field)) parts.put(field, *found);
      }
      items.put(element, std::move(parts));
    }
    lists.put(list, std::move(items));
  }
  kept.put("f:spec", std::move(lists));
  return kept;
}

/// The same of a config; the containers keep their names.
Json resizable_config(const Json& config) {
  Json kept = config;
  kept["spec"] = Json::object();
  for (const char* list : kContainerLists) {
    const Json& containers = at_path(config, std::string("spec.") + list);
    if (!containers.is_array()) continue;
    Json& out = kept["spec"][list] = Json::array();
    for (const Json& container : containers) {
      Json part{{"name", text_at(container, "name")}};
      for (const char* field : kResizable) {
        if (container.contains(field)) part[field] = container[field];
      }
      out.push_back(std::move(part));
    }
  }
  return kept;
}

/// Nobody owns what names an object, nor what the server counts; an object's own part is the
/// writer's alone.
FieldSet ownable(FieldSet fields, const FieldWriter& writer) {
  for (const char* name : {"f:apiVersion", "f:kind"}) fields.erase(name);
  if (const FieldSet* metadata = fields.find("f:metadata")) {
    FieldSet kept;
    constexpr std::array kServers = {"f:name",       "f:namespace",     "f:creationTimestamp",
                                     "f:selfLink",   "f:uid",           "f:clusterName",
                                     "f:generation", "f:managedFields", "f:resourceVersion"};
    for (const auto& [element, below] : metadata->below()) {
      if (std::find(kServers.begin(), kServers.end(), element) == kServers.end()) {
        kept.put(element, below);
      }
    }
    fields.erase("f:metadata");
    fields.put("f:metadata", std::move(kept));
  }
  if (writer.has_status_part && writer.subresource != "status") fields.erase("f:status");
  if (writer.subresource == "status") fields.erase("f:spec");
  return writer.subresource == kResize ? resizable(fields) : fields;
}

/// What admission gives a new pod unasked.
void disown_admission(FieldSet& fields, const Json& pod) {
  FieldSet* spec = fields.find("f:spec");
  if (spec == nullptr) return;
  for (const char* name : {"f:priority", "f:preemptionPolicy", "f:serviceAccount"}) {
    spec->erase(name);
  }
  if (text_at(pod, "spec.serviceAccountName") == "default") spec->erase("f:serviceAccountName");
  constexpr std::size_t kDefaultTolerations = 2;
  if (size_at(pod, "spec.tolerations") <= kDefaultTolerations) spec->erase("f:tolerations");
}

/// Without those of the labels at `path` that were generated, and without a map that had no others.
void disown_labels(FieldSet& fields, std::span<const char* const> path) {
  if (path.empty()) {
    for (const manifest::JobLabel& label : manifest::kJobLabels) {
      fields.erase(std::string("f:") + label.name);
    }
    if (fields.below().empty()) fields = {};
    return;
  }
  FieldSet* below = fields.find(path.front());
  if (below == nullptr) return;
  disown_labels(*below, path.subspan(1));
  if (below->empty()) fields.erase(path.front());
}

/// What a new Job is given so that it knows its pods: made after the owners are (PrepareForCreate).
void disown_generated(FieldSet& fields, const Json& job) {
  if (bool_at(job, "spec.manualSelector")) return;
  if (FieldSet* spec = fields.find("f:spec")) spec->erase("f:selector");
  static constexpr const char* kOwn[] = {"f:metadata", "f:labels"};
  static constexpr const char* kPods[] = {"f:spec", "f:template", "f:metadata", "f:labels"};
  disown_labels(fields, kOwn);
  disown_labels(fields, kPods);
}

FieldOwner owner_from(const FieldWriter& writer, bool applies, FieldSet fields) {
  return {writer.manager,     applies,    writer.api_version,
          writer.subresource, writer.now, std::move(fields)};
}

void add_owner(FieldOwners& owners, FieldOwner owner) {
  if (FieldOwner* present = find_writer(owners, owner)) {
    present->fields = present->fields.united(owner.fields);
    present->time = owner.time;
  } else {
    owners.push_back(std::move(owner));
  }
}

/// What changed is its old owners' no more, and what is gone nobody's.
void take_from_all(FieldOwners& owners, const Comparison& changes) {
  const FieldSet changed = changes.modified.united(changes.added).united(changes.removed);
  for (FieldOwner& owner : owners) owner.fields = owner.fields.without(changed);
}

/// The owners that an update starts from: those in the request, by which a client may set them,
/// else those that the object has.
FieldOwners owners_before(const Json* old, const Json& object, const FieldWriter& writer) {
  if (writer.subresource.empty()) {
    auto given = read_owners(at_path(object, "metadata.managedFields"));
    if (given && !given->empty()) return std::move(*given);
  }
  return old == nullptr ? FieldOwners() : owners_of(*old);
}

Comparison changes_between(const Json* old, const Json& object, std::string_view kind) {
  return compare_fields(old == nullptr ? blank_object(kind) : *old, object, &patch_schema(kind));
}

// ---- apply

/// Owners that are not the writer and would lose fields.
ApiError conflict_error(const FieldOwners& conflicts) {
  std::vector<Cause> causes;
  std::map<std::string, std::vector<std::string>> by_owner;
  for (const FieldOwner& owner : conflicts) {
    owner.fields.visit_leaves([&](const std::vector<std::string_view>& path) {
      const std::string who = owner_text(owner);
      causes.push_back({"FieldManagerConflict", "conflict with " + who, path_text(path)});
      by_owner[who].push_back(path_text(path));
    });
  }
  std::string text;
  if (causes.size() == 1) {
    text = "Apply failed with 1 conflict: " + causes[0].message + ": " + causes[0].field;
  } else {
    text = "Apply failed with " + std::to_string(causes.size()) + " conflicts:";
    char between = ' ';
    for (const auto& [who, paths] : by_owner) {
      text += between + ("conflicts with " + who + ":");
      for (const std::string& path : paths) text += "\n- " + path;
      between = '\n';
    }
  }
  return ApiError(409, "Conflict", text).because(std::move(causes));
}

/// `merged` without what the writer applied last and nobody has now.
Json pruned(const Json& merged, const FieldOwners& owners, const FieldSet& last,
            const PatchSchema* schema) {
  if (last.empty()) return merged;
  const auto named = [&](const Json& object) {
    return fields_of(object, schema).with_named_fields();
  };
  const FieldSet last_named = last.with_named_fields(), merged_named = named(merged);
  FieldSet managed;
  for (const FieldOwner& owner : owners) managed = managed.united(owner.fields);
  Json left = without_fields(merged, last_named, schema);
  // What others have comes back, and so does what never was the writer's.
  left = without_fields(
      merged, merged_named.without(named(left).united(managed.with_named_fields())), schema);
  return without_fields(merged, merged_named.without(named(left)).shared(last_named), schema);
}

/// What kubectl's client-side apply has of the object, as far as it still holds: it owns that under
/// another name, and may go on by server-side apply without a conflict.
FieldSet client_side_applied(const Json& live, std::string_view kind) {
  const Json& annotations = at_path(live, "metadata.annotations");
  const auto found = annotations.find(kLastApplied);
  if (found == annotations.end() || !found->is_string()) return {};
  // Through the type that sorts its fields: they are compared with live's.
  const Json applied = nlohmann::json::parse(found->get_ref<const std::string&>(), nullptr, false);
  if (!applied.is_object()) return {};
  const PatchSchema* schema = &patch_schema(kind);
  const Comparison differs = compare_fields(applied, live, schema);
  return fields_of(applied, schema)
      .without(differs.modified.united(differs.added).united(differs.removed));
}

/// Throws where others own what would change.
void refuse_conflicts(const FieldOwners& owners, const Comparison& changes, const Json& live,
                      const FieldWriter& writer) {
  const FieldSet changed = changes.modified.united(changes.added);
  FieldSet allowed;
  if (writer.manager == "kubectl") allowed = client_side_applied(live, writer.kind);
  FieldOwners conflicts;
  for (FieldOwner owner : owners) {
    owner.fields = owner.fields.shared(changed).without(allowed);
    if (!owner.fields.empty()) conflicts.push_back(std::move(owner));
  }
  if (!conflicts.empty()) throw conflict_error(conflicts);
}

/// A config for the part that the request is about.
Json own_part(Json config, const FieldWriter& writer) {
  if (writer.subresource == "status") {
    config.erase("spec");
  } else if (writer.has_status_part) {
    config.erase("status");
  }
  if (writer.subresource == kResize) return resizable_config(config);
  return config;
}

/// Objects of before there were owners: all that they have is one's, so that applying other values
/// is a conflict.
void own_before_first(FieldOwners& owners, const Json& live, const FieldWriter& writer) {
  FieldWriter first = writer;
  first.manager = kBeforeFirstApply;
  first.subresource.clear();
  FieldSet fields = ownable(changes_between(nullptr, live, writer.kind).added, first);
  fields = fields.united(ownable(changes_between(nullptr, live, writer.kind).modified, first));
  add_owner(owners, owner_from(first, false, std::move(fields)));
}

/// kubectl's client-side apply, where it is used again, must know what was applied meanwhile.
void renew_last_applied(Json& object, const Json& config, const FieldWriter& writer) {
  if (!object["metadata"].is_object()) return;
  const auto annotations = object["metadata"].find("annotations");
  if (writer.manager != "kubectl" || annotations == object["metadata"].end() ||
      !annotations->contains(kLastApplied)) {
    return;
  }
  (*annotations)[kLastApplied] = config.dump() + "\n";
}

}  // namespace

void track_write(const Json* old, Json& object, const FieldWriter& writer) {
  if (asks_for_no_owners(object)) {
    set_owners(object, {});
    return;
  }
  FieldOwners owners = owners_before(old, object, writer);
  // An object that nobody owns is not begun to be tracked by an update.
  if (old != nullptr && owners.empty()) return;
  const Comparison changes = changes_between(old, object, writer.kind);
  take_from_all(owners, changes);
  FieldSet mine = ownable(changes.added.united(changes.modified), writer);
  if (old == nullptr && writer.kind == "Pod") disown_admission(mine, object);
  if (old == nullptr && writer.kind == "Job") disown_generated(mine, object);
  if (!mine.empty()) add_owner(owners, owner_from(writer, false, std::move(mine)));
  tidy(owners);
  set_owners(object, std::move(owners));
}

void release_changes(const Json& old, Json& object, std::string_view kind) {
  FieldOwners owners = owners_of(old);
  if (owners.empty()) return;
  take_from_all(owners, changes_between(&old, object, kind));
  tidy(owners);
  set_owners(object, std::move(owners));
}

Json apply_config(const Json* live, const Json& given, const FieldWriter& writer, bool force) {
  const PatchSchema* schema = &patch_schema(writer.kind);
  const Json config = own_part(given, writer);
  const Json before = live == nullptr ? blank_object(writer.kind) : *live;
  FieldOwners owners = live == nullptr ? FieldOwners() : owners_of(*live);
  if (live != nullptr && owners.empty()) own_before_first(owners, *live, writer);
  FieldOwner mine = owner_from(writer, true, fields_of(config, schema));
  FieldSet last;
  if (const FieldOwner* was = find_writer(owners, mine)) last = was->fields;
  std::erase_if(owners, [&](const FieldOwner& owner) { return owner.is_same_writer(mine); });

  FieldOwners all = owners;
  all.push_back(mine);
  Json merged = laid_over(live == nullptr ? Json::object() : *live, config, schema);
  set_owners(merged, {});
  merged = pruned(merged, all, last, schema);
  Json comparable = before;
  set_owners(comparable, {});
  const Comparison changes = compare_fields(comparable, merged, schema);

  if (!force) refuse_conflicts(owners, changes, before, writer);
  take_from_all(owners, changes);
  mine.fields = ownable(std::move(mine.fields), writer);
  if (!mine.fields.empty()) owners.push_back(std::move(mine));
  renew_last_applied(merged, given, writer);
  tidy(owners);
  set_owners(merged, std::move(owners));
  return merged;
}

void check_config(const Json& config, const FieldWriter& writer,
                  const std::vector<std::string>& unknown_fields) {
  const Json& metadata = at_path(config, "metadata");
  if (metadata.is_object() && metadata.contains("managedFields")) {
    throw bad_request("metadata.managedFields must be nil");
  }
  std::vector<std::string> errors = list_errors(config, &patch_schema(writer.kind));
  for (const std::string& field : unknown_fields) {
    errors.push_back("." + field + ": field not declared in schema");
  }
  if (errors.empty()) return;
  std::string all = errors[0];
  if (errors.size() > 1) {
    all = "errors:";
    for (const std::string& error : errors) all += "\n  " + error;
  }
  const bool core = writer.api_version.find('/') == std::string::npos;
  throw ApiError(500, "",
                 "failed to create typed patch object (" + text_at(config, "metadata.namespace") +
                     "/" + text_at(config, "metadata.name") + "; " + (core ? "/" : "") +
                     writer.api_version + ", Kind=" + std::string(writer.kind) + "): " + all);
}

}  // namespace podrun::api
