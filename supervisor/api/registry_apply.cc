// Who owns which fields of what is written, and server-side apply.
#include "supervisor/api/field_manager.h"
#include "supervisor/api/registry.h"
#include "supervisor/manifest/admit.h"
#include "supervisor/manifest/json_access.h"

namespace podrun::api {
namespace {

using store::Json;
using store::ObjectKey;

FieldWriter writer_of(const ServedResource& resource, const std::string& version,
                      const WriteOptions& options, WallTime now) {
  FieldWriter writer;
  writer.manager = options.field_manager;
  writer.api_version =
      resource.group.empty() ? version : std::string(resource.group) + "/" + version;
  writer.subresource = options.subresource;
  writer.now = rfc3339(now);
  writer.kind = resource.kind;
  writer.has_status_part = has_status(resource.key());
  return writer;
}

/// Applying the same again is no change: its time alone makes none.
void keep_times(Json& object, const Json& old) {
  if (!same_but_times(owners_of(object), owners_of(old))) return;
  Json again = object;
  again["metadata"]["managedFields"] = old["metadata"].value("managedFields", Json());
  again["metadata"]["resourceVersion"] = old["metadata"]["resourceVersion"];
  manifest::sort_object(again);
  if (again == old) object = std::move(again);
}

/// The version and kind that the text names.
void check_type(const Json& config, const FieldWriter& writer) {
  const std::string version = manifest::text_at(config, "apiVersion");
  if (version != writer.api_version) {
    throw bad_request("Incorrect version specified in apply patch. Specified patch version: " +
                      version + ", expected: " + writer.api_version);
  }
  const std::string kind = manifest::text_at(config, "kind");
  if (kind != writer.kind) {
    throw bad_request("the kind in the data (" + kind + ") does not match the expected kind (" +
                      std::string(writer.kind) + ")");
  }
}

Json read_config(const manifest::Kind& kind, const std::string& text, const FieldWriter& writer,
                 const std::string& field_validation) {
  manifest::Fragment fragment = manifest::read_fragment(kind, text);
  if (!fragment.malformed.empty()) throw bad_request(fragment.malformed);
  if (!fragment.duplicate.empty() && field_validation == "Strict") {
    throw bad_request("error strict decoding YAML: duplicate field \"" +
                      fragment.duplicate.front() + "\"");
  }
  check_type(fragment.object, writer);
  check_config(fragment.object, writer, fragment.unknown);
  Json& metadata = fragment.object["metadata"];
  if (!metadata.is_object()) metadata = Json::object();
  return std::move(fragment.object);
}

}  // namespace

void Registry::track(const ServedResource& resource, const std::string& version, const Json* old,
                     Json& object, const WriteOptions& options) const {
  if (options.owners_decided) {
    if (old != nullptr) keep_times(object, *old);
  } else if (!options.field_manager.empty()) {
    track_write(old, object, writer_of(resource, version, options, clock_.wall()));
  }
}

Written Registry::apply(const ServedResource& resource, const std::string& version,
                        const ObjectKey& key, Part part, const std::string& text, bool force,
                        WriteOptions options) {
  const manifest::Kind kind{resource.group, version, resource.kind};
  const FieldWriter writer = writer_of(resource, version, options, clock_.wall());
  Json config = read_config(kind, text, writer, options.field_validation);
  options.owners_decided = true;
  // Who says nothing of metadata does not give all of it up.
  manifest::set_default(config["metadata"], "name", key.name);
  if (store_.find(key) != nullptr) {
    const auto merged = [&](const Json& present) {
      const Json live = manifest::convert(present, kind);
      return apply_config(&live, config, writer, force).dump();
    };
    return change(resource, version, key, part, merged, options);
  }
  if (part != Part::kMain) throw not_found(subject_of(resource, key.name));
  const std::string uid = manifest::text_at(config["metadata"], "uid");
  if (!uid.empty()) {
    throw conflict(subject_of(resource, key.name),
                   "uid mismatch: the provided object specified uid " + uid +
                       ", and no existing object was found");
  }
  if (manifest::text_at(config["metadata"], "name") != key.name) {
    throw bad_request("the name of the object (" + manifest::text_at(config["metadata"], "name") +
                      ") does not match the name on the URL (" + key.name + ")");
  }
  const Json made = apply_config(nullptr, config, writer, force);
  return create(resource, version, key.namespace_, made.dump(), options);
}

}  // namespace podrun::api
