#include "supervisor/api/registry.h"

#include <utility>

#include "base/error.h"
#include "base/go_number.h"
#include "base/uuid.h"
#include "supervisor/api/deletion.h"
#include "supervisor/api/field_manager.h"
#include "supervisor/api/service_addresses.h"
#include "supervisor/manifest/admit.h"
#include "supervisor/manifest/json_access.h"
#include "supervisor/manifest/priority.h"
#include "supervisor/manifest/service_account.h"

namespace podrun::api {
namespace {

using store::Json;
using store::ObjectKey;

/// How often a generated name is tried again where it is taken
/// (registry/generic/registry/store.go).
constexpr int kNameAttempts = 8;

manifest::Kind kind_of(const ServedResource& resource, std::string_view version) {
  return {resource.group, version, resource.kind};
}

/// Causes from field errors, each once.
std::vector<Cause> causes_of(const std::vector<manifest::Remark>& errors) {
  static constexpr std::pair<std::string_view, std::string_view> kReasons[] = {
      {"Required value", "FieldValueRequired"},
      {"Invalid value", "FieldValueInvalid"},
      {"Duplicate value", "FieldValueDuplicate"},
      {"Not found", "FieldValueNotFound"},
      {"Unsupported value", "FieldValueNotSupported"},
      {"Forbidden", "FieldValueForbidden"},
      {"Too long", "FieldValueTooLong"},
      {"Too many", "FieldValueTooMany"}};
  std::vector<Cause> causes;
  for (const manifest::Remark& error : errors) {
    Cause cause{"FieldValueInvalid", error.text, error.path};
    for (const auto& [begin, reason] : kReasons) {
      if (error.text.starts_with(begin)) cause.reason = reason;
    }
    causes.push_back(std::move(cause));
  }
  return causes;
}

/// Throws for what was refused; the object and its warnings otherwise.
Json take(manifest::Admission admission, const ServedResource& resource, const std::string& version,
          const WriteOptions& options, std::vector<std::string>& warnings) {
  if (!admission.malformed.empty()) throw bad_request(admission.malformed);
  if (!admission.strict.empty() && options.field_validation == "Strict") {
    std::string all;
    for (const std::string& each : admission.strict) all += (all.empty() ? "" : ", ") + each;
    const std::string kind(resource.kind);
    throw bad_request(kind + " in version \"" + version + "\" cannot be handled as a " + kind +
                      ": strict decoding error: " + all);
  }
  if (!admission.errors.empty()) {
    const Json meta = admission.object.value("metadata", Json::object());
    throw invalid(subject_of(resource, meta.value("name", "")), causes_of(admission.errors));
  }
  if (options.field_validation != "Ignore") {
    warnings.insert(warnings.end(), admission.strict.begin(), admission.strict.end());
  }
  warnings.insert(warnings.end(), admission.warnings.begin(), admission.warnings.end());
  return std::move(admission.object);
}

manifest::Admission admit_part(Part part, const manifest::Kind& kind, const std::string& text,
                               const Json& old) {
  switch (part) {
    case Part::kMain:
      return manifest::admit_update(kind, text, old);
    case Part::kResize:
      return manifest::admit_resize(text, old);
    case Part::kStatus:
      break;
  }
  return manifest::admit(kind, text);
}

/// plugin/pkg/admission/namespace/lifecycle: what the system needs.
bool is_immortal(const std::string& namespace_) {
  return namespace_ == "default" || namespace_ == "kube-system" || namespace_ == "kube-public";
}

store::Object unstored(const ObjectKey& key, std::int64_t revision, Json object) {
  return {key, revision, std::make_shared<const Json>(std::move(object)), nullptr};
}

/// Gives a service its addresses; throws ApiError 422 for what it cannot have.
void allocate(const store::Store& store, const ObjectKey& key, Json& service, const Json* old) {
  const std::vector<store::Object> all = store.list("services");
  std::vector<const Json*> others;
  others.reserve(all.size());
  for (const store::Object& each : all) {
    if (each.key != key) others.push_back(each.json.get());
  }
  auto causes = allocate_addresses(service, old, others);
  if (!causes.empty()) {
    throw invalid({"", "services", "Service", key.name}, std::move(causes));
  }
  manifest::sort_object(service);
}

constexpr const char* kUnrouted =
    "podrun routes nothing to a service's clusterIP and node ports: reach its pods at their own "
    "addresses";

/// A pod that has no name yet is named by what its name is to begin with.
Subject new_pod(const Json& pod) {
  const Json& meta = pod["metadata"];
  const std::string name = meta.value("name", "");
  return {"", "pods", "Pod", name.empty() ? meta.value("generateName", "") : name};
}

/// plugin/pkg/admission/priority: a pod has the priority of its class, and says no other.
void check_priority(const Json& pod) {
  const Json& spec = pod["spec"];
  const Subject subject = new_pod(pod);
  const std::string name = spec.value("priorityClassName", "");
  const auto computed = manifest::priority_of_class(name);
  if (!computed) throw forbidden(subject, "no PriorityClass with name " + name + " was found");
  const auto refuse = [&](const std::string& what, const std::string& right) {
    throw forbidden(subject, "the " + what +
                                 " must not be provided in pod spec; priority admission controller "
                                 "computed " +
                                 right + " from the given PriorityClass name");
  };
  const std::int64_t given = manifest::number_at(spec, "priority", *computed);
  if (given != *computed) {
    refuse("integer value of priority (" + std::to_string(given) + ")", std::to_string(*computed));
  }
  const std::string policy = spec.value("preemptionPolicy", manifest::kPreemptionPolicy);
  if (policy != manifest::kPreemptionPolicy) {
    refuse("string value of PreemptionPolicy (" + policy + ")", manifest::kPreemptionPolicy);
  }
}

std::int64_t revision_of(const Json& object) {
  const std::string text = object["metadata"].value("resourceVersion", "");
  if (text.empty()) return 0;
  try {
    return static_cast<std::int64_t>(go_parse_uint(text));
  } catch (const BadInput& error) {
    // As kube-apiserver, which has no word of its own for this.
    throw ApiError(500, "", error.what());
  }
}

}  // namespace

Subject subject_of(const ServedResource& resource, const std::string& name) {
  return {std::string(resource.group), std::string(resource.resource), std::string(resource.kind),
          name};
}

const ServedResource& stored_type(const std::string& storage) {
  for (const ServedResource& each : served_resources()) {
    if (each.stored_group.empty() && each.key() == storage && each.is_stored()) {
      return each;
    }
  }
  throw internal_error("no resource is called " + storage);
}

const store::Object& Registry::require(const ServedResource& resource, const ObjectKey& key) const {
  if (const store::Object* object = store_.find(key)) return *object;
  throw not_found(subject_of(resource, key.name));
}

/// plugin/pkg/admission/namespace/lifecycle.
void Registry::check_namespace(const ServedResource& resource, const std::string& namespace_,
                               const std::string& name) const {
  if (!resource.namespaced) return;
  const store::Object* object = store_.find({"namespaces", "", namespace_});
  if (object == nullptr) throw not_found({"", "namespaces", "Namespace", namespace_});
  if (object->json->at("metadata").contains("deletionTimestamp") && resource.kind != "Event") {
    throw forbidden(subject_of(resource, name), "unable to create new content in namespace " +
                                                    namespace_ + " because it is being terminated")
        .because({{"NamespaceTerminating", "namespace " + namespace_ + " is being terminated",
                   "metadata.namespace"}});
  }
}

// ---- writes

store::Object Registry::put_new(const ObjectKey& key, Json object) {
  // In its place already when the store fills it in: equal objects have equal order.
  object["metadata"]["resourceVersion"] = "";
  manifest::sort_object(object);
  on_write_();
  return store_.create(key, std::move(object));
}

store::Object Registry::put(const store::Object& old, Json object) {
  manifest::sort_object(object);
  on_write_();
  return store_.update(old.key, std::move(object), old.revision);
}

store::Object Registry::take_out(const store::Object& old) {
  on_write_();
  return store_.remove(old.key, old.revision);
}

// ---- create

Written Registry::create(const ServedResource& resource, const std::string& version,
                         const std::string& namespace_, const std::string& text,
                         const WriteOptions& options) {
  std::vector<std::string> warnings;
  // A Job's labels tell its name, so that it has one when it is admitted.
  const bool is_named_early = resource.key() == "jobs.batch";
  const manifest::Newcomer newcomer{make_uuid(), is_named_early ? random_suffix(random_) : ""};
  Json object = take(manifest::admit(kind_of(resource, version), text, &newcomer), resource,
                     version, options, warnings);
  const std::string given = object["metadata"].value("namespace", "");
  if (resource.namespaced && !given.empty() && given != namespace_) {
    throw bad_request(
        "the namespace of the provided object does not match the namespace sent on the request");
  }
  if (!object["metadata"].value("resourceVersion", "").empty()) {
    throw bad_request("resourceVersion should not be set on objects to be created");
  }
  track(resource, version, nullptr, object, options);
  Written written = insert(resource, namespace_, std::move(object), newcomer.uid, options.dry_run);
  written.warnings = std::move(warnings);
  if (resource.kind == "Service" && has_cluster_ip(*written.object.json)) {
    written.warnings.emplace_back(kUnrouted);
  }
  return written;
}

/// plugin/pkg/admission/serviceaccount. A namespace that was just made has its account `default`
/// soon: no pod is refused for that.
void Registry::admit_account(const std::string& namespace_, Json& pod) {
  const std::string name = pod["spec"].value("serviceAccountName", "");
  const store::Object* account = store_.find({"serviceaccounts", namespace_, name});
  if (account == nullptr && name != "default") {
    throw forbidden(new_pod(pod), "error looking up service account " + namespace_ + "/" + name +
                                      ": serviceaccount \"" + name + "\" not found");
  }
  if (!manifest::wants_token(pod, account == nullptr ? nullptr : account->json.get())) return;
  manifest::mount_token(pod, generate_name("kube-api-access-", random_));
}

Written Registry::insert(const ServedResource& resource, const std::string& namespace_, Json object,
                         const std::string& uid, bool dry_run) {
  check_namespace(resource, namespace_, object["metadata"].value("name", ""));
  const std::string storage = resource.key();
  if (storage == "pods") check_priority(object);
  if (storage == "pods" && mounts_tokens_) admit_account(namespace_, object);
  prepare_create(storage, object, {resource.namespaced ? namespace_ : "", uid, clock_.wall()});
  Json& meta = object["metadata"];
  const std::string prefix = meta.value("generateName", "");
  const bool generated = meta.value("name", "").empty() && !prefix.empty();
  for (int attempt = 1;; ++attempt) {
    if (generated) {
      meta["name"] = generate_name(prefix, random_);
      if (storage == "namespaces") {
        meta["labels"]["kubernetes.io/metadata.name"] = meta["name"];
      }
    }
    const std::string name = meta.value("name", "");
    const ObjectKey key{storage, resource.namespaced ? namespace_ : "", name};
    if (store_.find(key) == nullptr) {
      if (storage == "services") allocate(store_, key, object, nullptr);
      store::Object made =
          dry_run ? unstored(key, 0, std::move(object)) : put_new(key, std::move(object));
      return {.object = std::move(made), .created = true};
    }
    if (!generated || attempt == kNameAttempts) throw already_exists(subject_of(resource, name));
  }
}

// ---- update

Written Registry::change(const ServedResource& resource, const std::string& version,
                         const ObjectKey& key, Part part, const Edit& edit,
                         const WriteOptions& options) {
  const store::Object old = require(resource, key);
  std::vector<std::string> warnings;
  Json object = take(admit_part(part, kind_of(resource, version), edit(*old.json), *old.json),
                     resource, version, options, warnings);
  const Json& meta = object["metadata"];
  if (meta.value("name", key.name) != key.name) {
    throw bad_request("the name of the object (" + meta.value("name", "") +
                      ") does not match the name on the URL (" + key.name + ")");
  }
  const std::string given = meta.value("namespace", "");
  if (!given.empty() && given != key.namespace_) {
    throw bad_request("the namespace of the object (" + given +
                      ") does not match the namespace on the request (" + key.namespace_ + ")");
  }
  const std::string uid = meta.value("uid", "");
  if (!uid.empty() && uid != old.json->at("metadata").value("uid", "")) {
    throw conflict(subject_of(resource, key.name),
                   "Precondition failed: UID in precondition: " + uid +
                       ", UID in object meta: " + old.json->at("metadata").value("uid", ""));
  }
  const std::int64_t expected = revision_of(object);
  if (expected != 0 && expected != old.revision) throw conflict(subject_of(resource, key.name));
  // A namespace's finalizers have a subresource of their own.
  if (key.resource == "namespaces") object["spec"] = old.json->at("spec");
  const Json owners = object["metadata"].value("managedFields", Json());
  prepare_update(key.resource, part, object, *old.json);
  if (key.resource == "services" && part == Part::kMain) {
    allocate(store_, key, object, old.json.get());
  }
  if (options.owners_decided) object["metadata"]["managedFields"] = owners;
  track(resource, version, old.json.get(), object, options);
  Written written = replace(old, std::move(object), options.dry_run);
  written.warnings = std::move(warnings);
  return written;
}

Written Registry::replace(const store::Object& old, Json object, bool dry_run) {
  object["metadata"]["resourceVersion"] = std::to_string(old.revision);
  manifest::sort_object(object);
  if (object == *old.json) return {.object = old};
  const bool done = is_ready_to_go(old.key.resource, object);
  if (dry_run) return {.object = unstored(old.key, old.revision, std::move(object))};
  const store::Object stored = put(old, std::move(object));
  if (!done) return {.object = stored};
  return {.object = take_out(stored), .removed = true};
}

// ---- delete

Written Registry::remove(const ServedResource& resource, const ObjectKey& key,
                         const DeleteOptions& options) {
  const store::Object old = require(resource, key);
  if (key.resource == "namespaces" && is_immortal(key.name)) {
    throw forbidden(subject_of(resource, key.name), "this namespace may not be deleted");
  }
  const std::string uid = old.json->at("metadata").value("uid", "");
  if (!options.uid.empty() && options.uid != uid) {
    throw conflict(subject_of(resource, key.name),
                   "Precondition failed: UID in precondition: " + options.uid +
                       ", UID in object meta: " + uid);
  }
  if (!options.resource_version.empty() &&
      options.resource_version != std::to_string(old.revision)) {
    throw conflict(
        subject_of(resource, key.name),
        "Precondition failed: ResourceVersion in precondition: " + options.resource_version +
            ", ResourceVersion in object meta: " + std::to_string(old.revision));
  }
  Deletion step = decide_deletion(key.resource, *old.json, options, clock_.wall());
  const bool removed = step.kind == Deletion::Kind::kRemove;
  if (options.dry_run || step.kind == Deletion::Kind::kUnchanged)
    return {.object = old, .removed = removed};
  if (removed) return {.object = take_out(old), .removed = true};
  return {.object = put(old, std::move(step.object))};
}

// ---- Client

store::Object Registry::create(const std::string& resource, const std::string& namespace_,
                               Json object) {
  const ServedResource& type = stored_type(resource);
  // The node's are whole as they come, and each pod has several.
  if (resource == "events") {
    return insert(type, namespace_, std::move(object), make_uuid(), /*dry_run=*/false).object;
  }
  return create(type, std::string(type.versions.front()), namespace_, object.dump(), {}).object;
}

/// Controllers and the node write what they read, changed: it needs no admission, and they may do
/// what no client may (bind a pod, let a namespace go).
store::Object Registry::write(const ObjectKey& key, Part part, Json object) {
  const store::Object* present = store_.find(key);
  const Subject subject = subject_of(stored_type(key.resource), key.name);
  if (present == nullptr) throw not_found(subject);
  const store::Object old = *present;
  const std::int64_t expected = revision_of(object);
  if (expected != 0 && expected != old.revision) throw conflict(subject);
  prepare_update(key.resource, part, object, *old.json);
  if (part == Part::kMain) release_changes(*old.json, object, stored_type(key.resource).kind);
  return replace(old, std::move(object), false).object;
}

store::Object Registry::update(const ObjectKey& key, Json object) {
  return write(key, Part::kMain, std::move(object));
}

store::Object Registry::update_status(const ObjectKey& key, Json object) {
  return write(key, Part::kStatus, std::move(object));
}

void Registry::remove(const ObjectKey& key, const DeleteOptions& options) {
  remove(stored_type(key.resource), key, options);
}

}  // namespace podrun::api
