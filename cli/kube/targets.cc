#include "cli/kube/targets.h"

#include "supervisor/api/json_path.h"
#include "supervisor/client/manifest_objects.h"
#include "supervisor/client/resource_words.h"
#include "supervisor/manifest/json_access.h"
#include "supervisor/manifest/load.h"

namespace podrun::kube {
namespace {

Json list_selected(Session& session, const ResourceType& type) {
  const Query query = selector_query(session.arguments());
  try {
    return session.api().get(type.collection(session.space()), query);
  } catch (const Refused& refused) {
    throw selector_refused(refused, type, query);
  }
}

void add_listed(Session& session, const ResourceType& type, std::vector<Target>& out) {
  const Json list = list_selected(session, type);
  for (const Json& item : api::at_path(list, "items")) {
    out.push_back({&type, api::text_at(item, "metadata.namespace"),
                   api::text_at(item, "metadata.name"), "", list_item(item, type)});
  }
}

}  // namespace

std::vector<Named> named_objects(Session& session, const std::vector<std::string>& words) {
  std::vector<Named> found;
  for (const client::NamedResources& named : client::parse_resource_words(words)) {
    if (!named.names.empty() && session.arguments().has("selector")) {
      throw UsageError("name cannot be provided when a selector is specified");
    }
    std::vector<const ResourceType*> types = session.catalogue().category(named.type);
    if (types.empty()) types.push_back(&session.type(named.type));
    for (const ResourceType* type : types) {
      const std::string space = type->namespaced ? session.space() : "";
      if (named.names.empty()) found.push_back({type, space, ""});
      for (const std::string& name : named.names) {
        if (type->namespaced && space.empty()) {
          throw UsageError("a resource cannot be retrieved by name across all namespaces");
        }
        found.push_back({type, space, name});
      }
    }
  }
  return found;
}

Query selector_query(const Arguments& arguments) {
  Query query;
  if (const std::string labels = arguments.value("selector"); !labels.empty()) {
    query.emplace_back("labelSelector", labels);
  }
  if (const std::string fields = arguments.value("field-selector"); !fields.empty()) {
    query.emplace_back("fieldSelector", fields);
  }
  return query;
}

Refused selector_refused(const Refused& refused, const ResourceType& type, const Query& query) {
  if (refused.reason() != "BadRequest") return refused;
  std::string labels, fields;
  for (const auto& [name, value] : query) {
    if (name == "labelSelector") labels = value;
    if (name == "fieldSelector") fields = value;
  }
  if (labels.empty() && fields.empty()) return refused;
  return refused.during("Unable to find \"" + type.group + "/" + type.version +
                        ", Resource=" + type.resource + "\" that match label selector \"" + labels +
                        "\", field selector \"" + fields + "\"");
}

std::vector<Target> file_targets(Session& session) {
  std::vector<Target> targets;
  for (const manifest::SourceText& text : manifest::read_sources(
           session.arguments().values("filename"), session.arguments().has("recursive"))) {
    const std::string source = text.name == "-" ? "STDIN" : text.name;
    for (Json& object : client::manifest_objects(text.text, source)) {
      const ResourceType& type = session.type_of(object);
      std::string space = api::text_at(object, "metadata.namespace");
      if (!type.namespaced) {
        space.clear();
      } else if (space.empty()) {
        space = session.arguments().value("namespace");
      } else if (session.is_space_given() && space != session.arguments().value("namespace")) {
        throw Error("the namespace from the provided object \"" + space +
                    "\" does not match the namespace \"" + session.arguments().value("namespace") +
                    "\". You must pass '--namespace=" + space + "' to perform this operation.");
      }
      targets.push_back(
          {&type, space, api::text_at(object, "metadata.name"), source, std::move(object)});
    }
  }
  if (targets.empty())
    throw Error("no objects passed to " + std::string(session.arguments().command().name));
  return targets;
}

std::vector<Target> find_targets(Session& session, const TargetChoice& choice) {
  const Arguments& arguments = session.arguments();
  const std::vector<std::string>& words = choice.words ? *choice.words : arguments.operands;
  if (arguments.has("filename")) {
    if (!words.empty()) {
      throw UsageError("a manifest and \"" + words.front() + "\" do not go together");
    }
    return file_targets(session);
  }
  if (words.empty()) {
    throw UsageError("\"" + arguments.command_name() +
                         "\" needs objects: -f FILE, TYPE NAME or "
                         "TYPE/NAME",
                     "see \"" + arguments.command_name() + " --help\"");
  }
  const bool all = choice.types_mean_all || arguments.has("all") || arguments.has("selector") ||
                   arguments.has("field-selector");
  std::vector<Target> targets;
  for (const Named& named : named_objects(session, words)) {
    if (!named.name.empty()) {
      targets.push_back({named.type, named.space, named.name, "", Json()});
    } else if (all) {
      add_listed(session, *named.type, targets);
    } else {
      throw Error("resource(s) were provided, but no name was specified");
    }
  }
  return targets;
}

Json fetch(Session& session, const Target& target) { return session.api().get(target.path()); }

std::optional<Json> find_object(Session& session, const Target& target) {
  try {
    return fetch(session, target);
  } catch (const Refused& refused) {
    if (refused.code() != 404) throw;
    return std::nullopt;
  }
}

Json placed(const Target& target) {
  Json object = target.object;
  if (!target.space.empty()) {
    manifest::object_at(object, "metadata")["namespace"] = target.space;
  }
  return object;
}

Json list_item(Json item, const ResourceType& type) {
  item["apiVersion"] = type.api_version();
  item["kind"] = type.kind;
  return item;
}

void tell_nothing_found(const Session& session, bool namespaced) {
  print_error(namespaced && !session.space().empty()
                  ? "No resources found in " + session.space() + " namespace."
                  : "No resources found");
}

Target named_target(Session& session, const std::string& word) {
  const std::vector<std::string> words =
      client::are_slashed({word}) ? std::vector{word} : std::vector<std::string>{"pods", word};
  const Named named = named_objects(session, words).front();
  return {named.type, named.space, named.name, "", Json()};
}

}  // namespace podrun::kube
