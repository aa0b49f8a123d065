// The objects that a command line means: by type and name, by labels, or by manifests.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/kube/session.h"

namespace podrun::kube {

/// What a word of the command line means.
struct Named {
  const ResourceType* type;
  std::string space;  // "" where it has none, or all are meant
  std::string name;   // "": all of the type
};
/// In the order of the words; "all" is each type of that category. Throws UsageError where a name
/// stands beside a selector or --all-namespaces, Error where there is no such type.
std::vector<Named> named_objects(Session& session, const std::vector<std::string>& words);

struct Target {
  const ResourceType* type = nullptr;
  std::string space;   // "" for what has no namespace
  std::string name;    // "" where the server shall find one (generateName)
  std::string source;  // the manifest that it comes from; empty: from words
  /// From a manifest, or from a list; null where only the name is known.
  Json object;

  std::string path() const { return type->path(space, name); }
  /// "pod/kubia"
  std::string shown() const { return type->shown_kind() + "/" + name; }
};

struct TargetChoice {
  /// Types without names mean all of their objects: where not, --all or a selector must say so.
  bool types_mean_all = false;
  /// Operands, where they are not all of the command's; `label` has more behind them.
  std::optional<std::vector<std::string>> words = std::nullopt;
};

/// Throws UsageError where nothing is named, or where -f and operands are mixed. Objects that are
/// named are not looked up.
std::vector<Target> find_targets(Session& session, const TargetChoice& choice = {});

/// The objects of -f, with the namespace that they will be in. Throws BadInput.
std::vector<Target> file_targets(Session& session);

/// -l and --field-selector as the API takes them.
Query selector_query(const Arguments& arguments);

/// What a list was refused for, with the selectors where these are wrong.
Refused selector_refused(const Refused& refused, const ResourceType& type, const Query& query);

/// The object as it is now.
Json fetch(Session& session, const Target& target);
/// The same; nothing where there is none.
std::optional<Json> find_object(Session& session, const Target& target);

/// The manifest's object, in the namespace that it will be in.
Json placed(const Target& target);
/// An item of a list, which does not repeat what the list says of its kind.
Json list_item(Json item, const ResourceType& type);
/// "No resources found in default namespace."
void tell_nothing_found(const Session& session, bool namespaced = true);

/// TYPE/NAME, or a pod's NAME.
Target named_target(Session& session, const std::string& word);

}  // namespace podrun::kube
